"""What programs are given: the same facts as the public pages, with names that stay."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from grants.core.money import Money

MOST = 100


class AmountField(ma.fields.Field[Money]):
    """Money as decimal text in yuan with two places, such as "12345.00"."""

    def __init__(self, **more: Any) -> None:
        about = {"type": "string", "pattern": r"^-?\d+\.\d{2}$", **more.pop("metadata", {})}
        super().__init__(metadata=about, **more)

    def _serialize(self, value: Money | int | None, attr: str | None, obj: Any, **more: Any) -> str | None:
        if value is None:
            return None
        return str(value if isinstance(value, Money) else Money(int(value)))


class WordsField(ma.fields.Field[dict[str, str]]):
    """A text in several languages: `{"zh-Hans": …, "en": …}`."""

    def __init__(self, **more: Any) -> None:
        about = {"type": "object", "additionalProperties": {"type": "string"}, **more.pop("metadata", {})}
        super().__init__(metadata=about, **more)


class PageQuery(ma.Schema):
    """Which part of a list; pages count from 1."""

    class Meta:
        unknown = ma.EXCLUDE

    page = ma.fields.Integer(load_default=1, validate=ma.validate.Range(min=1, max=100_000))
    size = ma.fields.Integer(load_default=25, validate=ma.validate.Range(min=1, max=MOST))


class StandardSchema(ma.Schema):
    """One criterion and its weight of a hundred."""

    key = ma.fields.String(required=True)
    name = WordsField(required=True)
    weight = ma.fields.Function(lambda row: float(row.weight), metadata={"type": "number"})


class CallSchema(ma.Schema):
    """A published call."""

    id = ma.fields.String(attribute="public_id", required=True)
    number = ma.fields.String(required=True, allow_none=True)
    title = WordsField(required=True)
    kind = ma.fields.Function(lambda call: call.kind.value, metadata={"type": "string"})
    state = ma.fields.Function(lambda call: call.state.value, metadata={"type": "string"})
    envelope = AmountField(required=True)
    floor = AmountField(required=True)
    ceiling = AmountField(required=True)
    opens_at = ma.fields.DateTime(required=True, allow_none=True)
    closes_at = ma.fields.DateTime(required=True, allow_none=True)


class CallDetailSchema(CallSchema):
    """A published call with its standards."""

    purpose = WordsField(required=True)
    standards = ma.fields.List(ma.fields.Nested(StandardSchema), attribute="stage.criteria")


class ProjectSchema(ma.Schema):
    """A funded project."""

    id = ma.fields.String(attribute="public_id", required=True)
    number = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    group = WordsField(required=True)
    call_number = ma.fields.String(required=True, allow_none=True)
    region_code = ma.fields.Function(
        lambda row: row.region_path.rpartition("/")[2], metadata={"type": "string"}
    )
    amount = AmountField(required=True)
    paid = AmountField(required=True)
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(required=True)
    state = ma.fields.Function(lambda row: row.state.value, metadata={"type": "string"})


def paged(item: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of a part of a list of `item`."""
    return ma.Schema.from_dict(
        {
            "items": ma.fields.List(ma.fields.Nested(item), required=True),
            "page": ma.fields.Integer(required=True),
            "size": ma.fields.Integer(required=True),
            "total": ma.fields.Integer(required=True),
        },
        name=f"{item.__name__.removesuffix('Schema')}Page",
    )
