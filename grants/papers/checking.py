"""Whether a paper of ours is what it says: by its code, which nobody can guess, each kind answering for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Flask, current_app
from msgspec import Struct, field
from werkzeug.utils import import_string

from grants.core.checkcodes import read_check_code
from grants.core.i18n import Sentence
from grants.core.policy import Actor
from grants.core.text import folded


class CheckedPaper(Struct, frozen=True):
    """What anybody with the right code may know, and no more: `facts` only what is public anyway.

    `href` leads to the stored paper and is shown to those who `may_open` it.
    """

    kind: Sentence
    number: str
    issued_at: datetime
    content_hash: str
    is_valid: bool
    remark: Sentence = ""
    facts: tuple[tuple[Sentence, str], ...] = field(default=())
    href: str = ""
    may_open: bool = False


Checker = Callable[[str, Actor], CheckedPaper | None]
"""Answers for one kind of paper: the code as stored, and who asks."""


def install(app: Flask, checks: Mapping[str, str]) -> None:
    """`checks`: kind of paper -> dotted path of its Checker."""
    app.extensions["grants.checks"] = checks


def paper_of(code: str, *, by: Actor) -> CheckedPaper | None:
    """The paper with this code, however it was typed. Unknown, mistyped and unpublished are all None."""
    stored = read_check_code(code)
    if stored is None:
        return None
    for path in current_app.extensions["grants.checks"].values():
        found: CheckedPaper | None = import_string(path)(stored, by)
        if found is not None:
            return found
    return None


def numbered_paper(number: str, code: str, *, by: Actor) -> CheckedPaper | None:
    """As `paper_of`, but only when it bears this number, too."""
    found = paper_of(code, by=by)
    same = found is not None and folded(found.number) == folded(number)
    return found if same else None
