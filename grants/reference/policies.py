"""Who may read and change the terms of the city."""

from __future__ import annotations

from typing import Any

from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, predicate, the_system


@predicate(_l("the director or an administrator"))
def whoever_runs_the_house(actor: Actor, subject: Any) -> bool:
    return actor.holds_everywhere("director", "admin")


@predicate(_l("staff and the auditor"))
def staff_or_auditor(actor: Actor, subject: Any) -> bool:
    return actor.holds("director", "officer", "finance", "awards", "admin", "auditor")


PERMISSIONS = {
    "settings.view": staff_or_auditor,
    "settings.edit": whoever_runs_the_house | the_system,
}
