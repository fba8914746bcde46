"""The production server, and the address it listens on."""

import gc
import os
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from grants.core.db import db

LOBBY = 100
# Seconds after which a thread that works makes room for one that waits. A save gives up its turn at every statement;
# with the usual 5 ms it would wait as long at each of them while somebody else's page is written.
TURN = 0.0005
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - where gunicorn's heartbeat files cost no disk


class Server(BaseApplication):
    """Gunicorn with threads. The app is made once and workers are forked from it, so that a new one answers at once."""

    def __init__(self, options: dict[str, Any], make: Callable[[], Flask]) -> None:
        self.options, self.make = options, make
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.make()


def cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine has."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def server_options(*, host: str, port: int, workers: int, access_log: bool) -> dict[str, Any]:
    """Threads are the lobby, where slow lines wait; who works at once is settled in `core.reception`.

    A worker that hangs is replaced.
    """
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers or cores(),
        "worker_class": "gthread",
        "threads": LOBBY,
        "timeout": 120,
        "graceful_timeout": 15,
        "keepalive": 5,
        "preload_app": True,
        "when_ready": _set_the_app_aside,
        "post_fork": _begin_to_work,
        "accesslog": "-" if access_log else None,
        "errorlog": "-",
        "loglevel": "warning",
        "worker_tmp_dir": SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None,
        "control_socket_disable": True,
        "proc_name": "grants",
    }


def _set_the_app_aside(_master: Any) -> None:
    """What was loaded stays as long as we serve: nobody looks through it for waste, so workers share its memory
    and no request waits for that search.
    """
    gc.freeze()
    gc.enable()


def _begin_to_work(_master: Any, worker: Any) -> None:
    """No worker uses a connection that another process has; and its threads take turns often."""
    sys.setswitchinterval(TURN)
    app: Flask = worker.app.wsgi()
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)


def serve(*, host: str, port: int, workers: int = 0, access_log: bool = False) -> None:
    """Serve until told to stop; the process becomes the server's master."""
    from grants.app import create_app

    Server(server_options(host=host, port=port, workers=workers, access_log=access_log), create_app).run()
