"""Who may open the desk and the case pages."""

from __future__ import annotations

from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate, signed_in
from grants.proposals.policies import READERS, the_conflicted, the_foundation


@predicate(_l("people of the foundation and the auditor"))
def reads_the_desk(actor: Actor, subject: object) -> bool:
    return actor.holds(*READERS)


PERMISSIONS: Permissions = {
    "home.view": signed_in,
    "desk.view": reads_the_desk,
    "case.view": the_foundation - the_conflicted,
}
