"""Pages of accounts through HTTP: one's own, the people of the house, the language, words that must not be lost."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.accounts.models import RoleGrant, SignInSession, User
from tests.cast import PASSWORD, Browser, Cast

SignIn = Callable[[str], Browser]


def test_a_form_sent_after_the_session_ran_out_keeps_every_word(sign_in: SignIn, rows: Session) -> None:
    client = sign_in("ada")
    token = client.csrf("/account")
    client.delete_cookie("sid")
    words = {"csrf_token": token, "name": "Ada <i>林</i>\n", "language": "en", "password": "not for showing"}
    asked = client.post("/account?x=1", data=words)
    assert asked.status_code == 401
    assert "Ada &lt;i&gt;林&lt;/i&gt;" in asked.text
    assert "not for showing" not in asked.text
    kept = asked.text.partition('name="kept" type="hidden" value="')[2].partition('"')[0]
    wrong = client.send("/sign-in", {"email": "ada@example.org", "password": "wrong", "kept": kept})
    assert wrong.status_code == 422
    assert "Ada &lt;i&gt;林&lt;/i&gt;" in wrong.text
    entered = client.send("/sign-in", {"email": "ada@example.org", "password": PASSWORD, "kept": kept})
    assert entered.status_code == 200
    assert '<form class="form" method="post" action="/account?x=1"' in entered.text
    assert 'name="name" value="Ada &lt;i&gt;林&lt;/i&gt;' in entered.text
    again = client.csrf("/account")
    assert client.post("/account", data={**words, "csrf_token": again}).status_code == 303
    assert rows.scalars(select(User.name)).one() == "Ada <i>林</i>"


def test_forged_words_are_not_carried_along(cast: Cast, visitor: Callable[[], Browser]) -> None:
    cast.id("ada")
    answer = visitor().send(
        "/sign-in", {"email": "ada@example.org", "password": PASSWORD, "kept": "eyJwYXRoIjoiL3gifQ.x.y"}
    )
    assert (answer.status_code, answer.location) == (303, "/home")


def test_the_language_follows_the_reader(
    sign_in: SignIn, visitor: Callable[[], Browser], rows: Session
) -> None:
    client = sign_in("ada")
    answer = client.get("/lang/zh-Hant?next=/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert rows.scalars(select(User.language)).one() == "zh-Hant"
    assert '<html lang="zh-Hant"' in client.page("/account")
    assert client.get("/lang/zh-Hans?next=//evil.example").location == "/"
    assert client.get("/lang/fr").status_code == 404
    other = visitor()
    other.get("/lang/zh-Hans")
    assert '<html lang="zh-Hans"' in other.page("/sign-in")


def test_sessions_are_listed_and_ended_one_by_one_or_all(sign_in: SignIn, rows: Session) -> None:
    phone, desk, library = sign_in("ada"), sign_in("ada"), sign_in("ada")
    assert phone.page("/account/sessions").count("Sign out there") == 2
    last = rows.scalars(select(SignInSession).order_by(SignInSession.id.desc())).first()
    assert last
    assert phone.send(f"/account/sessions/{last.public_id}/revoke").status_code == 303
    assert (library.get("/account").status_code, desk.get("/account").status_code) == (303, 200)
    phone.send("/account/sessions/revoke-others")
    assert (desk.get("/account").status_code, phone.get("/account").status_code) == (303, 200)


def test_nobody_ends_the_session_of_another(sign_in: SignIn, rows: Session) -> None:
    ada, cy = sign_in("ada"), sign_in("cy")
    hers = rows.scalars(select(SignInSession.public_id).order_by(SignInSession.id)).first()
    hidden = cy.send(f"/account/sessions/{hers}/revoke")
    absent = cy.send("/account/sessions/0000000000000000/revoke")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.text.replace(str(hers), "") == absent.text.replace("0" * 16, "")
    assert ada.get("/account").status_code == 200


def test_a_new_password_ends_all_other_browsers(sign_in: SignIn) -> None:
    here, there = sign_in("ada"), sign_in("ada")
    wrong = here.send("/account/password", {"current": "wrong", "password": "four green sprouts"})
    weak = here.send("/account/password", {"current": PASSWORD, "password": "1234567890"})
    assert (wrong.status_code, weak.status_code) == (422, 422)
    good = here.send("/account/password", {"current": PASSWORD, "password": "four green sprouts"})
    assert good.status_code == 303
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 303)


@pytest.mark.parametrize(
    ("who", "status"),
    [("max", 200), ("fay", 200), ("aud", 200), ("olu", 404), ("eve", 404), ("ada", 404), ("di", 404)],
)
def test_only_keepers_and_the_auditor_see_people(who: str, status: int, cast: Cast, sign_in: SignIn) -> None:
    bo = cast.user("bo").public_id
    client = sign_in(who)
    client.page("/people", status=status)
    client.page(f"/people/{bo}", status=status)
    client.page("/people/0000000000000000", status=404)


def test_people_are_found_by_name_and_role(cast: Cast, sign_in: SignIn) -> None:
    for name in ("ada", "olu", "eve"):
        cast.id(name)
    client = sign_in("max")
    assert "Olu" not in client.page("/people?q=ADA")
    by_role = client.page("/people?role=finance")
    assert ("eve@example.org" in by_role, "ada@example.org" in by_role) == (True, False)
    assert "Nobody found" in client.page("/people?q=%25&page=99999999999999")
    assert "Nobody found" in client.page("/people?q=没有这个人")


def test_a_keeper_gives_and_ends_a_role_on_the_page(cast: Cast, sign_in: SignIn, rows: Session) -> None:
    bo = cast.user("bo").public_id
    client = sign_in("max")
    terms = {"role": "reviewer", "scope": "", "key": "", "from_on": "", "until_on": ""}
    assert client.send(f"/people/{bo}/roles", terms).status_code == 303
    twice = client.send(f"/people/{bo}/roles", terms)
    assert twice.status_code == 422
    assert "This person has this role already." in unescape(twice.text)
    given = rows.scalars(select(RoleGrant).where(RoleGrant.user_id == cast.id("bo"))).one()
    assert client.send(f"/people/roles/{given.public_id}/end").status_code == 303
    assert cast.actor("bo").roles == ()


def test_the_auditor_changes_nobody(cast: Cast, sign_in: SignIn, rows: Session) -> None:
    bo = cast.user("bo").public_id
    client = sign_in("aud")
    terms = {"role": "admin", "scope": "", "key": ""}
    assert client.send(f"/people/{bo}/roles", terms).status_code == 403
    assert client.send(f"/people/{bo}/disable").status_code == 403
    assert client.send("/people/invite", {}).status_code == 404
    assert "Give a role" not in client.page(f"/people/{bo}")
    assert rows.scalar(select(func.count(RoleGrant.id)).where(RoleGrant.role == "admin")) == 0


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "", "email": "x", "consent": "y"},
        {"name": "n" * 81, "email": "a@example.org", "consent": "y"},
        {"name": "林", "email": "a@example.org"},
        {"name": "\x00\x01", "email": "a@example.org", "consent": "y"},
        {"name": "林", "email": "a" * 300 + "@example.org", "consent": "y"},
        {"name": "林", "email": "a@example.org\r\nBcc: b@example.org", "consent": "y"},
    ],
)
def test_bad_registrations_come_back_with_their_words(
    data: dict[str, str], visitor: Callable[[], Browser]
) -> None:
    answer = visitor().send("/register", data)
    assert answer.status_code == 422
    assert "to mend" in answer.text


@pytest.mark.parametrize("password", ["", "😀" * 300, "\x00" * 20, "长" * 100_000])
def test_no_password_breaks_the_door(password: str, cast: Cast, visitor: Callable[[], Browser]) -> None:
    cast.id("ada")
    for email in ("ada@example.org", "\x00", "😀@例子.中国", "x" * 100_000):
        assert visitor().send("/sign-in", {"email": email, "password": password}).status_code == 422


def test_the_cookie_is_out_of_reach_of_scripts(cast: Cast, visitor: Callable[[], Browser]) -> None:
    cast.id("ada")
    answer = visitor().send("/sign-in", {"email": "ada@example.org", "password": PASSWORD})
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("sid=")]
    assert {part.strip() for part in cookie.split(";")[1:]} >= {"HttpOnly", "SameSite=Lax", "Path=/"}
