"""Facts about the end of projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from grants.core.events import Event, Visibility
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money


@dataclass(frozen=True, kw_only=True)
class CloseoutFact(Event):
    """What every fact about a close-out carries; `closeout` is its address."""

    closeout_id: int
    closeout: str
    project_id: int
    organisation_id: int
    title: str


@dataclass(frozen=True, kw_only=True)
class CloseoutOpened(CloseoutFact):
    """The group is asked for its final account."""

    sentence: ClassVar[Sentence] = _l("The close-out began: the final account is awaited.")


@dataclass(frozen=True, kw_only=True)
class FinalAccountSubmitted(CloseoutFact):
    """The group said what it spent."""

    sentence: ClassVar[Sentence] = _l(
        "The final account came in: ¥%(spent)s spent, ¥%(to_return)s to return."
    )

    spent: Money
    to_return: Money


@dataclass(frozen=True, kw_only=True)
class FinalAccountReturned(CloseoutFact):
    """Staff ask the group to mend its account."""

    sentence: ClassVar[Sentence] = _l("The final account went back: %(reason)s")

    reason: str


@dataclass(frozen=True, kw_only=True)
class ProjectGraded(CloseoutFact):
    """The evaluation is finished."""

    sentence: ClassVar[Sentence] = _l("The project was evaluated: %(score)s points.")

    score: str
    grade: str


@dataclass(frozen=True, kw_only=True)
class MoneyReturned(CloseoutFact):
    """Unspent money arrived."""

    sentence: ClassVar[Sentence] = _l("¥%(amount)s came back from the group.")

    amount: Money


@dataclass(frozen=True, kw_only=True)
class CloseoutClosed(CloseoutFact):
    """Everything is settled; the archive is being packed."""

    sentence: ClassVar[Sentence] = _l("The project was closed with nothing owed.")

    grade: str


@dataclass(frozen=True, kw_only=True)
class ArchivePacked(CloseoutFact):
    """The archive lies ready."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("The archive was packed: %(files)s files.")

    files: int
