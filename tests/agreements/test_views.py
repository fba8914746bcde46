"""Pages of agreements: who finds what, and the way from the decision to the last signature in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.agreements import queries, rules
from grants.agreements.fields import Party
from grants.agreements.listing import AGREEMENTS
from grants.agreements.models import Agreement
from grants.core import clock, lists
from grants.core.db import db
from grants.core.policy import permits
from grants.documents.models import Document
from grants.organisations.fields import ConflictKind, ConflictSource, ConflictState
from grants.organisations.models import Conflict
from tests.cast import Browser, Cast
from tests.granted import Funded
from tests.guards.told import badly_told

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]
EVERYBODY = ("ada", "bo", "hal", "cy", "dee", "eve", "fay", "olu", "di", "bea", "gus", "max", "aud")
READS_DRAFTS = {"eve", "fay", "olu", "bea", "gus", "max", "aud"}


def make(sign_in: SignIn, funded: Funded) -> str:
    """The officer makes the agreement on the list; the address of its page."""
    officer = sign_in("olu")
    answer = officer.send("/agreements", {"proposal": funded.proposal}, from_page="/agreements")
    assert answer.status_code == 303
    return answer.location


def offer(sign_in: SignIn, page: str) -> None:
    answer = sign_in("olu").send(f"{page}/offer", from_page=page)
    assert answer.status_code == 303, answer.text


def sign(sign_in: SignIn, name: str, page: str, **changed: str) -> int:
    client = sign_in(name)
    form = client.page(f"{page}/sign")
    hidden = dict(re.findall(r'name="(party|seen_hash)"[^>]*value="([^"]*)"', form))
    values = {**hidden, "typed_name": name.title(), "read": "y", **changed}
    return client.send(f"{page}/sign", values, from_page=f"{page}/sign").status_code


@pytest.fixture
def page(sign_in: SignIn, funded: Funded) -> str:
    return make(sign_in, funded)


def test_the_way_to_the_last_signature(sign_in: SignIn, page: str, rows: Session) -> None:
    offer(sign_in, page)
    assert "Waiting for the signature of: Volunteer group, Host organisation." in sign_in("olu").page(page)
    assert sign(sign_in, "ada", page) == 303
    assert sign(sign_in, "hal", page) == 303
    assert "Read it, then sign for" in unescape(sign_in("fay").page(page))
    assert sign(sign_in, "fay", page) == 303
    shown = unescape(sign_in("ada").page(page))
    agreement = rows.scalars(select(Agreement)).one()
    assert "Signed by all on" in shown
    assert str(agreement.content_hash) in shown


def test_the_list_says_whose_turn_it_is_all_the_way(
    sign_in: SignIn, page: str, cast: Cast, inside: Inside
) -> None:
    reader = cast.actor("olu")

    def turn() -> str:
        with inside(read_only=True):
            (row,) = lists.page(AGREEMENTS, {}, by=reader, path="/agreements").rows
            found = queries.by_public_id(row.public_id)
            needed = rules.whose_turn(rules.parties(found.terms), [one.party for one in found.signatures])
            if found.offered_at is not None and found.signed_at is None:
                assert {"group and host": {Party.GROUP, Party.HOST}}.get(row.turn, {row.turn}) == set(needed)
            return str(row.turn)

    assert turn() == "officer"
    offer(sign_in, page)
    assert turn() == "group and host"
    sign(sign_in, "ada", page)
    assert turn() == "host"
    sign(sign_in, "hal", page)
    assert turn() == "foundation"
    sign(sign_in, "fay", page)
    assert turn() == "nobody"
    shown = unescape(sign_in("olu").page("/agreements?turn=nobody"))
    assert "协议2026-001" in shown
    assert "nothing to do" in shown
    assert "协议2026-001" not in sign_in("olu").page("/agreements?turn=officer")
    assert "协议2026-001" in sign_in("olu").get("/agreements/all.csv").text


def test_the_pdf_is_behind_the_agreements_door(
    sign_in: SignIn, page: str, rows: Session, visitor: Callable[[], Browser]
) -> None:
    offer(sign_in, page)
    file = f"/files/{rows.scalars(select(Document)).one().public_id}"
    answers = {name: sign_in(name).get(file).status_code for name in ("ada", "hal", "aud", "di", "cy", "dee")}
    assert answers == {"ada": 200, "hal": 200, "aud": 200, "di": 200, "cy": 404, "dee": 404}
    assert visitor().get(file).status_code == 303


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_draft_is_the_foundations_own(sign_in: SignIn, page: str, name: str) -> None:
    expected = 200 if name in READS_DRAFTS else 404
    assert sign_in(name).get(page).status_code == expected


@pytest.mark.parametrize("name", EVERYBODY)
def test_an_offer_is_read_by_the_parties_and_the_district_too(sign_in: SignIn, page: str, name: str) -> None:
    offer(sign_in, page)
    expected = 200 if name in READS_DRAFTS | {"ada", "bo", "hal", "di"} else 404
    assert sign_in(name).get(page).status_code == expected


def test_hidden_and_absent_answer_alike(sign_in: SignIn, page: str) -> None:
    stranger = sign_in("cy")
    hidden, absent = stranger.get(page), stranger.get("/agreements/0000000000000000")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    masked = [re.sub(r"agreements/\w+|nonce=\S+|csrf\S+", "", answer.text) for answer in (hidden, absent)]
    assert masked[0] == masked[1]


def test_a_tie_to_the_group_hides_its_agreement_from_staff(
    sign_in: SignIn, page: str, cast: Cast, inside: Inside, funded: Funded
) -> None:
    offer(sign_in, page)
    with inside():
        db.session.add(
            Conflict(
                user_id=cast.id("olu"), organisation_id=funded.group_id, kind=ConflictKind.FAMILY,
                source=ConflictSource.DECLARED, state=ConflictState.SUSPECTED, declared_on=clock.today(),
            )
        )  # fmt: skip
    assert sign_in("olu").get(page).status_code == 404
    assert "协议2026-001" not in sign_in("olu").page("/agreements")


def test_policy_and_sql_agree(app: Flask, sign_in: SignIn, page: str, cast: Cast, inside: Inside) -> None:
    for _state in ("draft", "offered"):
        for name in EVERYBODY:
            actor = cast.actor(name)
            with inside(read_only=True):
                found = [row.id for row in db.session.scalars(queries.visible_to(actor))]
                allowed = [
                    row_id
                    for (row_id,) in db.session.execute(select(Agreement.id))
                    if permits(actor, "agreement.view", queries.by_id(row_id))
                ]
            assert found == allowed, name
        if _state == "draft":
            offer(sign_in, page)


def test_a_wrong_name_or_nothing_read_is_said_on_the_form(sign_in: SignIn, page: str) -> None:
    offer(sign_in, page)
    assert sign(sign_in, "ada", page, typed_name="Bo") == 422
    assert sign(sign_in, "ada", page, read="") == 422
    assert sign(sign_in, "ada", page, seen_hash="f" * 64) == 409
    assert sign(sign_in, "ada", page, party="nobody") == 404


def test_editing_saves_and_refuses_a_stale_version(sign_in: SignIn, page: str, rows: Session) -> None:
    officer = sign_in("olu")
    values = form_values(officer.page(f"{page}/edit"))
    values["signed_place"] = "广州市越秀区"
    assert officer.send(f"{page}/edit", values, from_page=f"{page}/edit").status_code == 303
    assert rows.scalars(select(Agreement)).one().terms["signed_place"] == "广州市越秀区"
    assert officer.send(f"{page}/edit", values, from_page=f"{page}/edit").status_code == 409
    values["version"] = "2"
    for field in ("budget-0-amount", "in_kind-0-value", "milestones-0-due_on", "leftover_days"):
        assert field in values
        refused = officer.send(f"{page}/edit", {**values, field: "free"}, from_page=f"{page}/edit")
        assert (refused.status_code, list(badly_told(refused.text, "en"))) == (422, []), field


def form_values(text: str) -> dict[str, str]:
    """What a browser would send back unchanged."""
    values = {
        name: unescape(found[1]) if (found := re.search(r'value="([^"]*)"', tag)) else ""
        for tag, name in re.findall(r'(<input[^>]*name="([^"]+)"[^>]*>)', text)
    }
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        values[name] = chosen[1] if chosen else ""
    return values


def test_the_paper_speaks_one_language_whoever_reads_it(sign_in: SignIn, page: str) -> None:
    paper = sign_in("olu").page(page).partition('<div lang="zh-Hans"')[2]
    assert "<dt>签字人</dt>" in paper
    assert "<dt>Signed by</dt>" not in paper
