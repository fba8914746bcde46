"""The parts of a stored call as drafts: what the editor shows and what publishing checks."""

from __future__ import annotations

from typing import Any

from grants.calls.fields import EditStep
from grants.calls.models import Call
from grants.calls.rules import drafts, timetable
from grants.reviews.rules import CriterionDraft


def parts(call: Call) -> dict[EditStep, Any]:
    """Every part of the call. Needs everything loaded."""
    return {
        EditStep.BASICS: drafts.Basics(call.title, call.kind, call.lead, call.purpose, call.officer_id),
        EditStep.MONEY: drafts.Amounts(
            call.fund_id,
            call.year,
            call.envelope,
            call.floor,
            call.ceiling,
            call.cofunding_percent,
            call.months_maximum,
            call.starts_on,
            call.ends_on,
        ),
        EditStep.FIELDS: [drafts.FieldShare(row.field, row.target_percent) for row in call.fields],
        EditStep.RULES: [drafts.RuleDraft(row.key, row.text, row.reason, row.check) for row in call.rules],
        EditStep.STANDARD: standard(call),
        EditStep.CAPS: [
            drafts.CapDraft(row.category, row.percent_of_grant, row.unit_price, row.required_if)
            for row in call.caps
        ],
        EditStep.TIMETABLE: timetable.Timetable(
            call.opens_at,
            call.closes_at,
            [
                timetable.StepDraft(row.key, row.title, row.from_on, row.until_on, row.owner)
                for row in call.steps
            ],
        ),
        EditStep.TRANCHES: [drafts.TrancheDraft(row.percent, row.gate) for row in call.tranches],
        EditStep.GRADES: drafts.Grades(
            call.notice_days, [drafts.BandDraft(row.key, row.name, row.minimum) for row in call.grades]
        ),
        EditStep.FORM: drafts.FormChoice(call.questionnaire_version_id),
        EditStep.QUESTIONS: [drafts.QuestionAnswer(row["question"], row["answer"]) for row in call.questions],
    }


def standard(call: Call) -> drafts.Standard:
    assert call.stage  # noqa: S101 - every call has its stage
    return drafts.Standard(
        call.stage.reviews_per_entry,
        call.stage.external_minimum,
        call.stage.pass_score,
        [
            CriterionDraft(
                row.key,
                row.name,
                row.weight,
                row.minimum,
                row.maximum,
                row.step,
                row.anchors,
                row.required,
            )
            for row in call.stage.criteria
        ],
    )
