"""Who may see, write and publish calls."""

from __future__ import annotations

from typing import Any

from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate, the_system

READERS = ("director", "officer", "finance", "awards", "admin", "auditor")
SCOPED_READERS = ("board",)
WRITERS = ("director", "officer")
MOVERS = ("director", "officer", "board")


@predicate(_l("the foundation's staff, the board and the auditor"))
def reads_calls(actor: Actor, call: Any) -> bool:
    return actor.holds_everywhere(*READERS, *SCOPED_READERS) or _within(actor, call, *READERS)


@predicate(_l("the foundation's staff"))
def lists_calls(actor: Actor, subject: Any) -> bool:
    return actor.holds(*READERS, *SCOPED_READERS)


@predicate(_l("the director and the officers of the call"))
def writes_the_call(actor: Actor, call: Any) -> bool:
    return _within(actor, call, *WRITERS)


@predicate(_l("the director and the officers"))
def begins_calls(actor: Actor, subject: Any) -> bool:
    return actor.holds_everywhere(*WRITERS)


@predicate(_l("the director, the officers of the call and the board"))
def moves_the_call(actor: Actor, call: Any) -> bool:
    return _within(actor, call, *MOVERS)


def _within(actor: Actor, call: Any, *roles: str) -> bool:
    return actor.holds_within(*roles, call_id=call.id if call is not None else None)


PERMISSIONS: Permissions = {
    "call.list": lists_calls,
    "call.view": reads_calls,
    "call.begin": begins_calls,
    "call.edit": writes_the_call,
    "call.publish": writes_the_call,
    "call.correct": writes_the_call,
    "call.postpone": writes_the_call,
    "call.cancel": writes_the_call,
    "call.advance": moves_the_call | the_system,
}
