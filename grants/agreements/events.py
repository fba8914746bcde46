"""Facts about grants and their agreements."""

from __future__ import annotations

from dataclasses import dataclass

from grants.core.events import Event, Visibility
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money


@dataclass(frozen=True, kw_only=True)
class GrantPromised(Event):
    """A funded proposal got its grant."""

    sentence = _l("The grant %(number)s was promised.")
    visibility = Visibility.STAFF

    grant_id: int
    proposal_id: int
    organisation_id: int
    number: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class AgreementOffered(Event):
    """The text is fixed and waits for signatures."""

    sentence = _l("The agreement %(number)s is ready to be signed.")

    agreement_id: int
    grant_id: int
    organisation_id: int
    payee_id: int
    number: str
    agreement: str = ""
    content_hash: str


@dataclass(frozen=True, kw_only=True)
class AgreementRecalled(Event):
    """The foundation took the text back before anybody signed, to mend it."""

    sentence = _l("The agreement %(number)s was taken back to be changed: %(reason)s")

    agreement_id: int
    grant_id: int
    organisation_id: int
    number: str
    agreement: str = ""
    reason: str


@dataclass(frozen=True, kw_only=True)
class PartySigned(Event):
    """One party signed; others may still have to."""

    sentence = _l("%(name)s signed the agreement %(number)s.")

    agreement_id: int
    grant_id: int
    organisation_id: int
    number: str
    agreement: str = ""
    party: str
    name: str


@dataclass(frozen=True, kw_only=True)
class AgreementSigned(Event):
    """All parties signed: the grant runs, the project begins, tranches follow."""

    sentence = _l("The agreement %(number)s is signed by all parties.")

    agreement_id: int
    grant_id: int
    proposal_id: int
    organisation_id: int
    payee_id: int
    number: str
    agreement: str = ""
    amount: Money


@dataclass(frozen=True, kw_only=True)
class GrantTerminated(Event):
    """The grant ended before its work was done."""

    sentence = _l("The grant %(number)s was terminated: %(reason)s")

    grant_id: int
    organisation_id: int
    number: str
    reason: str
