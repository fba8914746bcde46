"""Who may see and make notices, and who reads and decides objections."""

from __future__ import annotations

from typing import Any

from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, anyone, predicate, the_system
from grants.organisations.policies import tied

STAFF = ("director", "officer", "finance", "awards", "admin", "auditor")
PUBLISHERS = ("director", "officer", "awards", "board")
DECIDERS = ("director", "officer")


@predicate(_l("anyone, once it is shown"))
def once_shown(actor: Actor, notice: Any) -> bool:
    return notice.published_at is not None


@predicate(_l("the foundation's staff and the auditor"))
def staff_and_auditor(actor: Actor, notice: Any) -> bool:
    return actor.holds(*STAFF)


@predicate(_l("those who publish results"))
def publishes(actor: Actor, notice: Any) -> bool:
    return actor.holds(*PUBLISHERS)


@predicate(_l("the director and the officers"))
def decides_objections(actor: Actor, objection: Any) -> bool:
    return actor.holds(*DECIDERS)


@predicate(_l("whoever has a tie to the group"))
def tied_to_the_item(actor: Actor, objection: Any) -> bool:
    return tied(actor, case=objection.item_key)


@predicate(_l("the director, the officers and the auditor"))
def reads_objections(actor: Actor, notice: Any) -> bool:
    return actor.holds(*DECIDERS, "auditor")


PERMISSIONS: Permissions = {
    "notice.view": once_shown | staff_and_auditor,
    "notice.publish": publishes | the_system,
    "notice.correct": publishes | the_system,
    "notice.close": publishes | the_system,
    "objection.raise": anyone,
    "objection.list": reads_objections,
    "objection.view": reads_objections - tied_to_the_item,
    "objection.decide": decides_objections - tied_to_the_item,
}
