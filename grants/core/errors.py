"""What can go wrong in the domain. Boundaries translate these; the domain never speaks HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

Row = TypeVar("Row")


class Violation(Struct, frozen=True):
    """One broken rule. `field` is None when no single field is at fault."""

    code: str
    message: Sentence
    field: str | None = None


class DomainError(Exception):
    """Base of every error a person can cause. Carries a sentence fit to show them."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class NotFound(DomainError):
    """Absent, or hidden from this actor: always the same words, so nobody can tell which."""

    def __init__(self) -> None:
        super().__init__(_l("There is nothing here."))


def existing(row: Row | None) -> Row:
    """What was looked for; raises NotFound where there is none."""
    if row is None:
        raise NotFound
    return row


class Forbidden(DomainError):
    """The actor may see the thing but not do this to it."""


class IllegalTransition(DomainError):
    """The thing is no longer in a state from which this is possible."""


class StaleVersion(DomainError):
    """Somebody saved in between; nobody's work is overwritten silently."""


class TooMany(DomainError):
    """A limit on attempts was reached; `retry_after` says in how many seconds to come back."""

    def __init__(self, sentence: Sentence, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class RulesBroken(DomainError):
    """Every violation found, collected before raising."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("; ".join(str(violation.message) for violation in self.violations))
