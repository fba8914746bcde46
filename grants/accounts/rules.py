"""What makes a password good enough, how long an account rests, and where a link may lead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from grants.accounts.fields import LONGEST_PASSWORD, SHORTEST_PASSWORD
from grants.core.errors import Violation
from grants.core.i18n import lazy_gettext as _l

FREE_TRIES = 5
LONGEST_REST = timedelta(hours=1)
_COMMON = Path(__file__).parent / "data" / "common_passwords.txt"
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm",
         "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm")  # fmt: skip
_SHORTEST_PART = 4


def password_violations(password: str, *, about: tuple[str, ...] = ()) -> Iterator[Violation]:
    """`about`: name and addresses of the person, which are the first things others try."""
    if len(password) < SHORTEST_PASSWORD:
        yield _broken(
            "short", _l("Use at least %(n)s characters; a short sentence works well.", n=SHORTEST_PASSWORD)
        )
    elif len(password) > LONGEST_PASSWORD:
        yield _broken("long", _l("Use at most %(n)s characters.", n=LONGEST_PASSWORD))
    elif guessable(password, about=about):
        yield _broken(
            "guessable", _l("This password is among the first that others try. Please choose another.")
        )


def _broken(code: str, message: object) -> Violation:
    return Violation(f"password_{code}", message, "password")  # type: ignore[arg-type]


def guessable(password: str, *, about: tuple[str, ...] = ()) -> bool:
    """Common or pinyin words with digits around them, one thing repeated, rows of keys, the person's own name."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    word = plain.strip("0123456789!@#$%^&*()_-+=.,?~ ")
    bare = re.sub(r"[\W_]", "", plain)
    return (
        plain in common()
        or word in common()
        or bare in common()
        or word == ""
        or _repeats(plain)
        or _follows_a_row(bare)
        or any(_is_about(bare, part) for text in about for part in re.split(r"[\W_]+", text.casefold()))
    )


def _repeats(plain: str) -> bool:
    """`aaaaaaaaaa`, `abcabcabcabc`: the text occurs again inside its own doubling."""
    return plain in (plain + plain)[1:-1]


def _follows_a_row(bare: str) -> bool:
    return any(bare in row * 2 or bare in (row * 2)[::-1] for row in _ROWS)


def _is_about(bare: str, part: str) -> bool:
    """Nothing but a name with some digits."""
    return len(part) >= _SHORTEST_PART and part in bare and bare.replace(part, "").strip("0123456789") == ""


@cache
def common() -> frozenset[str]:
    lines = _COMMON.read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line and not line.startswith("#"))


def rest_after(failures: int) -> timedelta:
    """How long an account rests after so many failures in a row: none up to four, then 1, 2, 4 … minutes."""
    if failures < FREE_TRIES:
        return timedelta(0)
    doublings = min(failures - FREE_TRIES, 10)
    return min(timedelta(minutes=2**doublings), LONGEST_REST)


def local_address(wanted: str, *, otherwise: str) -> str:
    """`wanted` when it is a page of ours, else `otherwise`: links must not lead people elsewhere."""
    if not wanted.startswith("/") or wanted.startswith("//") or len(wanted) > 2000:  # noqa: PLR2004
        return otherwise
    if "\\" in wanted or any(ord(letter) < 0x21 or ord(letter) == 0x7F for letter in wanted):  # noqa: PLR2004
        return otherwise
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else otherwise


_BROWSERS = (("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


def device(agent: str) -> str:
    """What a person would call the browser and machine of a User-Agent header: `Firefox · Android`."""
    known = (next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS))
    return " · ".join(filter(None, known))
