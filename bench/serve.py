"""Serves any application with the settings of the house's own server, but one worker.

python -m bench.serve MODULE:NAME PORT
"""

from __future__ import annotations

import sys
from typing import Any

from werkzeug.utils import import_string

from grants.operation.serving import Server, server_options


class AnyServer(Server):
    """The house's server with another application in it."""

    def __init__(self, application: str, options: dict[str, Any]) -> None:
        self.application = application
        super().__init__(options)

    def load(self) -> Any:
        found = import_string(self.application)
        if "sqlalchemy" not in found.extensions:  # the yardstick has no connections to part from
            self.cfg.set("post_fork", lambda _master, _worker: None)
        return found


def main() -> None:
    options = server_options(host="127.0.0.1", port=int(sys.argv[2]), workers=1, access_log=False)
    AnyServer(sys.argv[1], {**options, "keepalive": 60}).run()


if __name__ == "__main__":
    main()
