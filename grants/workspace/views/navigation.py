"""What stands around every page: the entries of the top bar by what the reader holds, news, the letterhead, the foot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from flask import request
from msgspec import Struct

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, permits
from grants.messaging.queries import unread_count
from grants.reference.queries import letterhead

# How many entries stand in the dock of a phone, in the bar of a narrow and of a wide window.
# Where there are more of them, the last place of the dock and the end of the bar is "More".
DOCK, NARROW, WIDE = 5, 5, 7


class Entry(Struct, frozen=True):
    """A page of the top bar and who finds it there: a permission, roles, or both.

    `also` are the beginnings of other addresses that belong to it.
    """

    label: Sentence
    href: str
    icon: str
    permission: str = ""
    roles: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def is_for(self, actor: Actor) -> bool:
        held = actor.holds(*self.roles) if self.roles else True
        return held and (permits(actor, self.permission) if self.permission else True)

    def fit(self, path: str) -> int:
        """How much of an address speaks for this entry."""
        return max(
            (len(start) for start in (self.href, *self.also) if f"{path}/".startswith(f"{start}/")), default=0
        )


MEMBERS = ("owner", "editor", "viewer")
STAFF = ("director", "officer", "finance", "awards", "auditor", "admin")
OVERSEERS = ("director", "officer", "finance", "auditor", "district")
# Most used first: the first ones stand at the thumb.
SIGNED_IN = (
    Entry(_l("Home"), "/home", "home"),
    Entry(_l("My reviews"), "/reviews", "edit", permission="review.pile"),
    Entry(_l("Proposals"), "/desk/proposals", "list", permission="desk.view", also=("/proposals", "/cases")),
    Entry(_l("Projects"), "/projects", "sprout", roles=(*OVERSEERS, *MEMBERS)),
    Entry(_l("My groups"), "/groups", "group", roles=MEMBERS, also=("/volunteers",)),
    Entry(_l("Payments"), "/payments", "money", permission="payment.list"),
    Entry(_l("Calls"), "/calls", "flag", roles=("director", "officer", "auditor", "admin")),
    Entry(
        _l("Reviews"),
        "/reviews/stages",
        "edit",
        permission="review_stage.list",
        also=("/reviews/entries", "/reviews/assignments"),
    ),
    Entry(_l("Open calls"), "/open-calls", "flag", roles=MEMBERS),
    Entry(_l("Groups"), "/groups", "group", permission="organisation.list", also=("/volunteers", "/regions")),
    Entry(_l("Awards"), "/awards", "star", roles=(*STAFF, *MEMBERS)),
    Entry(_l("Agreements"), "/agreements", "sign", permission="agreement.list", roles=(*STAFF, "district")),
    Entry(_l("Close-outs"), "/closeouts", "check", permission="closeout.list"),
    Entry(_l("Funds"), "/funds", "scale", permission="fund.list"),
    Entry(_l("People"), "/people", "user", permission="people.view"),
    Entry(_l("Settings"), "/settings", "settings", permission="settings.view", roles=("admin", "director")),
)
VISITOR = (
    Entry(_l("Open calls"), "/open-calls", "flag"),
    Entry(_l("Public notices"), "/notices", "list"),
    Entry(_l("Funded projects"), "/funded", "sprout"),
    Entry(_l("Hall of honour"), "/honours", "star"),
)
FOOT = (
    *VISITOR,
    Entry(_l("Check a paper"), "/check", "shield"),
    Entry(_l("Privacy notice"), "/privacy", "lock"),
)


def around(actor: Actor) -> dict[str, object]:
    """What `base.html` and the layouts show on every page."""
    name, contact = letterhead()
    return {
        "nav": navigation(actor),
        "foot_links": [{"label": str(entry.label), "href": entry.href} for entry in FOOT],
        "foundation_name": name,
        "foundation_contact": contact,
        "unread": unread_count(actor) if actor.user_id is not None else 0,
    }


def navigation(actor: Actor) -> list[dict[str, object]]:
    """{label, href, icon, current, away, more}: `away` and `more` are as in `Place`."""
    entries = [e for e in (SIGNED_IN if actor.is_authenticated else VISITOR) if e.is_for(actor)]
    entries = _unlike(entries)
    fits = [entry.fit(request.path) for entry in entries]
    best = max(fits, default=0)
    return [
        {
            "label": str(entry.label),
            "href": entry.href,
            "icon": entry.icon,
            "current": best > 0 and fit == best,
            "away": place.away,
            "more": place.more,
        }
        for entry, fit, place in zip(entries, fits, _places(len(entries)), strict=True)
    ]


def _unlike(entries: Sequence[Entry]) -> list[Entry]:
    """Each address once, under the first of its names."""
    found = {entry.href: entry for entry in reversed(entries)}
    return [entry for entry in entries if found[entry.href] is entry]


class Place(Struct, frozen=True):
    """Where an entry does not stand, as classes: at which widths not in the bar, at which not under "More"."""

    away: str
    more: str


@cache
def _places(total: int) -> tuple[Place, ...]:
    room = {"phone": DOCK if total <= DOCK else DOCK - 1, "narrow": NARROW, "wide": WIDE}
    places = []
    for place in range(total):
        fits = {width: place < most for width, most in room.items()}
        away = [f"not-{width}" for width, fit in fits.items() if not fit]
        places.append(Place(" ".join(away), " ".join(f"not-{width}" for width, fit in fits.items() if fit)))
    return tuple(places)
