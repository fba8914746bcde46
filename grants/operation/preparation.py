"""Makes the demonstration's folder ready: migrations, then the demo year into an empty database.

A program of its own, so that the process that watches the server stays small. It does nothing, and
imports nothing large, when the folder was prepared by this very code before.
"""

import gc
import hashlib
import importlib.util
import sys
from pathlib import Path

from grants.operation.places import resource_dir

LOADED, LOADING = "loaded", "loading"
LOADER = "grants.demo.load"


def main() -> None:
    folder = Path(sys.argv[1])
    mark = folder / LOADED
    if mark.exists() and mark.read_text("utf-8") == fingerprint():
        return
    prepare(folder, mark)
    mark.write_text(fingerprint(), "utf-8")


def fingerprint() -> str:
    """Of all migrations: a new one asks for an upgrade of what is kept."""
    digest = hashlib.sha256()
    for path in sorted((resource_dir("migrations") / "versions").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def prepare(folder: Path, mark: Path) -> None:
    from grants.app import create_app
    from grants.core.db import db
    from grants.operation.database import upgrade

    app = create_app()
    with app.app_context():
        upgrade(db.engine)
    if not mark.exists() and importlib.util.find_spec("grants.demo") and importlib.util.find_spec(LOADER):
        (folder / LOADING).touch()
        gc.freeze()  # what was imported stays, and most of what a load makes is let go without a search
        gc.set_threshold(20_000, 20, 20)
        importlib.import_module(LOADER).run(app)
        (folder / LOADING).unlink()


if __name__ == "__main__":
    main()
