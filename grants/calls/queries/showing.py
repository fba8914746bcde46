"""A call as its public page shows it: every figure and date ready, nothing left for the template to work out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date
from msgspec import Struct

from grants.accounts.models import User
from grants.calls.fields import CALL_STATES, CALL_TONES, GATES, OTHERS, CallState, CheckKind, Step
from grants.calls.models import Call, CallCorrection, EligibilityRule
from grants.calls.queries import loading
from grants.calls.queries.loading import steps_of
from grants.calls.rules import describing, eligibility, timetable
from grants.calls.rules.timetable import Standing, StepDraft
from grants.core import clock, i18n
from grants.core.db import db
from grants.core.i18n import Sentence, date_text, day_month_text, ngettext, words
from grants.core.i18n import gettext as _
from grants.core.money import Money
from grants.reference import queries as reference
from grants.reference.fields import Taxonomy

_FILLS = ("leaf", "sky", "mid", "sun", "plum", "red")
_TONES = {Standing.PAST: "past", Standing.NOW: "now", Standing.NEXT: "", Standing.OVERDUE: "now"}


class Contact(Struct, frozen=True):
    """Who answers questions about a call."""

    officer: str
    phone: str
    email: str


class CallPage(Struct, frozen=True):
    """Everything the public page says."""

    call: Call
    state: CallState
    state_word: Sentence
    tone: str
    at: datetime
    is_open: bool
    opens_later: bool
    until: datetime | None
    weekday: str
    left: str
    rules: Sequence[Mapping[str, str]]
    criteria: Sequence[Mapping[str, Any]]
    shares: Sequence[Mapping[str, Any]]
    money: Sequence[tuple[str, str]]
    steps: Sequence[Mapping[str, str]]
    corrections: Sequence[CallCorrection]
    contact: Contact
    amounts: str
    projects: int
    evenings: int


def page(call: Call, at: datetime) -> CallPage:
    """Needs everything of the call loaded."""
    state = timetable.derived_state(call.state, call.opens_at, call.closes_at, at)
    opens_later = call.opens_at is not None and at < call.opens_at and state is CallState.SCHEDULED
    until = call.opens_at if opens_later else call.closes_at
    return CallPage(
        call=call,
        state=state,
        state_word=CALL_STATES[state],
        tone=CALL_TONES[state],
        at=at,
        is_open=timetable.is_open(call.state, call.opens_at, call.closes_at, at),
        opens_later=opens_later,
        until=until,
        weekday=weekday(until) if until else "",
        left=time_left(until, at),
        rules=[{"text": words(row.text), "note": rule_note(row, call)} for row in call.rules],
        criteria=_criteria(call),
        shares=_shares(call),
        money=list(_money(call)),
        steps=_steps(call, state, at),
        corrections=call.corrections[::-1],
        contact=_contact(call),
        amounts=amount_range(call.floor, call.ceiling),
        projects=call.envelope.fen // call.ceiling.fen if call.ceiling else 0,
        evenings=int(call.settings.get("evenings", 0)),
    )


def time_left(until: datetime | None, at: datetime) -> str:
    """3 days 4 hours left, as it stands before the script counts on."""
    if until is None or until <= at:
        return ""
    left = until - at
    if left >= timedelta(days=1):
        return _("%(d)s days %(h)s hours left", d=left.days, h=left.seconds // 3600)
    minutes = left.seconds // 60
    return _("%(h)s hours %(m)s minutes left", h=minutes // 60, m=minutes % 60)


def rule_note(row: EligibilityRule, call: Call) -> str:
    """The reason of a rule, and for an age the last day of founding that is early enough."""
    said = [words(row.reason)]
    if CheckKind.AGE in row.check.get("kinds", ()) and call.closes_at:
        day = eligibility.months_before(clock.day_of(call.closes_at), int(row.check["months"]))
        said.append(_("Founded on %(day)s or earlier.", day=date_text(day)))
    return " ".join(filter(None, said))


def _criteria(call: Call) -> list[Mapping[str, Any]]:
    assert call.stage  # noqa: S101 - every call has its stage
    return [
        {
            "name": words(row.name),
            "weight": f"{row.weight:f}",
            "best": words(row.anchors.get(f"{row.maximum:f}")),
            "anchors": [(mark, words(text)) for mark, text in sorted(row.anchors.items())],
        }
        for row in call.stage.criteria
    ]


def _shares(call: Call) -> list[Mapping[str, Any]]:
    found = []
    for place, row in enumerate(call.fields):
        rest = row.field == OTHERS
        label = _("Other fields") if rest else reference.term_label(Taxonomy.FIELD, row.field)
        found.append(
            {
                "label": label,
                "value": f"{row.target_percent:f}",
                "fill": "line" if rest else _FILLS[place % len(_FILLS)],
                "text": f"{row.target_percent:f}%",
                "percent": float(row.target_percent),
            }
        )
    return [{**share, "value": share["percent"]} for share in found]


def _money(call: Call) -> Sequence[tuple[str, str]]:
    parts = [
        _("%(percent)s%% %(gate)s", percent=f"{row.percent:f}", gate=str(GATES[row.gate]))
        for row in call.tranches
    ]
    count = ngettext("Paid in %(num)s part", "Paid in %(num)s parts", len(parts))
    rows = [(count, _(", ").join(parts))]
    required = [_category(row.category) for row in call.caps if row.required_if]
    shares = [
        f"{_category(row.category)} {row.percent_of_grant:f}%" for row in call.caps if row.percent_of_grant
    ]
    never = [_category(row.category) for row in call.caps if row.percent_of_grant == 0]
    prices = [
        f"{_category(row.category)} {describing.shown(row.unit_price)}" for row in call.caps if row.unit_price
    ]
    for label, said in (
        (_("Must be in the budget"), required),
        (_("At most, of the grant"), shares),
        (_("Not paid for"), never),
        (_("Highest unit price"), prices),
    ):
        if said:
            rows.append((label, _(", ").join(said)))
    return rows


def _category(key: str) -> str:
    return reference.term_label(Taxonomy.BUDGET_CATEGORY, key)


def _steps(call: Call, state: CallState, at: datetime) -> list[dict[str, str]]:
    """Publishing and applying, then the steps of the timetable: dates for everybody, whose delay it is for nobody."""
    today = clock.day_of(at)
    rows = []
    if call.published_at:
        rows.append(
            {
                "name": _("Published"),
                "dates": day_month_text(call.published_at),
                "owner": reference.foundation_name(),
                "tone": "past",
            }
        )
    if call.opens_at and call.closes_at:
        now = "past" if at > call.closes_at else "now" if at >= call.opens_at else ""
        dates = f"{moment(call.opens_at)} – {moment(call.closes_at)}"
        rows.append({"name": _("Applying"), "dates": dates, "owner": _("the groups"), "tone": now})
    rows.extend(_step(step, call, timetable.standing(step, state, today)) for step in steps_of(call))
    return rows


def _step(step: StepDraft, call: Call, standing: Standing) -> dict[str, str]:
    name = words(step.title)
    if step.key == Step.NOTICE:
        name = ngettext(
            "%(name)s, %(num)s working day", "%(name)s, %(num)s working days", call.notice_days, name=name
        )
    return {"name": name, "dates": step_dates(step), "owner": words(step.owner), "tone": _TONES[standing]}


def step_dates(step: StepDraft) -> str:
    if step.from_on and step.until_on:
        same_year = step.from_on.year == step.until_on.year
        last = day_month_text(step.until_on) if same_year else date_text(step.until_on)
        return f"{day_month_text(step.from_on)} – {last}"
    if step.until_on:
        return _("by %(day)s", day=day_month_text(step.until_on))
    return day_month_text(step.from_on)


def _contact(call: Call) -> Contact:
    foundation = reference.foundation()
    officer = db.session.get(User, call.officer_id) if call.officer_id else None
    return Contact(officer.name if officer else "", foundation.phone, foundation.email)


def amount_range(floor: Money, ceiling: Money) -> str:
    """¥10,000 – 50,000, without fen where there are none; in Chinese whole ten thousands as 万."""
    wan = 10_000 * 100
    if i18n.language() != "en" and not floor.fen % wan and not ceiling.fen % wan:
        return _("¥%(least)s – %(most)s ten thousand", least=floor.fen // wan, most=ceiling.fen // wan)
    least, most = (describing.shown(amount).removesuffix(".00") for amount in (floor, ceiling))
    return f"{least} – {most.removeprefix('¥')}"


def weekday(at: datetime) -> str:
    """Friday, in the reader's language."""
    return format_date(clock.day_of(at), "EEEE", locale=i18n.LOCALES[i18n.language()])


def moment(at: datetime) -> str:
    """12 Jan, 09:00: for a list whose year is plain."""
    return f"{day_month_text(at)} {clock.local(at):%H:%M}"


class CallCard(Struct, frozen=True):
    """One call in the public list."""

    public_id: str
    title: str
    lead: str
    number: str
    state_word: Sentence
    tone: str
    amounts: str
    until: datetime | None
    left: str
    is_open: bool
    opens_later: bool


def open_cards(at: datetime) -> list[CallCard]:
    """What one can apply to now, or soon."""
    cards = (card(call, at) for call in loading.published_calls())
    return [each for each in cards if each.is_open or each.opens_later]


def card(call: Call, at: datetime) -> CallCard:
    state = timetable.derived_state(call.state, call.opens_at, call.closes_at, at)
    opens_later = state is CallState.SCHEDULED
    until = call.opens_at if opens_later else call.closes_at
    is_open = timetable.is_open(call.state, call.opens_at, call.closes_at, at)
    return CallCard(
        public_id=call.public_id,
        title=words(call.title),
        lead=words(call.lead),
        number=call.number or "",
        state_word=CALL_STATES[state],
        tone=CALL_TONES[state],
        amounts=amount_range(call.floor, call.ceiling),
        until=until,
        left=time_left(until, at) if is_open else "",
        is_open=is_open,
        opens_later=opens_later,
    )
