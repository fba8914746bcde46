"""Forms about the foundation, its lists of words and its tree of places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from grants.core.forms import Form, options
from grants.core.i18n import lazy_gettext as _l
from grants.core.text import clean_line
from grants.reference import fields
from grants.reference.fields import CalendarSource, FoundationKind, Level, VolunteerWord
from grants.reference.models import FoundationProfile, Region

LONGEST_VERSION = 9
YEARS = (1949, 2100)


def words(chinese: str | None, english: str | None) -> dict[str, str]:
    """Text in two languages as it is kept; what was left empty is not there."""
    given = {"zh-Hans": clean_line(chinese or ""), "en": clean_line(english or "")}
    return {code: text for code, text in given.items() if text}


def line(label: Any, most: int, *, required: bool = False, **more: Any) -> StringField:
    return StringField(label, [DataRequired() if required else Optional(), Length(max=most)], **more)


class Foundation(Form):
    """Ourselves. The bank account is never shown again; an empty field keeps it."""

    version = HiddenField()
    name_zh = line(_l("Name in Chinese"), fields.NAME, required=True)
    name_en = line(_l("Name in English"), fields.NAME)
    kind = SelectField(_l("Kind of foundation"), choices=options(fields.FOUNDATION_KINDS))
    credit_code = line(_l("Unified social credit code"), 64, render_kw={"autocomplete": "off"})
    public_fundraising = BooleanField(_l("May raise funds from the public"))
    address_zh = line(_l("Address in Chinese"), fields.TEXT)
    address_en = line(_l("Address in English"), fields.TEXT)
    phone = line(_l("Phone"), 40)
    email = EmailField(_l("E-mail address"), [Optional(), Length(max=254)])
    bank_name = line(_l("Bank and branch"), fields.NAME)
    bank_account = line(_l("Account number"), 40, render_kw={"autocomplete": "off"})
    board_chair_zh = line(_l("Chair of the board, in Chinese"), fields.NAME)
    board_chair_en = line(_l("Chair of the board, in English"), fields.NAME)
    secretary_general_zh = line(_l("Secretary general, in Chinese"), fields.NAME)
    secretary_general_en = line(_l("Secretary general, in English"), fields.NAME)
    seal_holder = line(_l("Who keeps the seal"), fields.NAME)
    volunteer_word = SelectField(
        _l("Our word for a volunteer"),
        choices=options((word.value, word.value) for word in VolunteerWord),
        description=_l("Every page and paper in Chinese uses it, in both scripts."),
    )
    number_prefix = line(_l("Short name in numbers"), 20, required=True)

    @classmethod
    def of(cls, profile: FoundationProfile) -> Foundation:
        """Filled from the profile; version 0 while there is none."""
        plain = ("kind", "credit_code", "public_fundraising", "phone", "email", "bank_name", "seal_holder",
                 "volunteer_word", "number_prefix")  # fmt: skip
        values = {name: getattr(profile, name) for name in plain}
        for name in ("name", "address", "board_chair", "secretary_general"):
            both = getattr(profile, name)
            values |= {f"{name}_zh": both.get("zh-Hans", ""), f"{name}_en": both.get("en", "")}
        return cls.from_request(version=profile.version or 0, **values)

    def seen_version(self) -> int:
        """What the editor saw; 0 when there was nothing to see, -1 for what we never sent."""
        text = str(self.version.data or "")  # not sent: still the number it was filled with
        return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION else -1

    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            name: words(self[f"{name}_zh"].data, self[f"{name}_en"].data)
            for name in ("name", "address", "board_chair", "secretary_general")
        }
        for name in ("credit_code", "phone", "email", "bank_name", "seal_holder", "number_prefix"):
            values[name] = clean_line(self[name].data or "")
        values["kind"] = FoundationKind(self.kind.data)
        values["volunteer_word"] = VolunteerWord(self.volunteer_word.data)
        values["public_fundraising"] = bool(self.public_fundraising.data)
        if clean_line(self.bank_account.data or ""):
            values["bank_account"] = clean_line(self.bank_account.data or "")
        return values


class Numbers(Form):
    """How numbers look, one field per kind."""

    def formats(self) -> dict[str, str]:
        return {kind.value: clean_line(self[f"format_{kind.value}"].data) for kind in fields.SERIES}


for _kind, _label in fields.SERIES.items():
    setattr(Numbers, f"format_{_kind.value}", line(_label, 60, required=True))


class Word(Form):
    """A word of a list in both languages."""

    name_zh = line(_l("In Chinese"), fields.NAME)
    name_en = line(_l("In English"), fields.NAME)

    def words(self) -> dict[str, str]:
        return words(self.name_zh.data, self.name_en.data)


class Place(Form):
    """A new place below another."""

    code = line(_l("Code"), fields.CODE, required=True)
    name_zh = line(_l("Name in Chinese"), fields.NAME, required=True)
    name_en = line(_l("Name in English"), fields.NAME)
    valid_from_year = IntegerField(_l("From the year"), [Optional(), NumberRange(*YEARS)])
    valid_to_year = IntegerField(_l("Until the year"), [Optional(), NumberRange(*YEARS)])

    def words(self) -> dict[str, str]:
        return words(self.name_zh.data, self.name_en.data)


class PlaceName(Form):
    """What a place is called, and until when it is offered."""

    name_zh = line(_l("Name in Chinese"), fields.NAME, required=True)
    name_en = line(_l("Name in English"), fields.NAME)
    valid_to_year = IntegerField(
        _l("Last year in force"),
        [Optional(), NumberRange(*YEARS)],
        description=_l("From the year after it is no longer offered; old records keep it."),
    )

    @classmethod
    def of(cls, place: Region) -> PlaceName:
        name = place.name
        return cls.from_request(
            name_zh=name.get("zh-Hans", ""), name_en=name.get("en", ""), valid_to_year=place.valid_to_year
        )

    def words(self) -> dict[str, str]:
        return words(self.name_zh.data, self.name_en.data)


class SpecialityNode(Form):
    """A new node of the tree of specialities."""

    parent = SelectField(_l("Below"), [Optional()])
    code = line(_l("Code"), fields.CODE, required=True)
    name_zh = line(_l("Name in Chinese"), fields.NAME, required=True)
    name_en = line(_l("Name in English"), fields.NAME)

    def words(self) -> dict[str, str]:
        return words(self.name_zh.data, self.name_en.data)


LEVEL_BELOW: Mapping[Level, Level] = {
    Level.CITY: Level.DISTRICT,
    Level.DISTRICT: Level.STREET,
    Level.STREET: Level.COMMUNITY,
}


class Day(Form):
    """A day that differs from the calendar we shipped."""

    day = DateField(_l("Day"), [InputRequired()])
    is_working = SelectField(
        _l("It is"), choices=options([("off", _l("a day off")), ("work", _l("a working day"))])
    )
    source = SelectField(
        _l("Because of"),
        choices=options(
            [
                (CalendarSource.NOTICE.value, _l("a notice of the State Council")),
                (CalendarSource.LOCAL.value, _l("a rule of our own")),
            ]
        ),
    )
