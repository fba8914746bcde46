"""Who may write in a thread: whoever may see its thing, unless they are here to read only."""

from __future__ import annotations

from typing import Any

from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate


@predicate(_l("people who take part, not those who only read"))
def somebody_who_takes_part(actor: Actor, subject: Any) -> bool:
    return actor.is_authenticated and {held.role for held in actor.roles} != {"auditor"}


PERMISSIONS: Permissions = {"thread.post": somebody_who_takes_part}
