"""Which pages were looked at: each kind of page once, and again when it holds something not seen before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

# Kinds of page that differ by a word of their address: each step, each section is one of its own.
BY_STEP = {"call_editor.edit_page": "step", "proposal_drafts.section": "key"}
FILES = re.compile(
    r"^(static|stylesheet|documents\.|api|call_feeds\.|operation\.|language\.)|_pdf$|_csv$|export|\.exact$"
)
# What nobody has before them on the day the demo year was loaded: each is looked at while the year is walked.
IN_THE_YEAR = frozenset(
    {
        "accounts.confirm", "accounts.invited", "accounts.reset", "agreements.edit", "agreements.sign",
        "awards.edit_category", "awards.edit_cycle", "awards.new_category", "calls.preview", "members.invitation",
        "nominations.begin", "proposal_desk.recommend", "proposals.versions", "reviews.tie", "threads.begin",
        "threads.show",
    }
)  # fmt: skip
# What differs between two pages of one kind without changing how they are made.
VALUES = re.compile(r'\s(?!class|type|role|hidden|disabled|required|open)[a-z-]+="[^"]*"')
TAG = re.compile(r"<[a-z][^>]*>")


@dataclass
class Walk:
    """What was met so far, and what is still new."""

    doors: MapAdapter
    kinds: set[str] = field(default_factory=set)
    parts: set[tuple[str, str]] = field(default_factory=set)

    @property
    def pages(self) -> set[str]:
        """The endpoints met."""
        return {kind.partition(":")[0] for kind in self.kinds}

    def kind_of(self, path: str) -> str:
        """Pages that differ by what they show, not by how they are made, are one kind; empty for no page."""
        try:
            endpoint, values = self.doors.match(urlsplit(path).path, method="GET")
        except HTTPException:
            return ""
        if FILES.search(endpoint):
            return ""
        step = BY_STEP.get(endpoint)
        return f"{endpoint}:{values[step]}" if step else str(endpoint)

    def is_new(self, kind: str, html: str) -> bool:
        parts = {(kind, VALUES.sub("", tag)) for tag in TAG.findall(html)}
        fresh = kind not in self.kinds or not parts <= self.parts
        self.parts |= parts
        self.kinds.add(kind)
        return fresh
