"""Languages: which one a reader gets, and how sentences, words and dates look in it.

English sentences are the message ids; Simplified Chinese is the default language of the house.
`gettext` and its kin are the only door to translations: domain code may use them, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel.speaklater import LazyString
from msgspec import Struct, field

from grants.core import clock

Sentence = str | LazyString

DEFAULT = "zh-Hans"
LOCALES: Mapping[str, Locale] = {
    "zh-Hans": Locale.parse("zh_Hans_CN"),
    "en": Locale.parse("en"),
    "zh-Hant": Locale.parse("zh_Hant_HK"),
}
NAMES = {"zh-Hans": "简体中文", "en": "English", "zh-Hant": "繁體中文"}
LANGUAGE_COOKIE = "language"
_PLAIN_AMOUNT = re.compile(r"-?\d+\.\d{2}")
_PLAIN_DATE = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d)")
# Quotation marks inside quotation marks.
_NESTED = str.maketrans("“”", "‘’")


def gettext(message: str, **values: Any) -> str:
    """The sentence in the reader's language, worded as the foundation words it."""
    said = _said(message, lambda catalogue: catalogue.gettext(message))
    return said % values if values else said


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    key = f"{singular}\0{plural}\0{num}"
    said = _said(key, lambda catalogue: catalogue.ngettext(singular, plural, num))
    return said % {"num": num, **values}


def pgettext(context: str, message: str, **values: Any) -> str:
    said = _said(f"{context}\4{message}", lambda catalogue: str(catalogue.pgettext(context, message)))
    return said % values if values else said


def lazy_gettext(message: str, **values: Any) -> str:
    """For sentences made at import time or before the reader is known; as good as text wherever it is shown."""
    return cast("str", LazyString(gettext, message, **values))


def _said(key: str, look_up: Callable[[NullTranslations], str]) -> str:
    """What the catalogue says, in the foundation's own words, before any value is put in.

    Looked up once per language and choice of words: a page asks for a hundred sentences.
    """
    sayings = _sayings()
    if sayings is None:
        return look_up(_SILENT)
    found = sayings.said.get(key)
    if found is None:
        found = look_up(_catalogue(current_app.extensions["grants.translations"], sayings.code))
        for standard, chosen in sayings.words:
            found = found.replace(standard, chosen)
        sayings.said[key] = found
    return found


class _Sayings(Struct, frozen=True):
    """What was looked up so far in a language, with the foundation's own words put in."""

    code: str
    words: tuple[tuple[str, str], ...]
    said: dict[str, str] = field(default_factory=dict)


def _sayings() -> _Sayings | None:
    """In which words this reader is spoken to; None outside the app."""
    try:
        here = cast("Any", g)._get_current_object()  # noqa: SLF001 - one way through the proxy instead of three
    except RuntimeError:
        return None
    code = here.get("language", DEFAULT)
    known = here.get("sayings")
    return known[code] if known and code in known else _settled(code)


def _settled(code: str) -> _Sayings:
    """Settled once per request: the foundation's own words (义工 for 志愿者) are asked for then."""
    known: dict[str, _Sayings] = g.setdefault("sayings", {})
    known[code] = _Sayings(code, ())  # while the words are being read no sentence may ask for them again
    found: Mapping[str, str] = current_app.extensions.get("grants.vocabulary", dict)()
    words_now = tuple(found.items())
    known[code] = current_app.extensions["grants.said"].setdefault(
        (code, words_now), _Sayings(code, words_now)
    )
    return known[code]


def wording() -> tuple[str, tuple[tuple[str, str], ...]]:
    """In which words this reader is spoken to: the language, and the foundation's own words in it."""
    sayings = _sayings()
    return (sayings.code, sayings.words) if sayings else (DEFAULT, ())


@lru_cache(maxsize=16)
def _catalogue(folder: str, code: str) -> NullTranslations:
    return Translations.load(folder, [str(LOCALES[code])])


_SILENT = NullTranslations()


def language() -> str:
    """The code of the reader's language: zh-Hans, en or zh-Hant."""
    try:
        chosen: str = g.language
    except (AttributeError, RuntimeError):  # nobody asks, or nobody knows yet who
        return DEFAULT
    return chosen


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Everything inside is said in this language, whoever is asking."""
    before = g.get("language")
    g.language = code
    try:
        yield
    finally:
        if before is None:
            g.pop("language", None)
        else:
            g.language = before


def speak(code: str) -> None:
    """From here on this request is answered in `code`: its reader became known."""
    g.language = code


def negotiate(accept: str) -> str:
    """The best of our languages for an Accept-Language header; TW, HK, MO and Hant read zh-Hant."""
    for wanted, _quality in _preferences(accept):
        tag = wanted.lower()
        if tag.startswith("en"):
            return "en"
        if tag.startswith("zh"):
            hant = any(part in {"hant", "tw", "hk", "mo"} for part in tag.split("-"))
            return "zh-Hant" if hant else "zh-Hans"
    return DEFAULT


def _preferences(accept: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for part in accept.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            found.append((tag, float(quality or 1)))
        except ValueError:
            continue
    return sorted(found, key=lambda pair: -pair[1])


class Ours(dict[str, str]):
    """A text in several languages that is the house's own (a form's label, a list's word), nobody's name or title.

    The foundation's word for a volunteer goes into it like into every sentence.
    """


def words(values: Mapping[str, str] | None) -> str:
    """A text kept in several languages (`{"zh-Hans": …, "en": …}`) in the reader's, else the first there is."""
    if not values:
        return ""
    if isinstance(values, Ours):
        return _in_our_words(words(dict(values)))
    wanted = language()
    fallbacks = (wanted, "zh-Hans" if wanted == "zh-Hant" else "en", DEFAULT)
    for code in fallbacks:
        if values.get(code):
            return values[code]
    return next(iter(values.values()))


def _in_our_words(text: str) -> str:
    for ours, theirs in wording()[1]:
        text = text.replace(ours, theirs)
    return text


def in_chinese(values: Mapping[str, str] | None) -> str:
    """A text kept in several languages as papers and banks need it; where there is no Chinese, the first there is."""
    if not values:
        return ""
    return values.get("zh-Hans") or next(iter(values.values()))


def in_all_languages(sentence: Sentence) -> dict[str, str]:
    """A sentence of ours as `Words`, for facts that are told to readers of any language."""
    said = {}
    for code in LOCALES:
        with speaking(code):
            said[code] = str(sentence)
    return said


class _Known(dict[str, Any]):
    """Values for a sentence; what is missing is left out."""

    def __missing__(self, name: str) -> str:
        return ""


def filled(sentence: Sentence, values: Mapping[str, Any]) -> str:
    """A sentence kept apart from its values (duties, messages, timelines), in the reader's language."""
    said = str(sentence)
    return said % _Spoken(said, values)


class _Spoken(dict[str, Any]):
    """The values of a sentence as its reader says them, as far as it says them; what is missing is left out."""

    def __init__(self, said: str, values: Mapping[str, Any]) -> None:
        self._said, self._values = said, values

    def __missing__(self, name: str) -> Any:
        value = _spoken(self._values.get(name, ""))
        nested = isinstance(value, str) and f"“%({name})s”" in self._said
        return value.translate(_NESTED) if nested else value


def filled_address(pattern: str, values: Mapping[str, Any]) -> str:
    """An address such as `/projects/%(project)s`, filled with plain values."""
    return pattern % _Known({name: quote(str(value), safe="") for name, value in values.items()})


def _spoken(value: Any) -> Any:
    """Texts in several languages and dates in the reader's; amounts by thousands: `18,400`, `18,400.05`."""
    if isinstance(value, Mapping):
        return words(value)
    if isinstance(value, str) and _PLAIN_DATE.fullmatch(value):
        return date_text(date.fromisoformat(value))
    if isinstance(value, str) and _PLAIN_AMOUNT.fullmatch(value):
        return f"{Decimal(value):,}".removesuffix(".00")
    return value


def date_text(value: date | None, code: str = "") -> str:
    """2026年2月27日 or 27 Feb 2026; in the reader's language where none is named."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.day_of(value)
    if (code or language()) == "en":
        return f"{value.day} {value:%b} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def day_month_text(value: date | None) -> str:
    """2月27日 or 27 Feb; of another year than this one the year is said, too."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.day_of(value)
    if value.year != clock.today().year:
        return date_text(value)
    return f"{value.day} {value:%b}" if language() == "en" else f"{value.month}月{value.day}日"


def deadline_text(value: datetime | None) -> str:
    """An instant by which something is due: midnight is said as 24:00 of the day that ends then."""
    if value is None:
        return ""
    shown = clock.local(value)
    if shown.time() != time(0, 0):
        return datetime_text(value)
    day = date_text(shown.date() - timedelta(days=1))
    return f"{day}, 24:00" if language() == "en" else f"{day} 24:00"


def datetime_text(value: datetime | None, code: str = "") -> str:
    """The foundation's wall clock, 24 hours: 2026年2月27日 18:00."""
    if value is None:
        return ""
    code = code or language()
    shown = clock.local(value)
    return f"{date_text(shown.date(), code)}{', ' if code == 'en' else ' '}{shown:%H:%M}"


def install(app: Flask, *, translations: str) -> None:
    """Give the app its catalogue; the reader's language is settled once per request."""
    app.extensions["grants.translations"] = translations
    said: dict[tuple[str, tuple[tuple[str, str], ...]], _Sayings] = {}
    app.extensions["grants.said"] = said
    app.before_request(_settle_language)


def _settle_language() -> None:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    g.language = chosen if chosen in LOCALES else negotiate(request.headers.get("Accept-Language", ""))


def chosen_by_reader() -> bool:
    """Whether this visitor picked a language here, which outranks what their account says."""
    return has_request_context() and request.cookies.get(LANGUAGE_COOKIE, "") in LOCALES
