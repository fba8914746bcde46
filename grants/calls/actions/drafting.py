"""Beginning a call from a template, and writing it step by step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from grants.calls.events import CallDrafted
from grants.calls.fields import OTHERS, CallKind, EditStep, Gate
from grants.calls.models import (
    BudgetCap,
    Call,
    CallStep,
    EligibilityRule,
    GradeBand,
    PriorityField,
    TranchePlan,
)
from grants.calls.queries import loading
from grants.calls.rules import drafts, templates, timetable
from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import NotFound, RulesBroken, StaleVersion, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money
from grants.core.policy import Actor, authorise
from grants.reference import queries as reference
from grants.reference.fields import Taxonomy
from grants.reviews.actions import stages
from grants.reviews.rules import CriterionDraft, standard_faults


def start_from_template(key: str, *, by: Actor, at: datetime) -> Call:
    """A draft that is complete: the officer changes what is different this time, and publishes."""
    authorise(by, "call.begin")
    template = templates.shipped().get(key)
    if template is None:
        raise NotFound
    opening = template.opening_day(clock.day_of(at))
    call = _blank(template, opening.year, by)
    db.session.add(call)
    db.session.flush()
    call.stage = stages.set_up_stage(
        ("call", call.id), title=call.title, by=by, at=at, **_panel(template.data["stage"])
    )
    for step, draft in parts_of(template, at).items():
        _PUT[step](call, draft, by, at)
    audit.record("begin", call, by=by, at=at, before={}, after={"template": key})
    publish(CallDrafted(occurred_at=at, actor_id=by.user_id, case=call.case, call_id=call.id, template=key))
    return call


def _blank(template: templates.Template, year: int, by: Actor) -> Call:
    data = template.data
    return Call(
        title=template.title(year),
        kind=CallKind(data["kind"]),
        year=year,
        envelope=Money.yuan(data["envelope"]),
        floor=Money.yuan(data["floor"]),
        ceiling=Money.yuan(data["ceiling"]),
        cofunding_percent=Decimal(data["cofunding_percent"]),
        months_maximum=data["months_maximum"],
        lead=dict(data["lead"]),
        purpose=dict(data["purpose"]),
        officer_id=by.user_id,
        settings={"template": template.key, "evenings": data["evenings"], "form": data["form"]},
        questionnaire_version_id=loading.newest_form(data["form"]),
        **{name: [] for name in ("steps", "fields", "rules", "caps", "tranches", "grades", "corrections")},
    )


def _panel(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reviews_per_entry": data["reviews_per_entry"],
        "external_minimum": data["external_minimum"],
        "pass_score": Decimal(data["pass_score"]),
    }


def parts_of(template: templates.Template, at: datetime) -> dict[EditStep, Any]:
    """What the template says, part by part, with its dates counted from a Monday after `at`."""
    data, opening = template.data, template.opening_day(clock.day_of(at))
    steps = [
        timetable.StepDraft(
            step["key"],
            step["title"],
            templates.day_after(opening, step["from_after"]),
            templates.day_after(opening, step["until_after"]),
            step["owner"],
        )
        for step in data["timetable"]["steps"]
    ]
    return {
        EditStep.FIELDS: [
            drafts.FieldShare(f["field"], Decimal(f["target_percent"])) for f in data["fields"]
        ],
        EditStep.RULES: [
            drafts.RuleDraft(r["key"], r["text"], r["reason"], r["check"]) for r in data["rules"]
        ],
        EditStep.STANDARD: drafts.Standard(
            **_panel(data["stage"]), criteria=[criterion_of(c) for c in data["stage"]["criteria"]]
        ),
        EditStep.CAPS: [cap_of(cap) for cap in data["caps"]],
        EditStep.TIMETABLE: timetable.Timetable(
            template.instant(opening, "opens"), template.instant(opening, "closes"), steps
        ),
        EditStep.TRANCHES: [
            drafts.TrancheDraft(Decimal(t["percent"]), Gate(t["gate"])) for t in data["tranches"]
        ],
        EditStep.GRADES: drafts.Grades(
            data["notice_days"],
            [drafts.BandDraft(g["key"], g["name"], Decimal(g["minimum"])) for g in data["grades"]],
        ),
        EditStep.QUESTIONS: [drafts.QuestionAnswer(q["question"], q["answer"]) for q in data["questions"]],
    }


def criterion_of(data: Mapping[str, Any]) -> CriterionDraft:
    return CriterionDraft(
        data["key"],
        data["name"],
        Decimal(data["weight"]),
        Decimal(data["minimum"]),
        Decimal(data["maximum"]),
        Decimal(data["step"]),
        data["anchors"],
    )


def cap_of(data: Mapping[str, Any]) -> drafts.CapDraft:
    percent, price = data.get("percent_of_grant"), data.get("unit_price")
    return drafts.CapDraft(
        data["category"],
        None if percent is None else Decimal(percent),
        None if price is None else Money.yuan(price),
        data.get("required_if", ""),
    )


def edit(
    call: Call, step: EditStep, draft: Any, *, by: Actor, at: datetime, version: int | None = None
) -> None:
    """Write one part of a draft. Raises RulesBroken with everything wrong in it, StaleVersion (409)."""
    authorise(by, "call.edit", call)
    if call.published_at is not None:
        text = _l("A published call is changed by a correction that everybody sees.")
        raise RulesBroken([Violation("published", text)])
    put(call, step, draft, by=by, at=at, version=version)


def put(call: Call, step: EditStep, draft: Any, *, by: Actor, at: datetime, version: int | None) -> None:
    """Check one part and write it, authorised by the caller."""
    if version is not None and version != call.version:
        raise StaleVersion(
            _l("Somebody else saved this in the meantime. Look at it again before you change it.")
        )
    broken = list(faults(step, draft))
    if broken:
        raise RulesBroken(broken)
    _PUT[step](call, draft, by, at)
    call.settings = {**call.settings, "edited": at.isoformat(timespec="microseconds")}
    audit.record(f"edit {step}", call, by=by, at=at)


def faults(step: EditStep, draft: Any) -> list[Violation]:
    """What is wrong with one part."""
    check = _FAULTS.get(step)
    return list(check(draft)) if check else []


def _keys(taxonomy: Taxonomy) -> Collection[str]:
    return [term.key for term in reference.terms(taxonomy)]


_FAULTS: Mapping[EditStep, Callable[[Any], Iterable[Violation]]] = {
    EditStep.BASICS: drafts.basics_faults,
    EditStep.MONEY: drafts.amounts_faults,
    EditStep.FIELDS: lambda draft: drafts.shares_faults(draft, [OTHERS, *_keys(Taxonomy.FIELD)]),
    EditStep.RULES: drafts.rules_faults,
    EditStep.STANDARD: lambda draft: standard_faults(draft.criteria),
    EditStep.CAPS: lambda draft: drafts.caps_faults(draft, _keys(Taxonomy.BUDGET_CATEGORY)),
    EditStep.TIMETABLE: timetable.faults,
    EditStep.TRANCHES: drafts.tranches_faults,
    EditStep.GRADES: drafts.grades_faults,
    EditStep.QUESTIONS: drafts.questions_faults,
}


def _put_basics(call: Call, draft: drafts.Basics, by: Actor, at: datetime) -> None:
    call.title, call.kind = dict(draft.title), draft.kind
    call.lead, call.purpose = dict(draft.lead), dict(draft.purpose)
    call.officer_id = draft.officer_id or call.officer_id


def _put_money(call: Call, draft: drafts.Amounts, by: Actor, at: datetime) -> None:
    call.fund_id, call.year = draft.fund_id, draft.year
    call.envelope, call.floor, call.ceiling = draft.envelope, draft.floor, draft.ceiling
    call.cofunding_percent, call.months_maximum = draft.cofunding_percent, draft.months_maximum
    call.starts_on, call.ends_on = draft.starts_on, draft.ends_on


def _put_fields(call: Call, shares: Sequence[drafts.FieldShare], by: Actor, at: datetime) -> None:
    known = {row.field: row for row in call.fields}
    call.fields[:] = [known.get(share.field) or PriorityField(field=share.field) for share in shares]
    for place, (row, share) in enumerate(zip(call.fields, shares, strict=True)):
        row.target_percent, row.position = share.target_percent, place


def _put_rules(call: Call, rules: Sequence[drafts.RuleDraft], by: Actor, at: datetime) -> None:
    known = {row.key: row for row in call.rules}
    call.rules[:] = [known.get(rule.key) or EligibilityRule(key=rule.key) for rule in rules]
    for place, (row, rule) in enumerate(zip(call.rules, rules, strict=True)):
        row.text, row.reason = dict(rule.text), dict(rule.reason)
        row.check, row.position = dict(rule.check), place


def _put_standard(call: Call, draft: drafts.Standard, by: Actor, at: datetime) -> None:
    assert call.stage  # noqa: S101 - every call has its stage
    stages.set_panel(
        call.stage,
        reviews_per_entry=draft.reviews_per_entry,
        external_minimum=draft.external_minimum,
        pass_score=draft.pass_score,
        by=by,
        at=at,
    )
    stages.set_standard(call.stage, draft.criteria, by=by, at=at)


def _put_caps(call: Call, caps: Sequence[drafts.CapDraft], by: Actor, at: datetime) -> None:
    known = {row.category: row for row in call.caps}
    call.caps[:] = [known.get(cap.category) or BudgetCap(category=cap.category) for cap in caps]
    for place, (row, cap) in enumerate(zip(call.caps, caps, strict=True)):
        row.percent_of_grant, row.unit_price = cap.percent_of_grant, cap.unit_price
        row.required_if, row.position = cap.required_if, place


def _put_timetable(call: Call, draft: timetable.Timetable, by: Actor, at: datetime) -> None:
    if call.published_at is None:
        call.opens_at, call.closes_at = draft.opens_at, draft.closes_at
    known = {row.key: row for row in call.steps}
    call.steps[:] = [known.get(step.key) or CallStep(key=step.key) for step in draft.steps]
    for place, (row, step) in enumerate(zip(call.steps, draft.steps, strict=True)):
        row.title, row.owner, row.position = dict(step.title), dict(step.owner), place
        row.from_on, row.until_on = step.from_on, step.until_on
        if step.key == "implementation":
            call.starts_on, call.ends_on = step.from_on, step.until_on
        if step.key == "review" and call.stage is not None:
            stages.set_dates(call.stage, **_review_dates(step), by=by, at=at)


def _review_dates(step: timetable.StepDraft) -> dict[str, datetime | None]:
    return {
        "opens_at": clock.at_local(step.from_on) if step.from_on else None,
        "closes_at": clock.end_of(step.until_on) if step.until_on else None,
    }


def _put_tranches(call: Call, parts: Sequence[drafts.TrancheDraft], by: Actor, at: datetime) -> None:
    known = {row.number: row for row in call.tranches}
    numbers = range(1, len(parts) + 1)
    call.tranches[:] = [known.get(number) or TranchePlan(number=number) for number in numbers]
    for row, part in zip(call.tranches, parts, strict=True):
        row.percent, row.gate = part.percent, part.gate


def _put_grades(call: Call, draft: drafts.Grades, by: Actor, at: datetime) -> None:
    call.notice_days = draft.notice_days
    known = {row.key: row for row in call.grades}
    call.grades[:] = [known.get(band.key) or GradeBand(key=band.key) for band in draft.bands]
    for row, band in zip(call.grades, draft.bands, strict=True):
        row.name, row.minimum = dict(band.name), band.minimum


def _put_form(call: Call, draft: drafts.FormChoice, by: Actor, at: datetime) -> None:
    call.questionnaire_version_id = draft.questionnaire_version_id


def _put_questions(call: Call, questions: Sequence[drafts.QuestionAnswer], by: Actor, at: datetime) -> None:
    call.questions = [{"question": dict(q.question), "answer": dict(q.answer)} for q in questions]


_PUT: Mapping[EditStep, Callable[[Call, Any, Actor, datetime], None]] = {
    EditStep.BASICS: _put_basics,
    EditStep.MONEY: _put_money,
    EditStep.FIELDS: _put_fields,
    EditStep.RULES: _put_rules,
    EditStep.STANDARD: _put_standard,
    EditStep.CAPS: _put_caps,
    EditStep.TIMETABLE: _put_timetable,
    EditStep.TRANCHES: _put_tranches,
    EditStep.GRADES: _put_grades,
    EditStep.FORM: _put_form,
    EditStep.QUESTIONS: _put_questions,
}
