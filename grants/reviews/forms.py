"""What people type about judging. The form of a review is made from the rubric of its stage."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from wtforms import (
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from grants.core.forms import Form, options
from grants.core.i18n import lazy_gettext as _l
from grants.core.i18n import words
from grants.organisations.fields import CONFLICT_KINDS, ConflictKind
from grants.reviews.actions.writing import Judgement
from grants.reviews.fields import AssignmentState
from grants.reviews.models import ReviewStage
from grants.reviews.queries.bench import NOT_APPLICABLE
from grants.reviews.rules import MOST_KEPT, Candidate

MOST_VERSIONS = 2**31 - 1
CHOSEN = frozenset({AssignmentState.PROPOSED, AssignmentState.INVITED, AssignmentState.ACCEPTED})
LONGEST_REASON = 1000
_MARK = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,4})?")
DECLARED_KINDS = (
    ConflictKind.MEMBER,
    ConflictKind.ADVISER,
    ConflictKind.BOARD,
    ConflictKind.FAMILY,
    ConflictKind.VOLUNTEER,
    ConflictKind.OTHER,
)


def _readable(form: Form, field: Field) -> None:
    if field.data and field.data != NOT_APPLICABLE and not _MARK.fullmatch(field.data):
        raise ValidationError(_l("Choose one of the marks offered."))


class ReviewForm(Form):
    """Marks (one field per criterion, added by `for_stage`), words, and what the reviewer recommends."""

    version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=0, max=MOST_VERSIONS)]
    )
    comment = TextAreaField(_l("Comment"), validators=[Length(max=MOST_KEPT)])
    recommended = StringField(_l("Recommendation"), validators=[Length(max=3)])
    do = StringField()

    def judgement(self) -> Judgement:
        """What was put down, for the action."""
        given = {name.removeprefix("mark-"): (self[name].data or "") for name in self.marks()}
        return Judgement(
            marks={
                key: Decimal(text) if text and text != NOT_APPLICABLE else None for key, text in given.items()
            },
            comment=(self.comment.data or "").strip(),
            recommended={"yes": True, "no": False}.get(self.recommended.data or ""),
            not_applicable=frozenset(key for key, text in given.items() if text == NOT_APPLICABLE),
        )

    def given(self) -> dict[str, str]:
        """What stands in the fields of the marks, to be shown again."""
        return {name: self[name].data or "" for name in self.marks()}

    def said(self) -> dict[str, list[str]]:
        """What is wrong, by field."""
        found = {name: [str(error) for error in errors] for name, errors in self.errors.items() if name}
        return found | ({"comment": [str(e) for e in self.form_errors]} if self.form_errors else {})

    def marks(self) -> list[str]:
        return [name for name in self._fields if name.startswith("mark-")]

    @property
    def sends_in(self) -> bool:
        return bool(self.do.data == "send")


def for_stage(stage: ReviewStage, **defaults: Any) -> ReviewForm:
    """The form of one stage: a field `mark-<key>` for each criterion of its rubric."""
    fields = {
        f"mark-{criterion.key}": StringField(words(criterion.name), validators=[_readable])
        for criterion in stage.criteria
    }
    made: type[ReviewForm] = type("StageForm", (ReviewForm,), fields)
    return made(data=defaults)


class AnswerForm(Form):
    """The one question before the content opens: any tie?"""

    answer = RadioField(
        _l("Your answer"),
        choices=options(
            [
                ("none", _l("None. I will review it")),
                ("tie", _l("I have one")),
                ("cannot", _l("No tie, but I cannot do it")),
            ]
        ),
    )
    kind = SelectField(
        _l("What kind of tie"), choices=options((kind.value, CONFLICT_KINDS[kind]) for kind in DECLARED_KINDS)
    )
    evidence = TextAreaField(_l("In a few words, if you like"), validators=[Length(max=LONGEST_REASON)])
    reason = TextAreaField(_l("Why you cannot do it"), validators=[Length(max=LONGEST_REASON)])


class ChooseForm(Form):
    """Who is to judge one entry."""

    reviewers = SelectMultipleField(
        _l("Reviewers"), coerce=int, widget=ListWidget(), option_widget=CheckboxInput()
    )


def choosing(candidates: Iterable[Candidate]) -> ChooseForm:
    known = list(candidates)
    live = [c.reviewer_id for c in known if c.known in CHOSEN]
    form = ChooseForm(data={"reviewers": live})
    form.reviewers.choices = options((candidate.reviewer_id, candidate.name) for candidate in known)
    return form


class StrikeForm(Form):
    """Why a review must not count."""

    note = TextAreaField(
        _l("Why it must not count"), validators=[InputRequired(), Length(max=LONGEST_REASON)]
    )
