"""Serves any application with the settings of the house's own server, but one worker.

python -m bench.serve MODULE:NAME PORT
"""

from __future__ import annotations

import sys

from grants.operation.processes import put_off_looking_for_waste


def main() -> None:
    """As `grants serve` begins: nothing is imported before nobody looks for waste."""
    put_off_looking_for_waste()
    from werkzeug.utils import import_string

    from grants.operation.serving import Server, server_options

    options = server_options(host="127.0.0.1", port=int(sys.argv[2]), workers=1, access_log=False)
    app = import_string(sys.argv[1])
    if "sqlalchemy" not in app.extensions:  # the yardstick has no connections to part from
        options["post_fork"] = lambda _master, _worker: None
    Server({**options, "keepalive": 60}, lambda: app).run()


if __name__ == "__main__":
    main()
