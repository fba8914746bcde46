"""People at work all the while: they save, hand in, read, and remember what they were told."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from urllib.parse import urlencode

from bench.pages import Cast, Seat, cookie_of, found_in, section_of
from bench.servers import Server

AWAY = (OSError, http.client.HTTPException)
FORM = "application/x-www-form-urlencoded"
JSON = {"Content-Type": "application/json", "Accept": "application/json"}
Said = tuple[int, str, str]


@dataclass
class Told:
    """What the server said to all of them together: statuses, lost connections, answers that must not be."""

    statuses: Counter[int] = field(default_factory=Counter)
    away: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class Person:
    """Somebody with a key, who asks, and reloads the page when the answer did not come."""

    server: Server
    key: str
    told: Told

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> Said | None:
        """Status, text and cookie; nothing when the connection broke."""
        connection = self.server.connection(timeout=60)
        try:
            connection.request(method, path, body=body, headers={"Cookie": cookie_of(self.key), **headers})
            answer = connection.getresponse()
            text = answer.read().decode()
        except AWAY:
            self.told.away += 1
            time.sleep(0.1)
            return None
        finally:
            connection.close()
        self.told.statuses[answer.status] += 1
        if answer.status >= 500 and answer.status != 503:
            self.told.faults.append(f"{method} {path} answered {answer.status}: {text[:160]}")
        return answer.status, text, (answer.headers["Set-Cookie"] or "").partition(";")[0]

    def seat(self, path: str, over: threading.Event) -> tuple[Seat, str] | None:
        """Open a page with a form, as often as it takes."""
        while not over.is_set():
            said = self.ask("GET", path)
            if said and said[0] == 200:
                return Seat(f"{cookie_of(self.key)}; {said[2]}", found_in(said[1], "csrf_token")), said[1]
            time.sleep(0.1)
        return None


class Writer:
    """Saves number after number in the title of a draft."""

    def __init__(self, person: Person, draft: str) -> None:
        self.person, self.draft, self.path = person, draft, section_of(draft)
        self.acknowledged, self.sent, self.saves, self.version = 0, 0, 0, 0

    def work(self, over: threading.Event) -> None:
        seat = self._open(over)
        while seat and not over.is_set():
            self.sent += 1
            body = json.dumps({"version": self.version, "answers": {"title": f"试一试 {self.sent}"}})
            said = self.person.ask("PATCH", self.path, body, **seat.headers(**JSON))
            if said and said[0] == 200:
                version = int(json.loads(said[1])["version"])
                if version != self.version + 1:
                    self.person.told.faults.append(f"{self.path}: version {self.version} became {version}")
                self.version, self.acknowledged = version, self.sent
                self.saves += 1
                time.sleep(0.02)
            else:
                seat = self._open(over)

    def _open(self, over: threading.Event) -> Seat | None:
        """One save may have been kept without an answer; no version comes from nowhere."""
        found = self.person.seat(self.path, over)
        if found is None:
            return None
        version = int(found_in(found[1], "version"))
        if self.version and version not in {self.version, self.version + 1}:
            self.person.told.faults.append(f"{self.path}: version {self.version}, then {version} stood there")
        self.version = version
        return found[0]


class Clerk:
    """Hands in draft after draft, each by its own owner; asks again until it hears or sees that it is in."""

    def __init__(self, server: Server, drafts: SimpleQueue[dict[str, str]], told: Told) -> None:
        self.server, self.drafts, self.told = server, drafts, told
        self.acknowledged: list[str] = []

    def work(self, over: threading.Event) -> None:
        while not over.is_set() and not self.drafts.empty():
            draft = self.drafts.get()
            person = Person(self.server, draft["owner"], self.told)
            while not over.is_set():
                if self._hand_in(person, draft["proposal"]):
                    self.acknowledged.append(draft["proposal"])
                    break
            over.wait(0.15)

    def _hand_in(self, person: Person, draft: str) -> bool:
        """Whether it is in. The page of a section leads away once it is: then only the answer was lost before."""
        said = person.ask("GET", section_of(draft))
        if said is None or said[0] != 200:
            return said is not None and said[0] == 303
        seat = Seat(f"{cookie_of(person.key)}; {said[2]}", found_in(said[1], "csrf_token"))
        body = urlencode({"csrf_token": seat.token, "signed": "y"})
        headers = {"Cookie": seat.cookie, "Content-Type": FORM}
        said = person.ask("POST", f"/proposals/{draft}/submit", body, **headers)
        return said is not None and said[0] == 303


class Reader:
    """An officer who looks at one page after the other."""

    def __init__(self, person: Person, cast: Cast) -> None:
        self.person = person
        self.pages = ("/desk/proposals", "/home", f"/cases/{cast.case}", "/messages")

    def work(self, over: threading.Event) -> None:
        place = 0
        while not over.is_set():
            self.person.ask("GET", self.pages[place % len(self.pages)])
            place += 1
            time.sleep(0.05)


@dataclass
class Crowd:
    """All of them, and what they were told."""

    writers: list[Writer]
    clerks: list[Clerk]
    readers: list[Reader]
    told: Told
    over: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        for each in (*self.writers, *self.clerks, *self.readers):
            self.threads.append(threading.Thread(target=self._guarded, args=(each.work,), daemon=True))
            self.threads[-1].start()

    def heard(self) -> int:
        """How often somebody was told that something is kept."""
        return sum(each.saves for each in self.writers) + sum(len(each.acknowledged) for each in self.clerks)

    def end(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(90)

    def _guarded(self, work: Callable[[threading.Event], None]) -> None:
        try:
            work(self.over)
        except Exception as error:  # noqa: BLE001 - told with everything else that was not as promised
            self.told.faults.append(f"somebody could not go on: {type(error).__name__}: {error}")


def crowd(server: Server, cast: Cast, writers: int = 2, clerks: int = 2) -> Crowd:
    """The last drafts are written in, the others handed in."""
    told = Told()
    written, handed_in = cast.drafts[-writers:], SimpleQueue[dict[str, str]]()
    for each in cast.drafts[:-writers]:
        handed_in.put(each)
    return Crowd(
        [Writer(Person(server, each["owner"], told), each["proposal"]) for each in written],
        [Clerk(server, handed_in, told) for _ in range(clerks)],
        [Reader(Person(server, cast.officer, told), cast)],
        told,
    )
