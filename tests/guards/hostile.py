"""Bad input of every kind, sent as a browser, a script or an enemy would; and what a fair answer to it is."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_from_bytes

from werkzeug.test import TestResponse

from grants.core.db import Base
from grants.core.error_pages import words_in
from grants.core.text import clean
from tests.cast import Browser
from tests.demo_year import Year
from tests.guards.forms_reached import Asked, Shown
from tests.guards.told import badly_told, misspoken

MEGABYTE = 1024 * 1024
BOUNDARY = "----seedlings"
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", f"multipart/form-data; boundary={BOUNDARY}"
Pairs = Sequence[tuple[str, bytes]]

# What is written into a field that asked for something else.
RUBBISH: Mapping[str, bytes] = {
    "empty": b"",
    "blank": " \u3000 ".encode(),
    "huge": b"x" * MEGABYTE,
    "NUL": b"before\x00after",
    "four bytes": "𬱖🌱👩‍👩‍👧".encode(),
    "a lone surrogate": b"\xed\xa0\x80 after",
    "no UTF-8": b"\xff\xfe\x80 after",
    "negative": b"-1",
    "gigantic": b"1" + b"0" * 30,
    "beyond four bytes": b"3000000000",
    "too many digits": b"9" * 5000,
    "no number": b"NaN",
    "infinite": b"1e999",
    "other digits": "１２٣".encode(),
    "day nought": b"0000-00-00",
    "day one": b"0001-01-01",
    "last day": b"9999-12-31",
    "last minute": b"9999-12-31T23:59",
    "markup": b"<script>alert(1)</script>\"'",
    "unknown choice": b"no-such-choice",
    "a percent sign": b"%s %(name)s {0} %",
}
# When somebody was last seen, how often somebody tried, who looked at what.
EVERY_REQUEST = frozenset({"sign_in_session", "attempt_count", "access_entry", "sheet_presence"})
COOKIES = ("sid", "greenshoots")
ANSWERS = frozenset({303, 400, 403, 404, 409, 413, 415, 422})


@dataclass(frozen=True)
class Sent:
    """One body on its way to one form, and what was typed in it."""

    badness: str
    body: bytes
    content_type: str
    typed: tuple[str, ...] = ()
    accept: str = "text/html,*/*"


def encoded(pairs: Pairs, *, multipart: bool) -> tuple[bytes, str]:
    if not multipart:
        body = "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(said)}" for name, said in pairs)
        return body.encode(), URLENCODED
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + said + b"\r\n"
        for name, said in pairs
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), MULTIPART


def as_shown(shown: Shown, token: str) -> list[tuple[str, bytes]]:
    """What a person sends who fills in what is empty and changes nothing else."""
    pairs = []
    for asked in shown.asks:
        if asked.kind == "file":
            continue
        values = (token,) if asked.name == "csrf_token" else asked.values
        if asked.is_typed and not any(values):
            values = (plausible(asked),)
        elif not any(values) and asked.kind in {"radio", "select", "checkbox"}:
            values = tuple(each for each in asked.choices if each)[:1]
        pairs += [(asked.name, each.encode()) for each in values]
    return pairs


def plausible(asked: Asked) -> str:
    by_kind = {
        "date": "2026-12-01", "datetime-local": "2026-12-01T09:00", "time": "09:00", "number": "2", "email": "somebody@demo.example",
        "tel": "13800138000",
    }  # fmt: skip
    by_name = (
        ("amount|money|sum|price|budget|envelope|prize", "1000"), ("link|url", "https://example.org/"), ("hours|number|quota|count|year", "2"),
        ("mail", "somebody@demo.example"), ("phone", "13800138000"), ("_on$|_from$|until|day|date", "2026-12-01"),
    )  # fmt: skip
    guesses = (said for words, said in by_name if re.search(words, asked.name))
    return by_kind.get(asked.kind) or next(guesses, f"写下的话 {asked.name}")


def bodies(shown: Shown, token: str) -> Iterator[Sent]:
    """Everything bad that can be sent to this form as a whole."""
    good = as_shown(shown, token)
    usual = {"multipart": shown.is_multipart}
    known = [("csrf_token", token.encode())]
    said = {name: each.decode() for name, each in good}
    script = "application/json"
    yield Sent("as shown", *encoded(good, **usual), typed=typed_in(shown, good))
    yield Sent("nothing at all", b"", URLENCODED)
    yield Sent("only the token", *encoded(known, **usual))
    yield Sent("no token", *encoded([pair for pair in good if pair[0] != "csrf_token"], **usual))
    yield Sent("everything twice", *encoded([*good, *good], **usual))
    yield Sent("arrays", *encoded([(f"{name}[]", each) for name, each in good] + known, **usual))
    yield Sent("the other encoding", *encoded(good, multipart=not shown.is_multipart))
    yield Sent("JSON", json.dumps(said).encode(), script)
    yield Sent("JSON wanted", *encoded(good, **usual), accept=script)
    yield Sent("nothing, JSON wanted", *encoded(known, **usual), accept=script)
    yield Sent("deep JSON", b"[" * 100_000, script)
    yield Sent("broken JSON", b'{"version": ', script)
    yield Sent("a form said to be JSON", encoded(good, multipart=False)[0], script)
    yield Sent("a form said to be a picture", encoded(good, **usual)[0], "image/png")
    yield Sent("parts without a boundary", encoded(good, multipart=True)[0], "multipart/form-data")
    yield Sent("parts cut short", encoded(good, multipart=True)[0][:-40], MULTIPART)
    yield Sent(
        "unknown fields", *encoded([*good, ("no-such", b"x"), ("", b"y"), ("__class__", b"z")], **usual)
    )


def spoilt(shown: Shown, token: str, rubbish: str) -> Iterator[Sent]:
    """One kind of rubbish in every field that is typed, then in each field alone, hidden ones and choices too."""
    good, bad = as_shown(shown, token), RUBBISH[rubbish]
    names = {asked.name for asked in shown.typed}
    fields = [asked for asked in shown.asks if asked.name != "csrf_token" and asked.kind != "file"]
    if len(names) > 1:
        yield _spoilt(shown, good, names, rubbish, bad)
    for asked in fields:
        yield _spoilt(shown, good, {asked.name}, rubbish, bad)


def _spoilt(shown: Shown, good: Pairs, names: set[str], rubbish: str, bad: bytes) -> Sent:
    there = [(name, bad if name in names else said) for name, said in good]
    there += [(name, bad) for name in sorted(names - {name for name, _ in good})]
    what = f"{rubbish} in {next(iter(names)) if len(names) == 1 else 'all'}"
    return Sent(what, *encoded(there, multipart=shown.is_multipart), typed=typed_in(shown, there))


def typed_in(shown: Shown, pairs: Pairs) -> tuple[str, ...]:
    """The words a person wrote that must not be lost."""
    names = {asked.name for asked in shown.typed}
    said = (squeezed(each.decode(errors="replace")) for name, each in pairs if name in names)
    return tuple(dict.fromkeys(each for each in said if each))


def squeezed(words: str) -> str:
    """As two texts are compared: what cannot be stored is gone, and white space is white space."""
    return " ".join(clean(words).replace("\ufffd", "").split())


class Assault:
    """Sends, looks at the answer and at the database, and puts everything back."""

    def __init__(self, year: Year, watching: sqlite3.Connection) -> None:
        self._year, self._watching = year, watching
        self._cookies: dict[str, tuple[str, ...]] = {}
        self.sent = 0

    def post(
        self,
        shown: Shown,
        sent: Sent,
        allowed: frozenset[int],
        *,
        method: str = "POST",
        spared: frozenset[str] = EVERY_REQUEST,
        language: str = "zh-Hans",
    ) -> list[str]:
        client = self._year.browser(shown.person)
        client.set_cookie("language", language)
        self._cookies.setdefault(shown.person, _cookies(client))
        before = self._version(), self._files()
        answer = client.open(
            shown.action, method=method, data=sent.body, content_type=sent.content_type,
            headers={"Accept": sent.accept, "Referer": f"http://localhost{shown.page}"}, buffered=True,
        )  # fmt: skip
        self.sent += 1
        wrong = list(complaints(answer, sent, allowed, language, offered=bool(shown.asks)))
        moved = self._version() != before[0]
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            kept = self._changed(spared) if moved else []
            wrong += [f"refused ({answer.status_code}), but changed {name}" for name in kept]
            if self._files() != before[1]:
                wrong.append("kept a file of what was refused")
        if moved:
            self._year.restore()
        self._seat(client, shown.person)
        named = f"{shown.person or 'a visitor'} {shown.endpoint} {shown.action} ({sent.badness})"
        return [f"{named}: {each}" for each in wrong]

    def _version(self) -> int:
        found: int = self._watching.execute("PRAGMA data_version").fetchone()[0]
        return found

    def _changed(self, spared: frozenset[str]) -> list[str]:
        """The tables that are not as they were loaded, but for those that count and remember every request."""
        self._watching.execute("ATTACH ? AS loaded", (str(self._year.kept),))
        try:
            return [name for name in Base.metadata.tables if name not in spared and self._differs(name)]
        finally:
            self._watching.execute("DETACH loaded")

    def _differs(self, name: str) -> bool:
        now, then = f'SELECT * FROM main."{name}"', f'SELECT * FROM loaded."{name}"'
        asked = f"SELECT EXISTS (SELECT * FROM ({now} EXCEPT {then})) + EXISTS (SELECT * FROM ({then} EXCEPT {now}))"
        return bool(self._watching.execute(asked).fetchone()[0])

    def _files(self) -> int:
        folder = self._year.folder / "files"
        return sum(1 for each in folder.rglob("*") if each.is_file()) if folder.exists() else 0

    def _seat(self, client: Browser, person: str) -> None:
        """Who was signed out, or got a new token, sits down again as before."""
        for name, was, is_ in zip(COOKIES, self._cookies[person], _cookies(client), strict=True):
            if was and was != is_:
                client.set_cookie(name, was)


def _cookies(client: Browser) -> tuple[str, ...]:
    return tuple(getattr(client.get_cookie(name), "value", "") for name in COOKIES)


def complaints(
    answer: TestResponse, sent: Sent, allowed: frozenset[int], language: str, *, offered: bool
) -> Iterator[str]:
    status = answer.status_code
    if status not in allowed:
        yield f"{status}, not {sorted(allowed)}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.BAD_REQUEST:
        return
    if answer.mimetype == "text/html":
        yield from _on_the_page(answer.text, sent, status)
        # Where no page offers the form, there is no field to say it beside.
        if status == HTTPStatus.UNPROCESSABLE_ENTITY and offered:
            yield from badly_told(answer.text, language)
    elif answer.mimetype in {"application/json", "application/problem+json"}:
        yield from _to_a_program(answer.json, language)
    else:
        yield f"answered as {answer.mimetype}"


def _to_a_program(told: Any, language: str) -> Iterator[str]:
    """A script of ours shows these sentences to the person as they are."""
    sentences = [told["detail"]] if "detail" in told else []
    errors = told.get("errors", {})
    for each in errors.values() if isinstance(errors, dict) else (one["message"] for one in errors):
        sentences += [each] if isinstance(each, str) else each
    for sentence in sentences:
        yield from misspoken(sentence, language)


def must_be_there(words: str, status: int) -> bool:
    """A form comes back with everything in it; a page without the form shows what reads like words."""
    return status == HTTPStatus.UNPROCESSABLE_ENTITY or bool(words_in([("written", words)]))


LOSES_NOTHING = frozenset({HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN})


def _on_the_page(page: str, sent: Sent, status: int) -> Iterator[str]:
    if "Traceback" in page:
        yield "shows a traceback"
    if status in LOSES_NOTHING:
        shown = squeezed(unescape(page))
        lost = [words for words in sent.typed if words not in shown and must_be_there(words, status)]
        if lost:
            yield f"{status} lost {lost[0][:40]!r}"
