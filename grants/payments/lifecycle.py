"""How a tranche and a payee account may move. No way leads to “paid” past the gate or with one person alone."""

from __future__ import annotations

from grants.core.lifecycle import Lifecycle, Transition
from grants.payments.fields import AccountState as A
from grants.payments.fields import TrancheState as T
from grants.payments.rules import (
    a_second_person_approves,
    gate_must_be_met,
    nothing_may_hold,
    somebody_else_pays,
)

FREE_TO_GO = (gate_must_be_met, nothing_may_hold)

TRANCHE = Lifecycle(
    Transition("open", frozenset({T.LOCKED}), T.PAYABLE, guards=(gate_must_be_met,)),
    Transition("apply", frozenset({T.PAYABLE}), T.APPLIED, guards=FREE_TO_GO),
    Transition("approve", frozenset({T.APPLIED}), T.APPROVED, guards=(*FREE_TO_GO, a_second_person_approves)),
    Transition("send_back", frozenset({T.APPLIED, T.APPROVED}), T.PAYABLE),
    Transition("pay", frozenset({T.APPROVED}), T.PAID, guards=(*FREE_TO_GO, somebody_else_pays)),
    Transition("cancel", frozenset({T.LOCKED, T.PAYABLE, T.APPLIED, T.APPROVED}), T.CANCELLED),
)

ACCOUNT = Lifecycle(
    Transition("confirm", frozenset({A.PROPOSED}), A.CONFIRMED),
    Transition("refuse", frozenset({A.PROPOSED}), A.REFUSED),
    Transition("retire", frozenset({A.PROPOSED, A.CONFIRMED}), A.RETIRED),
)
