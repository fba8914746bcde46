"""Certificates: numbered, set in type by a job, withdrawn in public, entered from the years before."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from msgspec import Struct

from grants.awards.events import AwardGiven, CertificateWithdrawn
from grants.awards.fields import CertificateState
from grants.awards.lifecycle import CERTIFICATE, NOMINATION
from grants.awards.models import Certificate, Nomination
from grants.awards.queries import honours
from grants.awards.rules import nominations as rules
from grants.awards.rules import paper
from grants.core import addresses, audit, clock, jobs
from grants.core.checkcodes import check_code, content_hash
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import gettext as _
from grants.core.money import Money
from grants.core.policy import SYSTEM, Actor, authorise
from grants.core.text import clean, folded
from grants.core.unit_of_work import unit_of_work
from grants.documents import actions as documents
from grants.documents.actions import Spooled
from grants.funds import actions as funds
from grants.funds import queries as books
from grants.funds.fields import BudgetLine
from grants.papers.typesetting import typeset
from grants.reference import queries as reference
from grants.reference.actions import take_number
from grants.reference.fields import Series

PRINT = "print_certificate"
PAPER = "certificate"


class PastCertificate(Struct, frozen=True):
    """A certificate of a year before the system."""

    number: str
    cycle_title: Mapping[str, str]
    category_key: str
    category_name: Mapping[str, str]
    winner_name: Mapping[str, str]
    is_person: bool
    shows_full_name: bool
    issued_on: date


def issue(nomination: Nomination, *, by: Actor, at: datetime) -> Certificate:
    """The numbered paper of a winner. The caller has authorised the award."""
    category, cycle = nomination.category, nomination.category.cycle
    is_person = nomination.nominee_kind.value == "volunteer"
    certificate = Certificate(
        number=take_number(Series.CERTIFICATE, cycle.year),
        check_code=check_code(),
        nomination=nomination,
        cycle_title=dict(cycle.title),
        category_key=category.key,
        category_name=dict(category.name),
        winner_name=dict(nomination.nominee_name),
        winner_is_person=is_person,
        citation=paper.citation(nomination.deed),
        year=cycle.year,
        issued_at=at,
        **_shown(nomination.nominee_name, is_person=is_person, full=nomination.publicity.value == "full"),
    )
    _seal(certificate, by=by, at=at)
    jobs.enqueue(PRINT, {"certificate": certificate.id}, unique_key=f"{PRINT}:{certificate.id}")
    publish(
        AwardGiven(
            occurred_at=at,
            actor_id=by.user_id,
            case=nomination.case,
            nomination_id=nomination.id,
            public_id=nomination.public_id,
            certificate=certificate.public_id,
            number=certificate.number,
            category=dict(category.name),
            nominee=dict(nomination.nominee_name),
            organisation_id=nomination.by_organisation_id,
            prize=category.prize.fen,
        )
    )
    return certificate


def _shown(name: Mapping[str, str], *, is_person: bool, full: bool) -> dict[str, Any]:
    shown = rules.masked(name) if is_person and not full else dict(name)
    return {"shown_name": shown, "shown_name_folded": folded(" ".join(shown.values()))[:300]}


def _seal(certificate: Certificate, *, by: Actor, at: datetime) -> None:
    certificate.content_hash = content_hash(
        {
            "kind": "certificate",
            "number": certificate.number,
            "cycle": certificate.cycle_title,
            "category": certificate.category_name,
            "winner": certificate.winner_name,
            "issued_at": certificate.issued_at,
        }
    )
    db.session.add(certificate)
    db.session.flush()
    after = {"number": certificate.number, "content_hash": certificate.content_hash}
    audit.record("issue", certificate, by=by, at=at, before={}, after=after)


def enter_past(past: PastCertificate, *, by: Actor, at: datetime) -> Certificate:
    """A certificate given before the system: it can be found and checked like the others."""
    authorise(by, "certificate.enter")
    if honours.number_taken(past.number):
        raise RulesBroken([Violation("number", _("This number is taken."), "number")])
    certificate = Certificate(
        number=past.number,
        check_code=check_code(),
        cycle_title=dict(past.cycle_title),
        category_key=past.category_key,
        category_name=dict(past.category_name),
        winner_name=dict(past.winner_name),
        winner_is_person=past.is_person,
        year=past.issued_on.year,
        issued_at=clock.at_local(past.issued_on),
        **_shown(past.winner_name, is_person=past.is_person, full=past.shows_full_name),
    )
    _seal(certificate, by=by, at=at)
    return certificate


def withdraw(certificate: Certificate, *, reason: str, by: Actor, at: datetime) -> None:
    """Revoke an award: the certificate stays and says so; a prize that was not paid goes back to the fund."""
    authorise(by, "certificate.withdraw", certificate)
    broken = list(rules.reason_missing(reason))
    if broken:
        raise RulesBroken(broken)
    certificate.withdrawn_at, certificate.withdrawn_reason = at, clean(reason).strip()
    CERTIFICATE.fire("withdraw", certificate, by=by, at=at, note=certificate.withdrawn_reason)
    nomination = certificate.nomination
    if nomination is not None:
        NOMINATION.fire("revoke", nomination, by=by, at=at, note=certificate.withdrawn_reason)
        _take_back_prize(nomination, by=by, at=at)
    publish(
        CertificateWithdrawn(
            occurred_at=at,
            actor_id=by.user_id,
            case=certificate.case,
            certificate_id=certificate.id,
            certificate=certificate.public_id,
            number=certificate.number,
            reason=certificate.withdrawn_reason,
            organisation_id=nomination.by_organisation_id if nomination else None,
        )
    )


def _take_back_prize(nomination: Nomination, *, by: Actor, at: datetime) -> None:
    cycle = nomination.category.cycle
    if cycle.fund_id is None:
        return
    fund = books.by_id(cycle.fund_id)
    waiting = books.figures_of_case(nomination.case, fund.id, cycle.year, BudgetLine.AWARDS).payable
    if waiting > Money(0):
        for move in (funds.make_unpayable, funds.release_commitment):
            move(
                fund,
                year=cycle.year,
                amount=waiting,
                case=nomination.case,
                line=BudgetLine.AWARDS,
                by=by,
                at=at,
            )


class _File(Struct, frozen=True):
    """A paper of our own on its way into the store."""

    filename: str
    stream: BinaryIO


class CertificatePaper:
    """The job that sets a certificate in type and files it beside its row."""

    def prepare(self, payload: dict[str, Any]) -> Spooled | None:
        with unit_of_work(read_only=True):
            certificate = honours.by_id(payload["certificate"])
            if certificate.document_id is not None or certificate.state is not CertificateState.ISSUED:
                return None
            facts = certificate.nomination.facts if certificate.nomination else {}
            data = paper.printed(
                number=certificate.number,
                code=certificate.check_code,
                url=addresses.check_page(certificate.check_code),
                winner=certificate.winner_name,
                is_person=certificate.winner_is_person,
                category=certificate.category_name,
                cycle=certificate.cycle_title,
                citation=certificate.citation,
                minutes=int(facts.get("minutes", 0)),
                issued_on=clock.day_of(certificate.issued_at),
                foundation=_letterhead(),
                signers=_signers(),
            )
            number, at = certificate.number, certificate.issued_at
        pdf = typeset("certificate", data, created_at=at)
        return documents.receive(_File(f"{number}.pdf", io.BytesIO(pdf)))

    def keep(self, payload: dict[str, Any], result: Spooled | None) -> None:
        if result is not None:
            certificate = honours.by_id(payload["certificate"])
            certificate.document = documents.keep(
                result, holder=certificate, purpose=PAPER, by=SYSTEM, at=clock.now()
            )


def _letterhead() -> dict[str, Any]:
    profile = reference.foundation()
    return {
        "name": profile.name.get("zh-Hans", ""),
        "name_en": profile.name.get("en", ""),
        "address": profile.address.get("zh-Hans", ""),
        "phone": profile.phone,
        "email": profile.email,
    }


def _signers() -> list[dict[str, str]]:
    profile = reference.foundation()
    people = (("理事长", profile.board_chair), ("秘书长", profile.secretary_general))
    named = [{"title": title, "name": name["zh-Hans"]} for title, name in people if name.get("zh-Hans")]
    return named or [{"title": "", "name": profile.name.get("zh-Hans", "")}]


CERTIFICATE_PAPER = CertificatePaper()
