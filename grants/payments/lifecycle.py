"""How a tranche and a payee account may move."""

from __future__ import annotations

from grants.core.lifecycle import Lifecycle, Transition
from grants.payments.fields import AccountState as A
from grants.payments.fields import TrancheState as T

TRANCHE = Lifecycle(
    Transition("open", frozenset({T.LOCKED}), T.PAYABLE),
    Transition("lock", frozenset({T.PAYABLE}), T.LOCKED),
    Transition("apply", frozenset({T.PAYABLE}), T.APPLIED),
    Transition("send_back", frozenset({T.APPLIED}), T.PAYABLE),
    Transition("approve", frozenset({T.APPLIED}), T.APPROVED),
    Transition("pay", frozenset({T.APPROVED}), T.PAID),
    Transition("cancel", frozenset({T.LOCKED, T.PAYABLE, T.APPLIED}), T.CANCELLED),
)

ACCOUNT = Lifecycle(
    Transition("confirm", frozenset({A.PROPOSED}), A.CONFIRMED),
    Transition("refuse", frozenset({A.PROPOSED}), A.REFUSED),
    Transition("retire", frozenset({A.CONFIRMED}), A.RETIRED),
)
