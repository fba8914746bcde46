"""Facts about the end of projects."""

from __future__ import annotations

from typing import ClassVar

from grants.core.events import Event, Visibility
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money


class CloseoutFact(Event, frozen=True, kw_only=True):
    """What every fact about a close-out carries; `closeout` is its address."""

    closeout_id: int
    closeout: str
    project_id: int
    organisation_id: int
    title: str


class CloseoutOpened(CloseoutFact, frozen=True, kw_only=True):
    """The group is asked for its final account."""

    sentence: ClassVar[Sentence] = _l("The close-out began: the final account is awaited.")


class FinalAccountSubmitted(CloseoutFact, frozen=True, kw_only=True):
    """The group said what it spent."""

    sentence: ClassVar[Sentence] = _l(
        "The final account came in: ¥%(spent)s spent, ¥%(to_return)s to return."
    )

    spent: Money
    to_return: Money


class FinalAccountReturned(CloseoutFact, frozen=True, kw_only=True):
    """Staff ask the group to mend its account."""

    sentence: ClassVar[Sentence] = _l("The final account went back: %(reason)s")

    reason: str


class ProjectGraded(CloseoutFact, frozen=True, kw_only=True):
    """The evaluation is finished."""

    sentence: ClassVar[Sentence] = _l("The project was evaluated: %(score)s points.")

    score: str
    grade: str


class MoneyReturned(CloseoutFact, frozen=True, kw_only=True):
    """Unspent money arrived."""

    sentence: ClassVar[Sentence] = _l("¥%(amount)s came back from the group.")

    amount: Money


class CloseoutClosed(CloseoutFact, frozen=True, kw_only=True):
    """Everything is settled; the archive is being packed."""

    sentence: ClassVar[Sentence] = _l("The project was closed with nothing owed.")

    grade: str


class ArchivePacked(CloseoutFact, frozen=True, kw_only=True):
    """The archive lies ready."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("The archive was packed: %(files)s files.")

    files: int
