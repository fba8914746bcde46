"""The rows of the editor's tables: each is one part of a call that there are several of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from grants.calls import fields
from grants.calls.fields import CHECK_KINDS, GATES, OTHERS, CheckKind, Gate
from grants.calls.rules import drafts, timetable
from grants.core.checkcodes import public_id
from grants.core.forms import ExactField, Form, MoneyField, options
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.text import clean_line
from grants.organisations.fields import LEGAL_STATUSES
from grants.reviews.rules import CriterionDraft

WITH_VOLUNTEERS = "volunteers>0"
_ANCHOR = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*[:：.、]?\s*(.*\S)\s*")


class Offered(Struct, frozen=True):
    """What the pickers of the editor offer."""

    funds: Sequence[tuple[str, str]] = ()
    fields: Sequence[tuple[str, str]] = ()
    categories: Sequence[tuple[str, str]] = ()
    forms: Sequence[tuple[str, str]] = ()


def line(label: Any, most: int, **more: Any) -> StringField:
    return StringField(label, [Length(max=most)], **more)


def text(label: Any, most: int, **more: Any) -> TextAreaField:
    return TextAreaField(label, [Length(max=most)], **more)


class Ticks(SelectMultipleField):
    """Several of a few, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Row(Form):
    """One of several alike. Not sent by itself, so it needs no token of its own."""

    class Meta(Form.Meta):
        csrf = False  # pyrefly: ignore[bad-override]  - the stubs call it a property

    remove = BooleanField(_l("Take this out"))

    def offer(self, offered: Offered) -> None:
        """Fill the pickers."""

    @property
    def is_empty(self) -> bool:
        raise NotImplementedError

    def draft(self) -> Any:
        raise NotImplementedError


def both(form: Any, name: str) -> dict[str, str]:
    """Text in two languages as it is kept; what was left empty is not there."""
    given = {"zh-Hans": form[f"{name}_zh"].data, "en": form[f"{name}_en"].data}
    return {code: said.strip() for code, said in given.items() if said and said.strip()}


def apart(name: str, value: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}_zh": value.get("zh-Hans", ""), f"{name}_en": value.get("en", "")}


class ShareRow(Row):
    field = SelectField(_l("Field of service"))
    target_percent = ExactField(_l("Target share in per cent"))

    def offer(self, offered: Offered) -> None:
        self.field.choices = options([("", _("Choose …")), *offered.fields, (OTHERS, _("Other fields"))])

    @property
    def is_empty(self) -> bool:
        return not self.field.data

    @classmethod
    def filled(cls, draft: drafts.FieldShare) -> dict[str, Any]:
        return asdict(draft)

    def draft(self) -> drafts.FieldShare:
        return drafts.FieldShare(self.field.data, self.target_percent.data or Decimal())


class RuleRow(Row):
    key = HiddenField()
    text_zh = line(_l("Condition in Chinese"), fields.SHORT)
    text_en = line(_l("Condition in English"), fields.LEAD)
    reason_zh = line(_l("Help or reason, in Chinese"), fields.LEAD)
    reason_en = line(_l("Help or reason, in English"), fields.LEAD)
    kinds = Ticks(
        _l("What the system looks up by itself"),
        choices=options(CHECK_KINDS),
    )
    statuses = Ticks(
        _l("Legal statuses that may apply"),
        choices=options(LEGAL_STATUSES),
    )
    host = BooleanField(_l("Others may apply with a host organisation"))
    months = IntegerField(_l("Months old"), [Optional(), NumberRange(1, 600)])
    members = IntegerField(_l("People at least"), [Optional(), NumberRange(1, 10_000)])
    region = line(_l("Code of the region"), fields.KEY)

    @property
    def is_empty(self) -> bool:
        return not both(self, "text")

    @classmethod
    def filled(cls, draft: drafts.RuleDraft) -> dict[str, Any]:
        pairs = {**apart("text", draft.text), **apart("reason", draft.reason)}
        return {**pairs, **draft.check, "key": draft.key}

    def draft(self) -> drafts.RuleDraft:
        kinds = self.kinds.data or []
        check: dict[str, Any] = {"kinds": kinds} if kinds else {}
        if CheckKind.LEGAL in kinds:
            check |= {"statuses": self.statuses.data or [], "host": self.host.data}
        for kind, field in (
            (CheckKind.AGE, self.months),
            (CheckKind.MEMBERS, self.members),
            (CheckKind.REGION, self.region),
        ):
            if kind in kinds and field.data:
                check[field.short_name] = field.data
        return drafts.RuleDraft(self.key.data or new_key(), both(self, "text"), both(self, "reason"), check)


class CriterionRow(Row):
    key = HiddenField()
    name_zh = line(_l("Criterion in Chinese"), fields.SHORT)
    name_en = line(_l("Criterion in English"), fields.SHORT)
    weight = ExactField(_l("Weight"))
    minimum = ExactField(_l("Lowest mark"), default=Decimal(1))
    maximum = ExactField(_l("Highest mark"), default=Decimal(5))
    step = ExactField(_l("Step between marks"), default=Decimal(1))
    anchors_zh = text(
        _l("What each mark looks like, in Chinese"),
        fields.TEXT,
        description=_l("One line a mark, such as: 5 complete and dated"),
    )
    anchors_en = text(
        _l("What each mark looks like, in English"),
        fields.TEXT,
        description=_l("One line a mark, such as: 5 complete and dated"),
    )

    @property
    def is_empty(self) -> bool:
        return not both(self, "name")

    @classmethod
    def filled(cls, draft: CriterionDraft) -> dict[str, Any]:
        numbers = {name: getattr(draft, name) for name in ("key", "weight", "minimum", "maximum", "step")}
        lines = {
            f"anchors_{short}": "\n".join(
                f"{mark} {said[code]}" for mark, said in sorted(draft.anchors.items()) if code in said
            )
            for short, code in (("zh", "zh-Hans"), ("en", "en"))
        }
        return {**numbers, **lines, **apart("name", draft.name)}

    def draft(self) -> CriterionDraft:
        return CriterionDraft(
            self.key.data or new_key(),
            both(self, "name"),
            self.weight.data or Decimal(),
            self.minimum.data or Decimal(),
            self.maximum.data or Decimal(),
            self.step.data or Decimal(),
            anchors({"zh-Hans": self.anchors_zh.data or "", "en": self.anchors_en.data or ""}),
        )


def anchors(written: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Lines such as "5 complete and dated", by mark and language; other lines are left out."""
    found: dict[str, dict[str, str]] = {}
    for code, lines in written.items():
        for one in lines.splitlines():
            if match := _ANCHOR.fullmatch(one):
                found.setdefault(f"{Decimal(match[1]).normalize():f}", {})[code] = clean_line(match[2])
    return found


class CapRow(Row):
    category = SelectField(_l("Budget category"))
    percent_of_grant = ExactField(_l("At most, in per cent of the grant"))
    unit_price = MoneyField(_l("Highest unit price"))
    required = BooleanField(_l("Must be in the budget when volunteers take part"))

    def offer(self, offered: Offered) -> None:
        self.category.choices = options([("", _("Choose …")), *offered.categories])

    @property
    def is_empty(self) -> bool:
        return not self.category.data

    @classmethod
    def filled(cls, draft: drafts.CapDraft) -> dict[str, Any]:
        return {**asdict(draft), "required": bool(draft.required_if)}

    def draft(self) -> drafts.CapDraft:
        return drafts.CapDraft(
            self.category.data,
            self.percent_of_grant.data,
            self.unit_price.data,
            WITH_VOLUNTEERS if self.required.data else "",
        )


class StepRow(Row):
    key = HiddenField()
    title_zh = line(_l("Step in Chinese"), fields.SHORT)
    title_en = line(_l("Step in English"), fields.SHORT)
    from_on = DateField(_l("From"), [Optional()])
    until_on = DateField(_l("Until"), [Optional()])
    owner_zh = line(_l("Who does it, in Chinese"), fields.SHORT)
    owner_en = line(_l("Who does it, in English"), fields.SHORT)

    @property
    def is_empty(self) -> bool:
        return not both(self, "title")

    @classmethod
    def filled(cls, draft: timetable.StepDraft) -> dict[str, Any]:
        days = {name: getattr(draft, name) for name in ("key", "from_on", "until_on")}
        return {**days, **apart("title", draft.title), **apart("owner", draft.owner)}

    def draft(self) -> timetable.StepDraft:
        return timetable.StepDraft(
            self.key.data or new_key(),
            both(self, "title"),
            self.from_on.data,
            self.until_on.data,
            both(self, "owner"),
        )


class TrancheRow(Row):
    percent = ExactField(_l("Part in per cent"))
    gate = SelectField(_l("Paid out"), choices=options(GATES))

    @property
    def is_empty(self) -> bool:
        return self.percent.data is None

    @classmethod
    def filled(cls, draft: drafts.TrancheDraft) -> dict[str, Any]:
        return {"percent": draft.percent, "gate": draft.gate.value}

    def draft(self) -> drafts.TrancheDraft:
        return drafts.TrancheDraft(self.percent.data or Decimal(), Gate(self.gate.data))


class BandRow(Row):
    key = HiddenField()
    name_zh = line(_l("Grade in Chinese"), fields.KEY)
    name_en = line(_l("Grade in English"), fields.KEY)
    minimum = ExactField(_l("From this score on"))

    @property
    def is_empty(self) -> bool:
        return not both(self, "name")

    @classmethod
    def filled(cls, draft: drafts.BandDraft) -> dict[str, Any]:
        return {"key": draft.key, "minimum": draft.minimum, **apart("name", draft.name)}

    def draft(self) -> drafts.BandDraft:
        return drafts.BandDraft(
            self.key.data or new_key(), both(self, "name"), self.minimum.data or Decimal()
        )


class QuestionRow(Row):
    question_zh = line(_l("Question in Chinese"), fields.LEAD)
    question_en = line(_l("Question in English"), fields.LEAD)
    answer_zh = text(_l("Answer in Chinese"), fields.TEXT)
    answer_en = text(_l("Answer in English"), fields.TEXT)

    @property
    def is_empty(self) -> bool:
        return not both(self, "question") and not both(self, "answer")

    @classmethod
    def filled(cls, draft: drafts.QuestionAnswer) -> dict[str, Any]:
        return {**apart("question", draft.question), **apart("answer", draft.answer)}

    def draft(self) -> drafts.QuestionAnswer:
        return drafts.QuestionAnswer(both(self, "question"), both(self, "answer"))


def new_key() -> str:
    return f"k{public_id()[:8]}"
