"""A call said in plain lines, part by part, in the reader's language: what a correction compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from grants.calls.fields import CALL_KINDS, GATES, EditStep
from grants.calls.models import BudgetCap, Call
from grants.core import i18n
from grants.core.i18n import date_text, datetime_text, words
from grants.core.i18n import gettext as _
from grants.core.money import Money
from grants.reviews.models import Criterion

NameOf = Callable[[str, str], str]
Lines = Iterator[tuple[str, str]]


def lines(call: Call, step: EditStep, name_of: NameOf) -> dict[str, str]:
    """Label → value. `name_of(taxonomy, key)` gives the words of a term."""
    return dict(_TELLERS[step](call, name_of))


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(label, what it was, what it is), only what differs; empty where there was nothing."""
    labels = dict.fromkeys([*before, *after])
    return [
        (label, before.get(label, ""), after.get(label, ""))
        for label in labels
        if before.get(label, "") != after.get(label, "")
    ]


def told(pairs: list[tuple[str, str]]) -> str:
    """Label and value of each as one line of text."""
    return " · ".join(
        _("%(label)s: %(value)s", label=label, value=value or _("none")) for label, value in pairs
    )


def shown(amount: Money) -> str:
    return amount.formatted(i18n.language())


def _basics(call: Call, name_of: NameOf) -> Lines:
    yield _("Title"), words(call.title)
    yield _("Kind of call"), str(CALL_KINDS[call.kind])
    yield _("In one sentence"), words(call.lead)
    yield _("Purpose"), words(call.purpose)


def _money(call: Call, name_of: NameOf) -> Lines:
    yield _("Whole amount"), shown(call.envelope)
    yield _("Least for a project"), shown(call.floor)
    yield _("Most for a project"), shown(call.ceiling)
    yield _("Own share"), _("%(percent)s%%", percent=f"{call.cofunding_percent:f}")
    yield _("Longest project"), _("%(months)s months", months=call.months_maximum)
    yield _("Projects begin"), date_text(call.starts_on)
    yield _("Projects end"), date_text(call.ends_on)


def _fields(call: Call, name_of: NameOf) -> Lines:
    for row in call.fields:
        yield name_of("field", row.field), _("%(percent)s%%", percent=f"{row.target_percent:f}")


def _rules(call: Call, name_of: NameOf) -> Lines:
    for row in call.rules:
        yield words(row.text), words(row.reason) or _("required of everybody")


def _standard(call: Call, name_of: NameOf) -> Lines:
    assert call.stage  # noqa: S101 - every call has its stage
    yield _("Reviews per proposal"), str(call.stage.reviews_per_entry)
    yield _("Of them from outside"), str(call.stage.external_minimum)
    if call.stage.pass_score is not None:
        yield _("Shortlisted from"), f"{call.stage.pass_score:f}"
    for row in call.stage.criteria:
        yield words(row.name), _criterion(row)


def _criterion(row: Criterion) -> str:
    weight = _("weight %(weight)s", weight=f"{row.weight:f}")
    return " / ".join([weight, *(f"{mark} {words(text)}" for mark, text in sorted(row.anchors.items()))])


def _caps(call: Call, name_of: NameOf) -> Lines:
    for row in call.caps:
        yield name_of("budget_category", row.category), cap_text(row)


def cap_text(row: BudgetCap) -> str:
    said = []
    if row.percent_of_grant is not None:
        said.append(_("at most %(percent)s%% of the grant", percent=f"{row.percent_of_grant:f}"))
    if row.unit_price is not None:
        said.append(_("at most %(price)s each", price=shown(row.unit_price)))
    if row.required_if:
        said.append(_("required"))
    return _(", ").join(said)


def _timetable(call: Call, name_of: NameOf) -> Lines:
    yield _("Opens"), datetime_text(call.opens_at)
    yield _("Closes"), datetime_text(call.closes_at)
    for row in call.steps:
        days = " – ".join(date_text(day) for day in (row.from_on, row.until_on) if day)
        yield words(row.title), " · ".join(filter(None, [days, words(row.owner)]))


def _tranches(call: Call, name_of: NameOf) -> Lines:
    for row in call.tranches:
        label = _("Part %(number)s", number=row.number)
        yield label, _("%(percent)s%% %(gate)s", percent=f"{row.percent:f}", gate=str(GATES[row.gate]))


def _grades(call: Call, name_of: NameOf) -> Lines:
    yield _("Working days of public notice"), str(call.notice_days)
    for row in call.grades:
        yield words(row.name), _("from %(minimum)s", minimum=f"{row.minimum:f}")


def _form(call: Call, name_of: NameOf) -> Lines:
    yield _("Version of the form"), str(call.questionnaire_version_id or "")


def _questions(call: Call, name_of: NameOf) -> Lines:
    for row in call.questions:
        yield words(row["question"]), words(row["answer"])


_TELLERS: Mapping[EditStep, Callable[[Call, NameOf], Lines]] = {
    EditStep.BASICS: _basics,
    EditStep.MONEY: _money,
    EditStep.FIELDS: _fields,
    EditStep.RULES: _rules,
    EditStep.STANDARD: _standard,
    EditStep.CAPS: _caps,
    EditStep.TIMETABLE: _timetable,
    EditStep.TRANCHES: _tranches,
    EditStep.GRADES: _grades,
    EditStep.FORM: _form,
    EditStep.QUESTIONS: _questions,
}
