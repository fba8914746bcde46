"""What the form library says of a field, in the words of the house; what the house has no words for stays the library's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms.i18n import get_translations

from grants.core import i18n
from grants.core.i18n import lazy_gettext as _l

_THEIRS = {"zh-Hans": ["zh"], "zh-Hant": ["zh_TW"], "en": ["en"]}

_CHOOSE = _l("Choose from what is offered here.")
_NO_NUMBER = _l("This is no number: write digits only, such as 12.5.")
# By the library's sentence; where it has two for one and many, by the one. It puts the numbers in itself.
_OURS: Mapping[str, i18n.Sentence] = {
    "This field is required.": _l("Please fill this in."),
    "Not a valid choice.": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": _CHOOSE,
    "Not a valid date value.": _l("This is no day: write it as 2026-03-01."),
    "Not a valid datetime value.": _l("This is no day with a time: write it as 2026-03-01 09:30."),
    "Not a valid time value.": _l("This is no time of day: write it as 09:30."),
    "Not a valid integer value.": _l("This is no whole number: write digits only, such as 12."),
    "Not a valid decimal value.": _NO_NUMBER,
    "Not a valid float value.": _NO_NUMBER,
    "Field cannot be longer than %(max)d character.": _l("This is too long: at most %(max)d characters."),
    "Field must be at least %(min)d character long.": _l("This is too short: at least %(min)d characters."),
    "Field must be between %(min)d and %(max)d characters long.": _l(
        "Write %(min)d to %(max)d characters here."
    ),
    "Number must be at least %(min)s.": _l("This number is too small: at least %(min)s."),
    "Number must be at most %(max)s.": _l("This number is too large: at most %(max)s."),
    "Number must be between %(min)s and %(max)s.": _l("Write a number from %(min)s to %(max)s."),
}


class Sayings:
    """As the library asks for translations."""

    def __init__(self) -> None:
        self._theirs: Any = get_translations(_THEIRS[i18n.language()])

    def gettext(self, string: str) -> str:
        return str(_OURS.get(string) or self._theirs.gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(_OURS.get(singular) or self._theirs.ngettext(singular, plural, n))
