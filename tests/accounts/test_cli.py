"""The first administrator comes from the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.accounts import cli
from grants.accounts.models import User
from tests.cast import PASSWORD, Cast

ROOT = ["create", "root@example.org", "--name", "Root", "--role", "admin", "--password"]


@pytest.fixture(autouse=True)
def same_house(monkeypatch: pytest.MonkeyPatch, stage: object) -> None:
    """The command builds its own application; here it finds the test's."""
    monkeypatch.setattr("grants.app.create_app", lambda: stage.app)  # type: ignore[attr-defined]


def test_an_administrator_is_made_and_can_sign_in(rows: Session, cast: Cast, visitor: object) -> None:
    done = CliRunner().invoke(cli.user, [*ROOT, PASSWORD])
    assert (done.exit_code, done.output) == (0, "root@example.org can sign in.\n")
    assert rows.scalars(select(User.name)).one() == "Root"
    answer = visitor().send("/sign-in", {"email": "root@example.org", "password": PASSWORD})  # type: ignore[operator]
    assert answer.status_code == 303


def test_weak_passwords_and_unknown_roles_are_refused(rows: Session) -> None:
    weak = CliRunner().invoke(cli.user, [*ROOT, "1234567890"])
    strange = CliRunner().invoke(cli.user, [*ROOT, PASSWORD, "--role", "king"])
    assert (weak.exit_code, strange.exit_code) == (1, 2)
    assert rows.scalars(select(User)).all() == []
