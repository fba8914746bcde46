"""The inbox: mine, in one query, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from grants.core import clock
from grants.core.policy import Actor, Held
from grants.obligations import actions, fields, queries
from grants.obligations.fields import Owner
from grants.obligations.queries import Urgency
from tests.cast import Cast

Inside = Callable[..., AbstractContextManager[None]]
WORKSHOP = {"title": {"zh-Hans": "社区课堂", "en": "Workshop"}, "assignment": "A/1"}


def owe(owner: Owner, *, number: int = 1, days: int | None = 3) -> None:
    now = clock.now()
    due = now + timedelta(days=days) if days is not None else None
    subject = ("assignment", number)
    actions.open_duty(
        "review", subject=subject, owner=owner, due_at=due, case="proposal/1", values=WORKSHOP, at=now
    )


def person(*roles: Held, user_id: int = 7) -> Actor:
    return Actor(user_id, "X", roles)


@pytest.mark.parametrize(
    ("owner", "holder", "stranger"),
    [
        (fields.user(7), person(), person(user_id=8)),
        (fields.role("officer"), person(Held("officer")), person(Held("officer", "call", "3"))),
        (fields.role_within_call("officer", 3), person(Held("officer", "call", "3")), person(Held("officer", "call", "4"))),
        (fields.role_within_call("officer", 3), person(Held("officer")), person(Held("finance"))),
        (
            fields.role_within_region("district", "440103/440103001"),
            person(Held("district", "region", "440103")),
            person(Held("district", "region", "44010")),
        ),
        (
            fields.organisation(5),
            person(Held("editor", "organisation", "5")),
            person(Held("viewer", "organisation", "5"), Held("owner", "organisation", "6")),
        ),
    ],
)  # fmt: skip
def test_a_duty_shows_to_whoever_owes_it_and_to_nobody_else(
    owner: Owner, holder: Actor, stranger: Actor, inside: Inside
) -> None:
    with inside():
        owe(owner)
        assert [duty.case for duty in queries.mine(holder)] == ["proposal/1"]
        assert queries.mine(stranger) == []
        assert queries.mine(Actor(None, "")) == []


def test_the_most_urgent_comes_first_in_one_query(inside: Inside, statements: Any) -> None:
    me = person(Held("officer"), Held("owner", "organisation", "5"))
    with inside():
        for number, days in ((1, 30), (2, None), (3, -1), (4, 2)):
            owe(fields.role("officer"), number=number, days=days)
        owe(fields.organisation(5), number=5, days=-2)
    with statements() as seen, inside(read_only=True):
        duties = queries.mine(me)
    assert [duty.urgency for duty in duties] == ["late", "late", "soon", "later", "later"]
    assert len([sql for sql in seen if "FROM obligation" in sql]) == 1


def test_all_of_them_are_counted_though_only_the_most_urgent_are_shown(inside: Inside) -> None:
    me = person(Held("officer"), Held("owner", "organisation", "5"))
    with inside():
        for number, days in ((1, 30), (2, None), (3, -1), (4, 2)):
            owe(fields.role("officer"), number=number, days=days)
        owe(fields.organisation(5), number=5, days=-2)
        owe(fields.role("finance"), number=6, days=-2)
        assert queries.counts(me) == {Urgency.LATE: 2, Urgency.SOON: 1, Urgency.LATER: 2}
        assert [duty.urgency for duty in queries.mine(me, most=3)] == ["late", "late", "soon"]
        assert queries.counts(person()) == {Urgency.LATE: 0, Urgency.SOON: 0, Urgency.LATER: 0}


def test_words_and_address_are_made_for_the_reader(inside: Inside) -> None:
    from grants.core import i18n

    with inside():
        owe(fields.user(7))
        with i18n.speaking("en"):
            duty = queries.mine(person())[0]
    assert (duty.sentence, duty.href) == ("Review “Workshop”", "/reviews/A%2F1")


def test_the_same_duty_is_renewed_and_met_for_everybody(inside: Inside, cast: Cast) -> None:
    by = cast.actor("olu")
    with inside():
        owe(fields.user(7), days=3)
        owe(fields.user(7), days=9)
        owe(fields.user(8), days=3)
        assert len(queries.of_case("proposal/1")) == 2
        actions.postpone("review", subject=("assignment", 1), due_at=None)
        assert [duty.due_at for duty in queries.of_case("proposal/1")] == [None, None]
        actions.meet("review", subject=("assignment", 1), by=by, at=clock.now())
        assert queries.of_case("proposal/1") == []
        actions.meet("review", subject=("assignment", 1), by=by, at=clock.now())


def test_a_duty_without_words_is_refused_when_it_is_opened(inside: Inside) -> None:
    with pytest.raises(LookupError, match=r"wiring\.OBLIGATIONS"), inside():
        actions.open_duty(
            "no such", subject=("x", 1), owner=fields.user(1), due_at=None, case="c", at=clock.now()
        )
