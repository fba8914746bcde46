"""The closed sets of words about grants and agreements, and their limits."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

NAME_CHARACTERS = 80
ITEM_CHARACTERS = 120
QUANTITY_CHARACTERS = 40
TEXT_CHARACTERS = 300
REASON_CHARACTERS = 1000
MOST_DUTIES = 20
MOST_IN_KIND = 10


class GrantState(StrEnum):
    """How far a promise of money has come."""

    PROMISED = "promised"
    ACTIVE = "active"
    CLOSED = "closed"
    TERMINATED = "terminated"


class AgreementState(StrEnum):
    """How far the text has come."""

    DRAFT = "draft"
    OFFERED = "offered"
    SIGNED = "signed"


class Party(StrEnum):
    """Who signs. The host signs too when money goes to its account."""

    FOUNDATION = "foundation"
    GROUP = "group"
    HOST = "host"


class Turn(StrEnum):
    """Who has to do the next thing with an agreement, the most urgent for the foundation first."""

    OFFICER = "officer"
    FOUNDATION = "foundation"
    BOTH = "group and host"
    GROUP = "group"
    HOST = "host"
    NOBODY = "nobody"


TURNS: Mapping[Turn, Sentence] = {
    Turn.OFFICER: _l("the officer offers it"),
    Turn.FOUNDATION: _l("the foundation signs"),
    Turn.BOTH: _l("group and host sign"),
    Turn.GROUP: _l("the group signs"),
    Turn.HOST: _l("the host signs"),
    Turn.NOBODY: _l("nothing to do"),
}
GRANT_STATES: Mapping[GrantState, Sentence] = {
    GrantState.PROMISED: _l("Agreement pending"),
    GrantState.ACTIVE: _l("Grant running"),
    GrantState.CLOSED: _l("Grant closed"),
    GrantState.TERMINATED: _l("Grant terminated"),
}
AGREEMENT_STATES: Mapping[AgreementState, Sentence] = {
    AgreementState.DRAFT: _l("Draft agreement"),
    AgreementState.OFFERED: _l("To be signed"),
    AgreementState.SIGNED: _l("Signed by all"),
}
AGREEMENT_TONES: Mapping[AgreementState, str] = {
    AgreementState.DRAFT: "",
    AgreementState.OFFERED: "wait",
    AgreementState.SIGNED: "done",
}
PARTIES: Mapping[Party, Sentence] = {
    Party.FOUNDATION: _l("Foundation"),
    Party.GROUP: _l("Volunteer group"),
    Party.HOST: _l("Host organisation"),
}
