"""The door, through HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grants.accounts.models import SignInSession
from tests.cast import PASSWORD, Browser, Cast

WRONG = "The e-mail address or the password is not right."


def bare(page: str) -> str:
    """A page without what differs each time, or because the visitor typed it."""
    return re.sub(r"(ada|nobody)@|csrf_token[^>]*", "", page)


def token_of(client: Browser) -> str:
    cookie = client.get_cookie("sid")
    assert cookie
    return cookie.value


def try_password(client: Browser, email: str, password: str, **more: str) -> TestResponse:
    return client.send("/sign-in", {"email": email, "password": password, **more})


def test_signing_in_leads_to_the_page_one_wanted(cast: Cast, visitor: Callable[[], Browser]) -> None:
    cast.id("ada")
    client = visitor()
    asked = client.get("/account")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/account")
    answer = try_password(client, "Ada@Example.org ", PASSWORD, next="/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Ada" in client.page("/account")


def test_wrong_and_unknown_get_the_same_answer(cast: Cast, visitor: Callable[[], Browser]) -> None:
    cast.id("ada")
    client = visitor()
    known = try_password(client, "ada@example.org", "not her password")
    unknown = try_password(client, "nobody@example.org", "not her password")
    assert (known.status_code, unknown.status_code) == (422, 422)
    assert WRONG in known.text
    assert bare(known.text) == bare(unknown.text)


def test_links_never_lead_out_of_the_house(cast: Cast, visitor: Callable[[], Browser]) -> None:
    cast.id("ada")
    for wanted in ("https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "javascript:x"):
        answer = try_password(visitor(), "ada@example.org", PASSWORD, next=wanted)
        assert (answer.status_code, answer.location) == (303, "/home"), wanted


def test_signing_out_ends_the_session_on_the_server(sign_in: Callable[[str], Browser]) -> None:
    client = sign_in("ada")
    token = token_of(client)
    client.send("/sign-out")
    client.set_cookie("sid", token)
    assert client.get("/account").status_code == 303


def test_a_session_is_kept_as_a_hash(sign_in: Callable[[str], Browser], rows: Session) -> None:
    token = token_of(sign_in("ada"))
    kept = rows.scalars(select(SignInSession)).one()
    assert token not in (kept.token_hash, kept.public_id)
    assert len(kept.token_hash) == 64
