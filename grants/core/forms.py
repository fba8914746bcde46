"""The web form base: CSRF on, our language, and domain violations shown where they belong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, Self

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FieldList, FileField, FormField
from wtforms.fields import SelectChoice  # pyrefly: ignore[missing-module-attribute]  - stubs lag behind
from wtforms.widgets import TextInput

from grants.core import clock, i18n, text
from grants.core.errors import RulesBroken, Violation
from grants.core.form_words import Sayings
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Fault, Money, NotMoney
from grants.core.unit_of_work import abandon
from grants.core.web import SAFE_METHODS

_EXACT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,4})?")


NOT_THE_NEWEST = _l("The page is not the newest. Load it again.")
_ENCLOSING: tuple[type[Any], ...] = (FieldList, FormField)


class Form(FlaskForm):
    """Base of every form for people. `accepted()`, then an action inside `attempting()`."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return Sayings()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent as a form, never as JSON; a file reaches only a field that asks for one."""
            if formdata is not _Auto:
                return formdata
            if request.method in SAFE_METHODS:
                return None
            asked = {field.name for field in form if isinstance(field, FileField)}
            files = [(name, file) for name, file in request.files.items(multi=True) if name in asked]
            parts: list[MultiDict[str, Any]] = [MultiDict(files), request.form]
            return CombinedMultiDict(parts) if files else request.form or None

        # The stubs name the arguments of this hook in another way than the library does.
        def bind_field(  # pyrefly: ignore[bad-override]
            self, form: Any, unbound_field: Any, options: dict[str, Any]
        ) -> Field:
            """What can never be kept stops at the door, whatever field it came from: see `_sound`."""
            if issubclass(unbound_field.field_class, _ENCLOSING):
                return super().bind_field(
                    form, unbound_field, options
                )  # what they enclose comes by here, too
            filters = [_sound, *unbound_field.kwargs.get("filters", ())]
            return unbound_field.bind(form=form, filters=filters, **options)

    @classmethod
    def from_request(cls, **defaults: Any) -> Self:
        """Filled from a POST, else from `defaults` (and `obj=`)."""
        return cls(**defaults)

    def apart(self, word: str) -> Self:
        """On a page with several forms: the ids of this one's fields begin with `word`; names stay."""
        for field in self:
            field.id = field.label.field_id = f"{word}-{field.id}"
        return self

    def accepted(self) -> bool:
        """Whether this request submits the form and its shape is right."""
        return request.method == "POST" and bool(self.validate())

    @contextmanager
    def attempting(self) -> Iterator[None]:
        """Run an action; if it breaks rules, keep nothing and show them on this form."""
        try:
            yield
        except RulesBroken as broken:
            abandon()
            self.absorb(broken.violations)

    def broken(self) -> list[Field]:
        """The fields with something wrong, each where it stands: within lists and parts of the form, too."""
        return [field for field in self._wrong() if not _is_unseen(field)]

    def stale(self) -> list[str]:
        """What to say when something travelled unseen that cannot be right; nobody could mend it where it stands."""
        unseen = any(_is_unseen(field) for field in self._wrong())
        return [str(NOT_THE_NEWEST)] if unseen else []

    def _wrong(self) -> list[Field]:
        return [field for each in self if each.errors for field in _wrong_within(each)]

    def absorb(self, violations: Iterable[Violation]) -> None:
        """Show each violation on its field, or above the form when it has none."""
        for violation in violations:
            field = self._fields.get(violation.field) if violation.field else None
            if field is not None:
                field.errors = [*field.errors, str(violation.message)]
            else:
                self.form_errors = [*self.form_errors, str(violation.message)]


def _is_unseen(field: Any) -> bool:
    return getattr(field.widget, "input_type", "") == "hidden"


def _wrong_within(field: Any) -> Iterator[Field]:
    if not isinstance(field, _ENCLOSING):
        yield field
        return
    inner = field.entries if isinstance(field, FieldList) else list(field.form)
    found = [one for each in inner if each.errors for one in _wrong_within(each)]
    yield from found or [field]


def options(words: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Choices of a select or of radio buttons: what is sent, and what is shown for it."""
    pairs = words.items() if isinstance(words, Mapping) else words
    return [SelectChoice(str(value), label) for value, label in pairs]


_MONEY_FAULTS: Mapping[Fault, i18n.Sentence] = {
    Fault.EMPTY: _l("Write an amount."),
    Fault.MALFORMED: _l("This is no amount: write digits only, such as 12345.00."),
    Fault.TOO_PRECISE: _l("An amount has two decimals at most."),
    Fault.TOO_LARGE: _l("This amount is too large."),
}


class MoneyField(Field):
    """An amount as people type it; `data` is Money, or None while nothing was written."""

    widget = TextInput()
    data: Money | None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.raw_text = str(valuelist[0]) if valuelist else ""
        self.data = None
        if self.raw_text.strip():
            try:
                self.data = Money.parse(self.raw_text)
            except NotMoney as wrong:
                raise ValueError(str(_MONEY_FAULTS[wrong.fault])) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)


class ExactField(Field):
    """A decimal of at most four places; `data` is Decimal, or None while nothing was written."""

    widget = TextInput()
    data: Decimal | None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = None
        written = unicodedata.normalize("NFKC", str(valuelist[0])).strip().rstrip("%") if valuelist else ""
        if written:
            if not _EXACT.fullmatch(written):
                raise ValueError(str(_l("This is no number: write digits only, such as 12.5.")))
            self.data = Decimal(written)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data.normalize():f}"


def _sound(value: Any) -> Any:
    """A text without NUL and control characters; a day of our times; a whole number a column can hold."""
    if isinstance(value, str):
        return text.clean(value)
    if isinstance(value, date) and not clock.is_of_our_times(value):
        raise ValueError(str(_l("This day cannot be meant: the year lies between 1900 and 2200.")))
    if isinstance(value, int) and abs(value) > text.LARGEST_INTEGER:
        raise ValueError(str(_l("This number is too large.")))
    return value
