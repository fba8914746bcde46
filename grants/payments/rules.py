"""Pure rules of paying: what holds money back, what an account must be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from grants.core.errors import Violation
from grants.core.i18n import date_text
from grants.core.i18n import gettext as _
from grants.core.money import Money, total
from grants.core.text import folded

WAITING_WORKING_DAYS = 3
ACCOUNT_NUMBER = re.compile(r"\d{8,30}")


@dataclass(frozen=True)
class PayeeFacts:
    """The account money would go to; `usable_from` is None while nobody has confirmed one."""

    is_confirmed: bool
    usable_from: date | None


@dataclass(frozen=True)
class Hold:
    """Something that keeps a payable tranche from being paid, in words."""

    code: str
    sentence: str


def holds(*, findings: Sequence[str], is_suspended: bool, payee: PayeeFacts, on: date) -> Iterator[Hold]:
    """Every reason why money must wait, so that the person can mend them all at once."""
    for title in findings:
        yield Hold("finding", _("The finding “%(title)s” is not closed.", title=title))
    if is_suspended:
        yield Hold("suspended", _("The project is suspended."))
    if not payee.is_confirmed:
        yield Hold("no_account", _("No account of the payee has been confirmed yet."))
    elif payee.usable_from is not None and on < payee.usable_from:
        yield Hold(
            "new_account",
            _("The account is new: it can be used from %(day)s.", day=date_text(payee.usable_from)),
        )


def parts_make_the_whole(amount: Money, parts: Sequence[Money]) -> Iterator[Violation]:
    """Tranches sum to the grant, to the fen (hard rule 5)."""
    if total(parts) != amount:
        yield Violation(
            "tranches_do_not_sum",
            _("The tranches make %(sum)s, the grant is %(amount)s.", sum=total(parts), amount=amount),
        )


def second_person(applied_by_id: int | None, approver_id: int | None) -> Iterator[Violation]:
    """Whoever applies does not approve (hard rule 5)."""
    if applied_by_id is not None and applied_by_id == approver_id:
        yield Violation("same_person", _("You applied for this payment, so somebody else has to approve it."))


def account_faults(holder_name: str, number: str, allowed_names: Sequence[str]) -> Iterator[Violation]:
    """The name on the account must be the organisation's own, or its host's."""
    if folded(holder_name) not in {folded(name) for name in allowed_names}:
        yield Violation(
            "name_differs",
            _("The account must be in the name of %(names)s.", names=_(" or ").join(allowed_names)),
            "holder_name",
        )
    if not ACCOUNT_NUMBER.fullmatch(number):
        yield Violation("number_strange", _("An account number has 8 to 30 digits."), "number")
