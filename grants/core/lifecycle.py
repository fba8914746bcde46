"""State machines as tables. `fire` is the only code in the product that assigns `.state`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from grants.core import audit
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor

State = TypeVar("State", bound=StrEnum)
Guard = Callable[[Any, datetime], Iterable[Violation]]


OUT_OF_TIME = _l("This was already dealt with, or its time has not come.")


class Transition(Struct, Generic[State], frozen=True):
    """A legal move. Guards are pure and say everything that stands in the way."""

    verb: str
    sources: frozenset[State]
    target: State
    guards: tuple[Guard, ...] = field(default=())


class Lifecycle(Generic[State]):
    """The legal moves of one kind of thing. A verb may be listed again for other sources."""

    def __init__(self, *transitions: Transition[State]) -> None:
        self._moves: dict[str, dict[State, Transition[State]]] = {}
        for move in transitions:
            known = self._moves.setdefault(move.verb, {})
            if known.keys() & move.sources:
                raise ValueError(f"{move.verb} leaves one state in two ways")
            known.update(dict.fromkeys(move.sources, move))

    def can_fire(self, verb: str, subject: Any) -> bool:
        """Whether `verb` is legal from here. Ignores guards: those explain, not hide."""
        return subject.state in self._moves[verb]

    def demand(self, verb: str, subject: Any) -> None:
        """Raises IllegalTransition where `verb` is not legal from here: before a form is judged that no page shows now."""
        if not self.can_fire(verb, subject):
            raise IllegalTransition(OUT_OF_TIME)

    def fire(self, verb: str, subject: Any, *, by: Actor, at: datetime, note: str = "") -> None:
        """Move `subject` and write the audit entry, in the caller's transaction.

        Raises IllegalTransition if `verb` does not lead out of the current
        state, RulesBroken with every violation if a guard objects.
        """
        self.demand(verb, subject)
        move = self._moves[verb][subject.state]
        broken = [violation for guard in move.guards for violation in guard(subject, at)]
        if broken:
            raise RulesBroken(broken)
        before = subject.state
        subject.state = move.target
        audit.record(
            verb, subject, by=by, at=at, before={"state": before}, after={"state": move.target}, note=note
        )

    def transitions(self) -> tuple[Transition[State], ...]:
        seen = {id(move): move for moves in self._moves.values() for move in moves.values()}
        return tuple(seen.values())

    def to_mermaid(self) -> str:
        """The diagram for the docs, drawn from the table so it cannot go stale."""
        arrows = [
            f"    {source} --> {move.target}: {move.verb}"
            for move in self.transitions()
            for source in sorted(move.sources)
        ]
        return "\n".join(["stateDiagram-v2", *arrows])
