"""One grant for one decision, nothing promised over an objection, nothing signed that has ended."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.agreements import queries
from grants.agreements.actions import promises, signing
from grants.agreements.fields import GrantState, Party
from grants.agreements.models import Agreement, Grant, Signature
from grants.core.policy import VISITOR
from grants.notices import actions as notices
from grants.notices import queries as shown
from grants.notices.fields import ObjectionState
from grants.notices.models import Notice, Objection
from tests.agreements.test_actions import Inside, offered
from tests.at_once import overlap
from tests.cast import Cast
from tests.granted import AT, NOTICE_ENDS, Funded, add_objection


def test_a_decision_gives_one_grant(app: Flask, cast: Cast, rows: Session, funded: Funded) -> None:
    olu = cast.actor("olu")

    def promise() -> None:
        promises.promise(queries.proposal_by_public_id(funded.proposal), by=olu, at=AT)

    assert overlap(app, promise, promise) == ("done", "IllegalTransition")
    assert len(rows.scalars(select(Grant)).all()) == 1
    assert len(rows.scalars(select(Agreement)).all()) == 1


def test_nothing_is_promised_over_an_objection_that_came_in_time(
    app: Flask, cast: Cast, rows: Session, funded: Funded
) -> None:
    olu, notice = cast.actor("olu"), rows.scalars(select(Notice.public_id)).one()
    rows.rollback()

    def object_() -> None:
        notices.raise_objection(
            shown.shown(notice),
            item_key=f"proposal/{funded.proposal_id}",
            by_name="实名市民",
            contact="020-00000000",
            content="利益输送",
            by=VISITOR,
            at=NOTICE_ENDS.replace(hour=15),
        )

    outcomes = overlap(
        app,
        object_,
        lambda: promises.promise(queries.proposal_by_public_id(funded.proposal), by=olu, at=AT),
    )
    assert outcomes == ("done", "RulesBroken")
    assert rows.scalars(select(Grant)).all() == []


def test_an_objection_is_decided_once(
    app: Flask, cast: Cast, inside: Inside, rows: Session, funded: Funded
) -> None:
    with inside():
        add_objection(funded.notice_id, f"proposal/{funded.proposal_id}", ObjectionState.RECEIVED)
    olu, otis = cast.actor("olu"), cast.actor("otis")
    key = rows.scalars(select(Objection.public_id)).one()
    rows.rollback()
    outcomes = overlap(
        app,
        lambda: notices.dismiss(shown.objection_by_public_id(key), reason="查无实据", by=olu, at=AT),
        lambda: notices.uphold(shown.objection_by_public_id(key), reason="属实", by=otis, at=AT),
    )
    assert outcomes == ("done", "IllegalTransition")
    assert rows.scalars(select(Objection.state)).one() is ObjectionState.DISMISSED


def test_what_has_ended_is_not_signed(
    app: Flask, cast: Cast, inside: Inside, rows: Session, funded: Funded
) -> None:
    public_id, fay, ada = offered(inside, cast, funded), cast.actor("fay"), cast.actor("ada")

    def end() -> None:
        grant = queries.by_public_id(public_id).grant
        promises.terminate(queries.grant_by_id(grant.id), "撤回", by=fay, at=AT)

    def sign() -> None:
        agreement = queries.by_public_id(public_id)
        seen = agreement.content_hash or ""
        name = {"typed_name": ada.name, "seen_hash": seen, "address": "10.0.0.7"}
        signing.sign(agreement, Party.GROUP, **name, by=ada, at=AT)

    assert overlap(app, end, sign) == ("done", "IllegalTransition")
    assert rows.scalars(select(Signature)).all() == []
    assert rows.scalars(select(Grant.state)).one() is GrantState.TERMINATED
