"""The terms of an agreement as plain data: made from what was decided, edited by staff, frozen when offered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from grants.agreements import rules
from grants.agreements.fields import Party
from grants.core.i18n import in_chinese
from grants.core.money import Money

_STANDARD = Path(__file__).parent / "data" / "standard.json"
LABELS = {Party.FOUNDATION: "甲方", Party.GROUP: "乙方", Party.HOST: "丙方"}
KINDS = {Party.FOUNDATION: "资助方", Party.GROUP: "受资助方", Party.HOST: "代管单位"}
REPORT_GRACE = timedelta(days=30)
LONG = timedelta(days=120)
Words = Mapping[str, Any]
VOLUNTEER = "志愿者"


class Body(Struct, frozen=True):
    """A party as it stands on record."""

    name: Words
    credit_code: str = ""
    address: str = ""
    representative: str = ""
    contact: str = ""
    phone: str = ""


class Planned(Struct, frozen=True):
    """A step of the work as the proposal planned it."""

    name: Words
    from_on: date
    due_on: date


class Target(Struct, frozen=True):
    """What the work is measured by."""

    key: str
    name: Words
    unit: Words
    target: int


class Tranche(Struct, frozen=True):
    """A part of the call's plan."""

    number: int
    percent: Decimal
    gate: str


class Work(Struct, frozen=True):
    """What the frozen proposal says about the work."""

    title: str
    purpose: str
    place: str
    beneficiaries: str
    starts_on: date | None
    ends_on: date | None
    budget: Mapping[str, Money]
    category_names: Mapping[str, Words]
    steps: Sequence[Planned] = ()
    targets: Sequence[Target] = ()


class Basis(Struct, frozen=True):
    """Everything an agreement is made from."""

    grant_number: str
    call_title: Words
    amount: Money
    work: Work
    plan: Sequence[Tranche]
    foundation: Body
    group: Body
    host: Body | None = None
    in_kind: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    volunteer: str = VOLUNTEER


@cache
def standard() -> dict[str, Any]:
    """The foundation's standard text and figures; a draft starts from them."""
    found: dict[str, Any] = json.loads(_STANDARD.read_text("utf-8"))
    return found


def first_terms(basis: Basis) -> dict[str, Any]:
    """The terms a draft begins with. The tranches sum to the grant, the budget lines too."""
    work = basis.work
    figures = dict(standard()["figures"])
    figures["copies"] = 3 if basis.host else 2
    reports = list(_reports(work.starts_on, work.ends_on))
    return {
        "title": "资助协议",
        "signed_place": "",
        "amount": str(basis.amount),
        "parties": _parties(basis),
        "project": {
            "title": work.title,
            "number": basis.grant_number,
            "call": dict(basis.call_title),
            "starts_on": _iso(work.starts_on),
            "ends_on": _iso(work.ends_on),
            "place": work.place,
            "beneficiaries": work.beneficiaries,
            "purpose": work.purpose,
        },
        "budget": _budget(basis),
        "in_kind": [dict(row) for row in basis.in_kind],
        "tranches": _tranches(basis),
        "payee": {"name": in_chinese((basis.host or basis.group).name), "bank": "", "account": ""},
        "milestones": list(_milestones(work)),
        "reports": reports,
        "targets": [_target(target) for target in work.targets],
        "figures": figures,
        "volunteer": basis.volunteer,
        "duties": list(
            _duties(reports, figures | {"volunteer": basis.volunteer}, hosted=basis.host is not None)
        ),
        "clauses": [],
    }


def clauses(terms: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The clauses: frozen ones once offered, else the standard text with this agreement's figures."""
    if terms["clauses"]:
        return list(terms["clauses"])
    funded = "乙方、丙方" if Party.HOST in rules.parties(terms) else "乙方"
    figures = {**terms["figures"], "funded": funded, "volunteer": terms.get("volunteer", VOLUNTEER)}
    return [
        {
            "title": _filled(clause["title"], figures),
            "paragraphs": [_filled(text, figures) for text in clause["paragraphs"]],
        }
        for clause in standard()["clauses"]
    ]


def _filled(text: str, figures: Mapping[str, Any]) -> str:
    for key, value in figures.items():
        text = text.replace(f"{{{key}}}", str(value))
    return text


def _parties(basis: Basis) -> list[dict[str, str]]:
    bodies = [(Party.FOUNDATION, basis.foundation), (Party.GROUP, basis.group)]
    if basis.host is not None:
        bodies.append((Party.HOST, basis.host))
    return [
        {
            "party": party.value,
            "label": LABELS[party],
            "kind": KINDS[party],
            "name": in_chinese(body.name),
            "name_en": str(body.name.get("en", "")),
            "credit_code": body.credit_code,
            "address": body.address,
            "representative": body.representative,
            "contact": body.contact,
            "phone": body.phone,
        }
        for party, body in bodies
    ]


def _budget(basis: Basis) -> list[dict[str, Any]]:
    names = basis.work.category_names
    return [
        {
            "category": category,
            "name": dict(names.get(category, {"zh-Hans": category})),
            "amount": str(part),
            "note": "",
        }
        for category, part in rules.scaled(basis.work.budget, basis.amount).items()
    ]


def _tranches(basis: Basis) -> list[dict[str, Any]]:
    plan = sorted(basis.plan, key=lambda tranche: tranche.number)
    parts = rules.split_tranches(basis.amount, [tranche.percent for tranche in plan])
    words = standard()["tranches"]
    return [
        {
            "number": tranche.number,
            "percent": f"{tranche.percent:f}",
            "amount": str(part),
            "gate": tranche.gate,
            "name": words[tranche.gate]["name"],
            "condition": words[tranche.gate]["gate"],
            "due": words[tranche.gate]["due"],
        }
        for tranche, part in zip(plan, parts, strict=True)
    ]


def _reports(starts_on: date | None, ends_on: date | None) -> Iterator[dict[str, str]]:
    """A long project reports at half time, too; every project at the end (S003-11)."""
    if starts_on is None or ends_on is None:
        return
    if ends_on - starts_on >= LONG:
        yield {"kind": "midterm", "due_on": (starts_on + (ends_on - starts_on) / 2).isoformat()}
    yield {"kind": "final", "due_on": (ends_on + REPORT_GRACE).isoformat()}


def _milestones(work: Work) -> Iterator[dict[str, Any]]:
    steps = work.steps or _usual_steps(work.starts_on, work.ends_on)
    for number, step in enumerate(steps, start=1):
        yield {
            "number": number,
            "name": dict(step.name),
            "from_on": step.from_on.isoformat(),
            "due_on": step.due_on.isoformat(),
        }


def _usual_steps(starts_on: date | None, ends_on: date | None) -> Sequence[Planned]:
    """When the proposal had no schedule: begin, first half, second half, wind up."""
    if starts_on is None or ends_on is None or ends_on < starts_on:
        return ()
    length = ends_on - starts_on
    begun, half, late = (starts_on + length * part // 100 for part in (15, 50, 90))
    return (
        Planned({"zh-Hans": "启动与培训", "en": "Start and training"}, starts_on, begun),
        Planned({"zh-Hans": "上半程服务", "en": "First half of service"}, begun, half),
        Planned({"zh-Hans": "下半程服务", "en": "Second half of service"}, half, late),
        Planned({"zh-Hans": "结项与归档", "en": "Close-out and archive"}, late, ends_on),
    )


def _target(target: Target) -> dict[str, Any]:
    return {
        "key": target.key,
        "name": dict(target.name),
        "unit": dict(target.unit),
        "target": target.target,
        "reached": 0,
    }


def _duties(
    reports: Sequence[Mapping[str, str]], figures: Mapping[str, Any], *, hosted: bool
) -> Iterator[dict[str, str]]:
    owners = {
        "foundation": LABELS[Party.FOUNDATION],
        "group": LABELS[Party.GROUP],
        "host": LABELS[Party.HOST],
        "payee": LABELS[Party.HOST if hosted else Party.GROUP],
    }
    for row in standard()["duties"]:
        if row["owner"] == "host" and not hosted:
            continue
        for report in reports if row.get("each") == "report" else ({"kind": "", "due_on": ""},):
            values = {
                **figures,
                "report": standard()["reports"].get(report["kind"], ""),
                "due": date_text(report["due_on"]) + "前",
            }
            yield {
                "duty": _filled(row["duty"], values),
                "owner": owners[row["owner"]],
                "due": _filled(row["due"], values),
            }


def date_text(iso: str) -> str:
    """2026年4月1日, whatever the reader's language: the paper is Chinese."""
    if not iso:
        return ""
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
