"""Facts about grants and their agreements."""

from __future__ import annotations

from grants.core.events import Event, Visibility
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money


class GrantPromised(Event, frozen=True, kw_only=True):
    """A funded proposal got its grant."""

    sentence = _l("The grant %(number)s was promised.")
    visibility = Visibility.STAFF

    grant_id: int
    proposal_id: int
    organisation_id: int
    number: str
    amount: Money


class AgreementOffered(Event, frozen=True, kw_only=True):
    """The text is fixed and waits for signatures."""

    sentence = _l("The agreement %(number)s is ready to be signed.")

    agreement_id: int
    grant_id: int
    organisation_id: int
    payee_id: int
    number: str
    agreement: str = ""
    content_hash: str


class AgreementRecalled(Event, frozen=True, kw_only=True):
    """The foundation took the text back before anybody signed, to mend it."""

    sentence = _l("The agreement %(number)s was taken back to be changed: %(reason)s")

    agreement_id: int
    grant_id: int
    organisation_id: int
    number: str
    agreement: str = ""
    reason: str


class PartySigned(Event, frozen=True, kw_only=True):
    """One party signed; others may still have to."""

    sentence = _l("%(name)s signed the agreement %(number)s.")

    agreement_id: int
    grant_id: int
    organisation_id: int
    number: str
    agreement: str = ""
    party: str
    name: str


class AgreementSigned(Event, frozen=True, kw_only=True):
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


class GrantTerminated(Event, frozen=True, kw_only=True):
    """The grant ended before its work was done."""

    sentence = _l("The grant %(number)s was terminated: %(reason)s")

    grant_id: int
    organisation_id: int
    number: str
    reason: str
