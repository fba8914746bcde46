"""The year of one call: who takes part, what the clock shows, and what is remembered from step to step."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.journeys.house import House
from tests.journeys.person import Person
from tests.journeys.walk import Walk

# People who are not of the demo: they open their account in the story.
NEWCOMERS = {"leader": "lin@example.org", "member": "zhao@example.org"}
SECRET = "a quiet lane with an old banyan"


@dataclass
class Story:
    """Everybody of one walk through the year, in one language, at one size of window."""

    house: House
    people: Callable[..., Person]
    size: tuple[int, int]
    language: str
    walk: Walk
    seated: dict[str, Person] = field(default_factory=dict)
    # What a later step needs: addresses (`call`), numbers, amounts.
    kept: dict[str, str] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        """Somebody at their own browser, signed in once; a visitor for the empty name."""
        if name not in self.seated:
            person = self.newcomer(name)
            if name in NEWCOMERS:
                person.sign_in(NEWCOMERS[name], SECRET)
            elif name:
                person.sign_in(name)
                person.open(f"/lang/{self.language}?next=/home")
        return self.seated[name]

    def newcomer(self, name: str) -> Person:
        """Somebody nobody knows yet."""
        self.seated[name] = self.people(size=self.size, language=self.language, walk=self.walk)
        return self.seated[name]

    def said(self, zh: str, en: str) -> str:
        """What data that has both languages shows to these readers."""
        return en if self.language == "en" else zh

    def shot(self, name: str, person: Person) -> None:
        """Keep a picture of a key screen for people to look at, when `GRANTS_SHOTS` names a folder."""
        if folder := os.environ.get("GRANTS_SHOTS"):
            picture = Path(folder, f"{name}-{self.language}-{self.size[0]}.png")
            person.page.screenshot(path=picture, full_page=True)

    def clock(self, day: str, time: str = "09:00") -> None:
        """Move the demo's clock forward, as any visitor may, and do the work that has come due."""
        self.person("").open("/demo/clock")
        self.person("").send("/demo/clock", {"to": f"{day}T{time}"})
        self.house.jobs()
