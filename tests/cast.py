"""The known cast: the people all tests play with, and how they sit down at a browser.

Ada leads the group, Bo is on her team, Cy is a stranger, Dee reviews, Eve pays, Eve2 pays, too,
Fay decides, Olu and Otis are officers, Di is the district office of 440103, Bea sits on the board,
Gus keeps the awards, Max looks after the accounts, Aud reads everything. People are made by the
same actions as in the house; what they hold in packages above accounts is given by those packages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request as BaseRequest

from grants.accounts import queries
from grants.accounts.actions import accounts, roles, sessions
from grants.accounts.fields import RoleName, ScopeKind
from grants.accounts.models import User
from grants.core import clock, passwords
from grants.core.db import db
from grants.core.policy import SYSTEM, Actor
from grants.core.unit_of_work import unit_of_work
from tests.city import build_city

PASSWORD = "three green sprouts"
DISTRICT = "440103"
ROLES: Mapping[str, tuple[roles.Terms, ...]] = {
    "ada": (),
    "bo": (),
    "cy": (),
    "dee": (roles.Terms(RoleName.REVIEWER),),
    "eve": (roles.Terms(RoleName.FINANCE),),
    "eve2": (roles.Terms(RoleName.FINANCE),),
    "fay": (roles.Terms(RoleName.DIRECTOR),),
    "olu": (roles.Terms(RoleName.OFFICER),),
    "otis": (roles.Terms(RoleName.OFFICER),),
    "di": (roles.Terms(RoleName.DISTRICT, ScopeKind.REGION, DISTRICT),),
    "bea": (roles.Terms(RoleName.BOARD),),
    "gus": (roles.Terms(RoleName.AWARDS),),
    "max": (roles.Terms(RoleName.ADMIN),),
    "aud": (roles.Terms(RoleName.AUDITOR),),
}


@cache
def _kept() -> str:
    """Hashing is slow on purpose; everybody in the cast has the same password."""
    return passwords.hashed(PASSWORD)


def make_person(name: str, *terms: roles.Terms, language: str = "en") -> User:
    """An account with a password and roles, inside the caller's unit of work."""
    kept = _kept()
    at = clock.now()
    user = accounts.create_user(
        name=name.title(),
        email=f"{name}@example.org",
        password_hash=kept,
        language=language,
        by=SYSTEM,
        at=at,
    )
    for each in terms:
        roles.grant_role(user, each, by=SYSTEM, at=at)
    return user


@dataclass
class Cast:
    """The people by name, made when first asked for: `cast.ada` is the row's id and public id."""

    app: Flask
    _made: dict[str, int] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, int]:
        """Who was made so far, with their ids."""
        return dict(self._made)

    def remember(self, people: Mapping[str, int]) -> None:
        """These were made before, in a scene that was put back."""
        self._made.update(people)

    def id(self, name: str) -> int:
        """The user's id; the person is made now if nobody asked for them before."""
        if name not in self._made:
            with self.app.app_context(), unit_of_work():
                if any(terms.scope is ScopeKind.REGION for terms in ROLES.get(name, ())):
                    build_city()
                self._made[name] = make_person(name, *ROLES.get(name, ())).id
        return self._made[name]

    def actor(self, name: str) -> Actor:
        """Who they are at this moment, with all they hold: for calling actions and queries."""
        user_id = self.id(name)
        with self.app.app_context(), unit_of_work(read_only=True):
            return queries.actor_of(user_id)

    def user(self, name: str) -> User:
        """The row, loaded apart from every session."""
        user_id = self.id(name)
        with self.app.app_context(), unit_of_work(read_only=True):
            user = queries.user_by_id(user_id)
            db.session.expunge(user)
            return user


class Browser(FlaskClient):
    """A client that sends forms as a person does: from a page, with the page's token."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        """Each request in a context of its own: a test's open one would keep who asked before."""
        with self.application.app_context(), ExitStack() as self._bodies:
            return super().open(*args, **more)

    def _request_from_builder_args(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> BaseRequest:
        """A large body is a file, which nobody else would close: the house takes another one in its place."""
        request = super()._request_from_builder_args(args, kwargs)
        self._bodies.callback(request.environ["wsgi.input"].close)
        return request

    _token = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

    def page(self, path: str, *, status: int = 200) -> str:
        """The text of a page that must answer with `status`."""
        answer = self.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{answer.text[:2000]}"
        return answer.text

    def send(
        self, path: str, data: Mapping[str, Any] | None = None, *, from_page: str = "", **more: Any
    ) -> TestResponse:
        """POST a form with the token of the page it is on (`from_page`, else one that always has a form)."""
        values = {**(data or {}), "csrf_token": self.csrf(from_page)}
        return self.post(path, data=values, **more)

    def csrf(self, page: str = "") -> str:
        answer = self.get(page or "/sign-in")
        found = self._token.search(answer.text)
        assert found, f"no form on {page or '/sign-in'} ({answer.status_code})"
        return unescape(found[1])


@pytest.fixture
def cast(app: Flask) -> Cast:
    return Cast(app)


@pytest.fixture
def visitor(app: Flask) -> Iterator[Callable[[], Browser]]:
    """Opens a new browser in which nobody has signed in."""
    app.test_client_class = Browser

    def open_one() -> Browser:
        client = app.test_client()
        assert isinstance(client, Browser)
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    yield open_one
    app.test_client_class = None


@pytest.fixture
def sign_in(app: Flask, cast: Cast, visitor: Callable[[], Browser]) -> Callable[[str], Browser]:
    """A browser in which this person of the cast has signed in: a real session row and its cookie."""

    def seated(name: str) -> Browser:
        user_id = cast.id(name)
        with app.app_context(), unit_of_work():
            user = queries.user_by_id(user_id)
            token = sessions.open_session(user, address="127.0.0.1", agent="test")
        client = visitor()
        client.set_cookie("sid", token)
        return client

    return seated
