"""What is measured, and as whom."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.measures import Always, Ask, Asker
from bench.servers import Server

LISTS = ("list of 25", "list of 50")
FORMS = ("section of a draft",)
HOMES = ("home of the officer", "case page")


@dataclass(frozen=True)
class Cast:
    """Keys of an officer and a group's owner, a draft of the group's, a case; drafts to be handed in."""

    officer: str
    group: str
    draft: str
    case: str
    drafts: list[dict[str, str]]


@dataclass(frozen=True)
class Seat:
    """Somebody's cookies with the token that belongs to them, as their browser would send them."""

    cookie: str
    token: str

    def headers(self, **more: str) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-CSRFToken": self.token, **more}


def cookie_of(key: str) -> str:
    return f"sid={key}; language=zh-Hans"


def seated(server: Server, key: str, page: str) -> tuple[Seat, str]:
    """Open a page with a form; answers with who asks from there, and the page."""
    connection = server.connection()
    connection.request("GET", page, headers={"Cookie": cookie_of(key)})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    kept = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    return Seat(f"{cookie_of(key)}; {kept}", found_in(text, "csrf_token")), text


def found_in(page: str, name: str) -> str:
    """The value of a hidden field. Raises RuntimeError where there is none."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)
    if found is None:
        raise RuntimeError(f"no {name} in this page: {page[:300]}")
    return found[1]


def reading(cast: Cast) -> Mapping[str, Asker]:
    """Name → page, in the order of the report."""
    officer, group = {"Cookie": cookie_of(cast.officer)}, {"Cookie": cookie_of(cast.group)}
    return {
        "list of 25": Always(Ask("/desk/proposals", headers=officer)),
        "list of 50": Always(Ask("/desk/proposals?size=50", headers=officer)),
        "home of the officer": Always(Ask("/home", headers=officer)),
        "case page": Always(Ask(f"/cases/{cast.case}", headers=officer)),
        "section of a draft": Always(Ask(section_of(cast.draft), headers=group)),
    }


def section_of(draft: str, section: str = "basics") -> str:
    return f"/proposals/{draft}/sections/{section}"


class SectionSave:
    """Saves of one section by themselves, as the page's script sends them; the version follows the answers."""

    def __init__(self, server: Server, key: str, draft: str) -> None:
        self.path = section_of(draft)
        self.seat, page = seated(server, key, self.path)
        self.version, self.number = int(found_in(page, "version")), 0

    def ask(self) -> Ask:
        self.number += 1
        said = {"version": self.version, "answers": {"title": f"试一试 {self.number}"}}
        headers = self.seat.headers(**{"Content-Type": "application/json", "Accept": "application/json"})
        return Ask(self.path, "PATCH", headers, json.dumps(said))

    def heard(self, answer: bytes) -> None:
        self.version = json.loads(answer)["version"]


class Submission:
    """Each question hands in another draft, by its own owner."""

    def __init__(self, server: Server, cast: Cast) -> None:
        self.seat, _page = seated(server, cast.group, section_of(cast.draft))
        self.drafts: Iterator[dict[str, str]] = iter(cast.drafts)

    def ask(self) -> Ask:
        draft = next(self.drafts)
        kept = self.seat.cookie.rpartition("; ")[2]
        headers = {
            "Cookie": f"{cookie_of(draft['owner'])}; {kept}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"csrf_token": self.seat.token, "signed": "y"})
        return Ask(f"/proposals/{draft['proposal']}/submit", "POST", headers, body, expected=303)

    def heard(self, answer: bytes) -> None:
        """It leads to the receipt."""
