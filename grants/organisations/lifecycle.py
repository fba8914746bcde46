"""How a hand-over and a tie move."""

from __future__ import annotations

from grants.core.lifecycle import Lifecycle, Transition
from grants.organisations.fields import ConflictState, HandOverState

HAND_OVER = Lifecycle(
    Transition("accept", frozenset({HandOverState.PROPOSED}), HandOverState.ACCEPTED),
    Transition("decline", frozenset({HandOverState.PROPOSED}), HandOverState.DECLINED),
    Transition("withdraw", frozenset({HandOverState.PROPOSED}), HandOverState.WITHDRAWN),
)
CONFLICT = Lifecycle(
    Transition(
        "confirm", frozenset({ConflictState.SUSPECTED, ConflictState.CLEARED}), ConflictState.CONFIRMED
    ),
    Transition("clear", frozenset({ConflictState.SUSPECTED, ConflictState.CONFIRMED}), ConflictState.CLEARED),
)
