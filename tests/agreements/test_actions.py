"""From the decision to the last signature: only after the notice, and only under the text that was shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.agreements import printing, queries
from grants.agreements.actions import promises, signing, texts
from grants.agreements.fields import AgreementState, GrantState, Party
from grants.agreements.models import Agreement, Grant, Signature
from grants.core import i18n, jobs
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken, StaleVersion
from grants.core.money import Money
from grants.core.storage import storage
from grants.documents import actions as documents
from grants.funds.fields import EntryKind
from grants.funds.models import LedgerTransaction
from grants.notices import actions as notices
from grants.notices.fields import ObjectionState
from grants.notices.models import Objection
from grants.obligations.models import Obligation
from grants.organisations.fields import LegalStatus
from grants.organisations.models import Organisation
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal
from tests.cast import Cast
from tests.documents import samples
from tests.granted import AT, GRANTED, NOTICE_ENDS, Funded, add_objection

Inside = Callable[..., AbstractContextManager[None]]


def received(inside: Inside) -> documents.Spooled:
    with inside(read_only=True):
        return documents.receive(samples.upload("agreement.pdf", samples.pdf()))


def promised(inside: Inside, cast: Cast, funded: Funded, *, at: datetime = AT) -> str:
    officer = cast.actor("olu")
    with inside():
        return promises.promise(queries.proposal_by_public_id(funded.proposal), by=officer, at=at).public_id


def offered(inside: Inside, cast: Cast, funded: Funded) -> str:
    public_id = promised(inside, cast, funded)
    officer = cast.actor("olu")
    spooled = received(inside)
    with inside():
        agreement = queries.by_public_id(public_id)
        made = printing.Typeset(spooled, "A" * 16, agreement.version)
        texts.offer(agreement, made, by=officer, at=AT)
    return public_id


def sign(inside: Inside, cast: Cast, public_id: str, name: str, party: Party, **changed: str) -> None:
    actor = cast.actor(name)
    with inside():
        agreement = queries.by_public_id(public_id)
        given = {"typed_name": actor.name, "seen_hash": agreement.content_hash or "", "address": "10.0.0.7"}
        signing.sign(agreement, party, **{**given, **changed}, by=actor, at=AT + timedelta(hours=1))


def test_the_paper_is_chinese_whoever_makes_it(
    inside: Inside, cast: Cast, funded: Funded, rows: Session
) -> None:
    """It is valid in Chinese alone: an officer who reads English writes no English address into it."""
    officer = cast.actor("olu")
    with inside(), i18n.speaking("en"):
        proposal = queries.proposal_by_public_id(funded.proposal)
        made = promises.promise(proposal, by=officer, at=AT).public_id
    terms = agreement_row(rows, made).terms
    assert "荔湾区" in terms["project"]["place"]
    assert not [party for party in terms["parties"] if "District" in party["address"]]


def agreement_row(rows: Session, public_id: str) -> Agreement:
    rows.rollback()
    found = rows.scalar(select(Agreement).where(Agreement.public_id == public_id))
    assert found is not None
    return found


# Hard rule 4: no agreement before the notice ended and its objections are decided.


def test_no_grant_while_the_notice_runs(inside: Inside, cast: Cast, funded: Funded, rows: Session) -> None:
    with pytest.raises(RulesBroken) as broken:
        promised(inside, cast, funded, at=NOTICE_ENDS - timedelta(seconds=1))
    assert [violation.code for violation in broken.value.violations] == ["in_notice"]
    assert rows.scalars(select(Grant)).all() == []


@pytest.mark.parametrize("state", [ObjectionState.RECEIVED, ObjectionState.UPHELD])
def test_no_grant_while_an_objection_stands(
    inside: Inside, cast: Cast, funded: Funded, rows: Session, state: ObjectionState
) -> None:
    with inside():
        add_objection(funded.notice_id, f"proposal/{funded.proposal_id}", state)
    with pytest.raises(RulesBroken) as broken:
        promised(inside, cast, funded)
    assert [violation.code for violation in broken.value.violations] == ["in_notice"]
    assert rows.scalars(select(Grant)).all() == []


def test_a_dismissed_objection_or_one_against_another_does_not_hold_it_up(
    inside: Inside, cast: Cast, funded: Funded
) -> None:
    with inside():
        add_objection(funded.notice_id, f"proposal/{funded.proposal_id}", ObjectionState.DISMISSED)
        add_objection(funded.notice_id, "proposal/999", ObjectionState.RECEIVED)
    assert promised(inside, cast, funded)


def test_a_group_without_a_legal_person_gets_no_agreement(
    inside: Inside, cast: Cast, funded: Funded, rows: Session
) -> None:
    with inside():
        host = db.session.get_one(Organisation, funded.host_id)
        host.legal_status, host.credit_code = LegalStatus.FILED, None
    with pytest.raises(RulesBroken) as broken:
        promised(inside, cast, funded)
    assert [violation.code for violation in broken.value.violations] == ["no_payee"]
    assert rows.scalars(select(Grant)).all() == []


def test_the_money_goes_to_the_host_and_the_parts_sum_to_the_grant(
    inside: Inside, cast: Cast, funded: Funded, rows: Session
) -> None:
    public_id = promised(inside, cast, funded)
    row = agreement_row(rows, public_id)
    grant = rows.scalars(select(Grant)).one()
    assert (grant.number, row.number, grant.payee_id) == ("穗志资-2026-0001", "协议2026-001", funded.host_id)
    assert grant.state is GrantState.PROMISED
    parts = [Money.yuan(part["amount"]) for part in row.terms["tranches"]]
    assert [str(part) for part in parts] == ["20000.01", "16000.00", "4000.00"]
    assert sum((part.fen for part in parts), 0) == GRANTED.fen
    lines = {line["category"]: line["amount"] for line in row.terms["budget"]}
    assert sum(Money.yuan(amount).fen for amount in lines.values()) == GRANTED.fen
    assert set(lines) == {"insurance", "transport", "materials"}
    assert [party["party"] for party in row.terms["parties"]] == ["foundation", "group", "host"]
    assert [step["name"]["zh-Hans"] for step in row.terms["milestones"]] == ["培训探访员", "每周探访"]
    assert [report["kind"] for report in row.terms["reports"]] == ["midterm", "final"]


def test_a_proposal_gets_one_grant_only(inside: Inside, cast: Cast, funded: Funded, rows: Session) -> None:
    promised(inside, cast, funded)
    with pytest.raises(IllegalTransition):
        promised(inside, cast, funded)
    assert len(rows.scalars(select(Grant)).all()) == 1


@pytest.mark.parametrize("name", ["ada", "cy", "eve", "aud", "di", "dee"])
def test_only_officers_promise(inside: Inside, cast: Cast, funded: Funded, name: str) -> None:
    actor = cast.actor(name)
    with inside(), pytest.raises(Forbidden):
        promises.promise(queries.proposal_by_public_id(funded.proposal), by=actor, at=AT)


def test_a_duty_without_owner_holds_back_the_offer(inside: Inside, cast: Cast, funded: Funded) -> None:
    public_id = promised(inside, cast, funded)
    officer = cast.actor("olu")
    with inside():
        agreement = queries.by_public_id(public_id)
        duties = [{**agreement.terms["duties"][0], "owner": ""}, *agreement.terms["duties"][1:]]
        texts.edit(agreement, {"duties": duties}, version=agreement.version, by=officer, at=AT)
    spooled = received(inside)
    with inside(), pytest.raises(RulesBroken) as broken:
        agreement = queries.by_public_id(public_id)
        texts.offer(agreement, printing.Typeset(spooled, "A" * 16, agreement.version), by=officer, at=AT)
    assert [violation.code for violation in broken.value.violations] == ["no_owner"]


def test_the_decided_amount_and_its_parts_cannot_be_edited(
    inside: Inside, cast: Cast, funded: Funded
) -> None:
    public_id = promised(inside, cast, funded)
    officer = cast.actor("olu")
    for change in ({"amount": "50000.00"}, {"tranches": []}):
        with inside(), pytest.raises(RulesBroken):
            agreement = queries.by_public_id(public_id)
            texts.edit(agreement, change, version=agreement.version, by=officer, at=AT)


def test_a_draft_set_in_type_before_the_last_change_is_not_offered(
    inside: Inside, cast: Cast, funded: Funded
) -> None:
    public_id = promised(inside, cast, funded)
    officer = cast.actor("olu")
    spooled = received(inside)
    with inside():
        agreement = queries.by_public_id(public_id)
        stale = printing.Typeset(spooled, "A" * 16, agreement.version)
        texts.edit(agreement, {"signed_place": "广州"}, version=agreement.version, by=officer, at=AT)
    with inside(), pytest.raises(StaleVersion):
        texts.offer(queries.by_public_id(public_id), stale, by=officer, at=AT)


def test_group_and_host_sign_first_and_the_director_countersigns(
    inside: Inside, cast: Cast, funded: Funded, rows: Session
) -> None:
    public_id = offered(inside, cast, funded)
    with pytest.raises(IllegalTransition):
        sign(inside, cast, public_id, "fay", Party.FOUNDATION)
    sign(inside, cast, public_id, "hal", Party.HOST)
    sign(inside, cast, public_id, "ada", Party.GROUP)
    assert agreement_row(rows, public_id).state is AgreementState.OFFERED
    sign(inside, cast, public_id, "fay", Party.FOUNDATION)
    row = agreement_row(rows, public_id)
    assert (row.state, row.signed_at) == (AgreementState.SIGNED, AT + timedelta(hours=1))
    assert rows.scalars(select(Grant)).one().state is GrantState.ACTIVE
    kept = rows.execute(select(Signature.party, Signature.name, Signature.content_hash, Signature.address))
    assert [tuple(each) for each in kept] == [
        (Party.HOST, "Hal", row.content_hash, "10.0.0.7"),
        (Party.GROUP, "Ada", row.content_hash, "10.0.0.7"),
        (Party.FOUNDATION, "Fay", row.content_hash, "10.0.0.7"),
    ]
    open_duties = rows.scalars(
        select(Obligation.kind).where(Obligation.subject_kind == "agreement", Obligation.closed_at.is_(None))
    )
    assert open_duties.all() == []


@pytest.mark.parametrize(
    ("name", "party"),
    [
        ("bo", Party.GROUP),
        ("hal", Party.GROUP),
        ("ada", Party.HOST),
        ("olu", Party.FOUNDATION),
        ("cy", Party.GROUP),
    ],
)
def test_nobody_signs_for_another(
    inside: Inside, cast: Cast, funded: Funded, rows: Session, name: str, party: Party
) -> None:
    public_id = offered(inside, cast, funded)
    with pytest.raises(Forbidden):
        sign(inside, cast, public_id, name, party)
    assert rows.scalars(select(Signature)).all() == []


def test_a_signature_under_another_text_or_name_is_refused(
    inside: Inside, cast: Cast, funded: Funded, rows: Session
) -> None:
    public_id = offered(inside, cast, funded)
    with pytest.raises(StaleVersion):
        sign(inside, cast, public_id, "ada", Party.GROUP, seen_hash="f" * 64)
    with pytest.raises(RulesBroken):
        sign(inside, cast, public_id, "ada", Party.GROUP, typed_name="Bo")
    sign(inside, cast, public_id, "ada", Party.GROUP, typed_name=" ＡＤＡ ")
    with pytest.raises(IllegalTransition):
        sign(inside, cast, public_id, "ada", Party.GROUP)
    assert len(rows.scalars(select(Signature)).all()) == 1


def test_what_somebody_signed_is_not_taken_back(
    inside: Inside, cast: Cast, funded: Funded, rows: Session
) -> None:
    public_id = offered(inside, cast, funded)
    director = cast.actor("fay")
    with inside():
        texts.recall(queries.by_public_id(public_id), "金额写错", by=director, at=AT)
    row = agreement_row(rows, public_id)
    assert (row.state, row.content_hash, row.offered_at) == (AgreementState.DRAFT, None, None)


def test_once_signed_the_text_stays(inside: Inside, cast: Cast, funded: Funded) -> None:
    public_id = offered(inside, cast, funded)
    sign(inside, cast, public_id, "ada", Party.GROUP)
    director = cast.actor("fay")
    with inside(), pytest.raises(RulesBroken):
        texts.recall(queries.by_public_id(public_id), "金额写错", by=director, at=AT)


def test_the_offer_and_the_signed_paper_are_real_papers(
    app: Flask, inside: Inside, cast: Cast, funded: Funded, rows: Session
) -> None:
    public_id = promised(inside, cast, funded)
    officer = cast.actor("olu")
    with inside(read_only=True):
        draft = printing.draft_of(queries.by_public_id(public_id))
    with app.app_context():
        made = printing.offer_of(draft, at=AT)
    with inside():
        texts.offer(queries.by_public_id(public_id), made, by=officer, at=AT)
    for name, party in (("ada", Party.GROUP), ("hal", Party.HOST), ("fay", Party.FOUNDATION)):
        sign(inside, cast, public_id, name, party)
    while jobs.run_once(app):
        pass
    with inside(read_only=True):
        agreement = queries.by_public_id(public_id)
        assert agreement.document is not None
        assert agreement.signed_document is not None
        assert agreement.document.sha256 == agreement.content_hash
        texts_kept = [
            storage().read(each.storage_key) for each in (agreement.document, agreement.signed_document)
        ]
    assert [text[:5] for text in texts_kept] == [b"%PDF-", b"%PDF-"]
    assert texts_kept[0] != texts_kept[1]


def test_an_upheld_objection_leaves_no_agreement(
    inside: Inside, cast: Cast, funded: Funded, rows: Session
) -> None:
    uphold_one(inside, cast, funded)
    with pytest.raises(IllegalTransition):
        promised(inside, cast, funded, at=AT + timedelta(days=1))
    assert rows.scalars(select(Grant)).all() == []


def test_an_objection_written_down_late_ends_what_was_promised_and_frees_the_money_once(
    inside: Inside, cast: Cast, funded: Funded, rows: Session
) -> None:
    """It counts by its arrival, and may be kept a moment after somebody promised the grant."""
    promised(inside, cast, funded)
    uphold_one(inside, cast, funded)
    assert rows.scalars(select(Grant.state)).all() == [GrantState.TERMINATED]
    assert rows.scalars(select(Proposal.state)).all() == [ProposalState.DECLINED]
    kinds = rows.scalars(
        select(LedgerTransaction.kind).where(LedgerTransaction.case == f"proposal/{funded.proposal_id}")
    ).all()
    assert kinds == [EntryKind.COMMITMENT, EntryKind.RELEASE]


def uphold_one(inside: Inside, cast: Cast, funded: Funded) -> None:
    with inside():
        add_objection(funded.notice_id, f"proposal/{funded.proposal_id}", ObjectionState.RECEIVED)
    officer = cast.actor("olu")
    with inside():
        objection = db.session.scalars(select(Objection)).one()
        notices.uphold(objection, reason="名单重复，异议成立。", by=officer, at=AT)
