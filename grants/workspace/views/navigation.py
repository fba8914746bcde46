"""The entries of the top bar, by what the reader holds."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, permits

MOST = 6


@dataclass(frozen=True)
class Entry:
    """A page of the top bar and who finds it there: a permission, or roles."""

    label: Sentence
    href: str
    icon: str
    permission: str = ""
    roles: tuple[str, ...] = ()

    def is_for(self, actor: Actor) -> bool:
        if self.permission:
            return permits(actor, self.permission)
        return actor.holds(*self.roles) if self.roles else True


MEMBERS = ("owner", "editor", "viewer")
SIGNED_IN = (
    Entry(_l("Home"), "/home", "home"),
    Entry(_l("Reviews"), "/reviews", "edit", permission="review.pile"),
    Entry(_l("Proposals"), "/desk/proposals", "list", permission="desk.view"),
    Entry(_l("Calls"), "/calls", "flag", roles=("director", "officer", "auditor", "admin")),
    Entry(
        _l("Projects"), "/projects", "sprout", roles=("director", "officer", "finance", "auditor", "district")
    ),
    Entry(_l("Payments"), "/payments", "money", roles=("director", "finance", "auditor")),
    Entry(_l("Funds"), "/funds", "scale", permission="fund.list"),
    Entry(_l("Groups"), "/groups", "group", roles=("director", "officer", "auditor", "district", "admin")),
    Entry(_l("My groups"), "/groups", "group", roles=MEMBERS),
    Entry(_l("Awards"), "/awards", "star", roles=("awards", *MEMBERS)),
    Entry(_l("Open calls"), "/open-calls", "flag", roles=MEMBERS),
    Entry(_l("Messages"), "/messages", "mail"),
    Entry(_l("Settings"), "/settings", "settings", roles=("admin",)),
)
VISITOR = (
    Entry(_l("Open calls"), "/open-calls", "flag"),
    Entry(_l("Public notices"), "/notices", "list"),
    Entry(_l("Funded projects"), "/funded", "sprout"),
    Entry(_l("Hall of honour"), "/honours", "star"),
)


def navigation(actor: Actor) -> list[dict[str, object]]:
    """{label, href, icon, current} of what the reader can use, most used first."""
    entries = [e for e in (SIGNED_IN if actor.is_authenticated else VISITOR) if e.is_for(actor)]
    return [
        {
            "label": str(entry.label),
            "href": entry.href,
            "icon": entry.icon,
            "current": request.path == entry.href or request.path.startswith(f"{entry.href}/"),
        }
        for entry in entries[:MOST]
    ]
