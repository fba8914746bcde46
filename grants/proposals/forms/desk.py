"""What the screening page shows: the checklist, and the ways out of it."""

from __future__ import annotations

from datetime import timedelta

from flask import request
from msgspec import Struct

from grants.core import clock
from grants.core.forms import Form
from grants.core.i18n import Sentence, words
from grants.proposals import queries
from grants.proposals.forms.inputs import PartyEntry, Reason, Refusal, Return
from grants.proposals.models import Proposal

DAYS_TO_APPEAL = 7
DAYS_TO_MEND = 7


class RuleShown(Struct, frozen=True):
    """One condition of the call, what was found, and what is wrong with how it was filled in."""

    key: str
    text: str
    result: str
    note: str
    errors: tuple[Sentence, ...]


def checklist(proposal: Proposal, form: Form) -> list[RuleShown]:
    """What was just sent stands before what is kept."""
    kept, loose = queries.screening(proposal), getattr(form, "violations", ())
    shown = []
    for rule in proposal.call.rules:
        row = kept.get(rule.key)
        result = request.form.get(f"result-{rule.key}", row.result.value if row else "")
        note = request.form.get(f"note-{rule.key}", row.note if row else "")
        errors = tuple(
            one.message for one in loose if one.field in (f"result-{rule.key}", f"note-{rule.key}")
        )
        shown.append(RuleShown(rule.key, words(rule.text), result, note, errors))
    return shown


def ways_out(proposal: Proposal) -> dict[str, Form]:
    """Back to the group, not eligible, taken up again: each with sensible days to begin with."""
    today = clock.today()
    back = Return(formdata=None, due_on=today + timedelta(days=DAYS_TO_MEND), prefix="")
    back.sections.choices = section_choices(proposal)
    return {
        "back": back,
        "refusal": Refusal(formdata=None, appeal_until=today + timedelta(days=DAYS_TO_APPEAL)),
        "again": Reason(formdata=None),
        "party": PartyEntry(formdata=None),
    }


def return_form(proposal: Proposal) -> Return:
    form = Return.from_request()
    form.sections.choices = section_choices(proposal)
    return form


def section_choices(proposal: Proposal) -> list[tuple[str, str]]:
    return [(row["key"], words(row["title"])) for row in proposal.sheet.asks.definition["sections"]]
