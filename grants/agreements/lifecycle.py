"""The legal moves of grants and of their agreements."""

from __future__ import annotations

from grants.agreements import rules
from grants.agreements.fields import AgreementState as A
from grants.agreements.fields import GrantState as G
from grants.core.lifecycle import Lifecycle, Transition

GRANT = Lifecycle(
    Transition("sign", frozenset({G.PROMISED}), G.ACTIVE),
    Transition("close", frozenset({G.ACTIVE}), G.CLOSED),
    Transition("terminate", frozenset({G.PROMISED, G.ACTIVE}), G.TERMINATED),
)
AGREEMENT = Lifecycle(
    Transition("offer", frozenset({A.DRAFT}), A.OFFERED),
    Transition("recall", frozenset({A.OFFERED}), A.DRAFT, guards=(rules.nobody_signed,)),
    Transition("sign", frozenset({A.OFFERED}), A.SIGNED, guards=(rules.all_signed,)),
)
