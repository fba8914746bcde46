"""Who may see and move money."""

from __future__ import annotations

from typing import Any

from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate, the_system

READERS = ("finance", "director", "auditor")
KEEPERS = ("finance", "director")
PROMISERS = ("director", "board", "officer", "finance", "awards")


@predicate(_l("finance, the director and the auditor"))
def reads_the_books(actor: Actor, fund: Any) -> bool:
    return actor.holds_everywhere(*READERS)


@predicate(_l("finance and the director"))
def keeps_the_books(actor: Actor, fund: Any) -> bool:
    return actor.holds_everywhere(*KEEPERS)


@predicate(_l("those who decide on grants and awards"))
def promises_money(actor: Actor, fund: Any) -> bool:
    return actor.holds(*PROMISERS)


PERMISSIONS: Permissions = {
    "fund.list": reads_the_books,
    "fund.view": reads_the_books,
    "fund.manage": keeps_the_books | the_system,
    "fund.commit": promises_money | the_system,
    "fund.pay": keeps_the_books | the_system,
}
