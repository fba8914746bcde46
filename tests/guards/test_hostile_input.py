"""Bad input at every form and every list, sent by somebody who may: never a fault of ours, and nothing typed is lost."""

from __future__ import annotations

import io
import os
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from grants.core import text
from grants.core.policy import permits
from tests.demo_year import Year
from tests.guards import subjects
from tests.guards.forms_reached import Controls, names_in_forms
from tests.guards.matrix import ABSENT, PEOPLE, Cell, Matrix, method_of
from tests.guards.reach import permissions_asked

pytestmark = pytest.mark.slow

FINE = frozenset({200, 204, 302, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429})
HUGE = "长" * 34_000
FOUR_BYTES = "𠀀𪚥🌱 <b>&amp;\"'"
CONTROLS = "a\x00b\x07c\x1b[31m\ud7ff\u202e\ufeff"
WRONG = (
    "abc",
    "2026-13-99",
    "-1",
    "1e309",
    "NaN",
    "９" * 30,
    "99999999999999999999",
    "true",
    "[]",
    "{}",
    "%s",
    "../..",
)
STATES = 3
FIXED_SEED = 20261121


@dataclass(frozen=True)
class Act:
    """A write at an address with real arguments, by somebody who may, and the fields it understands."""

    cell: Cell
    who: str
    state: str
    fields: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.cell.endpoint} {self.cell.path} by {self.who or 'a visitor'} ({self.state or 'any state'})"


def acts_of(matrix: Matrix) -> Iterator[Act]:
    """For every write, a subject in each of a few states, with somebody the policy lets do it."""
    known = matrix.year.app.extensions["grants.permissions"]
    for rule in matrix.rules():
        if not {"POST", "PUT", "PATCH", "DELETE"} & set(rule.methods or ()):
            continue
        view = matrix.year.app.view_functions[rule.endpoint]
        asked, names = permissions_asked(view, known), tuple(names_in_forms(view))
        seen: set[str] = set()
        for values in subjects.candidates(rule) if rule.arguments else [{}]:
            subject = matrix.subject(rule.endpoint, values)
            state = str(getattr(subject, "state", ""))
            who = None if subject is ABSENT or state in seen else _who(matrix, rule.endpoint, subject, asked)
            if who is not None and len(seen) < STATES:
                seen.add(state)
                yield Act(matrix.cell(rule, values), who, state, names)


def _who(matrix: Matrix, endpoint: str, subject: Any, asked: list[str]) -> str | None:
    """Somebody who may; better somebody who may do all of it."""
    best: tuple[int, str] | None = None
    for name, actor in matrix.actors.items():
        if not name and matrix.access(endpoint) != "public":
            continue
        if matrix.may_see(endpoint, subject, actor):
            score = sum(_permits(actor, each, subject) for each in asked)
            if best is None or score > best[0]:
                best = (score, name)
    return best[1] if best else None


def _permits(actor: Any, permission: str, subject: Any) -> bool:
    try:
        return permits(actor, permission, subject)
    except AttributeError:
        return False


@pytest.fixture(scope="module")
def matrix(year: Year) -> Matrix:
    found = Matrix(year)
    for name in PEOPLE:
        year.browser(name)
    year.keep()
    return found


@pytest.fixture(scope="module")
def acts(year: Year, matrix: Matrix) -> list[Act]:
    with year.reading():
        found = list(acts_of(matrix))
    return [act for act in found if act.cell.endpoint != "accounts.sign_out"]


@dataclass
class Sender:
    """Sends as one person and puts the year back when something was kept."""

    year: Year

    def __post_init__(self) -> None:
        self.watching = sqlite3.connect(self.year.file)
        self.seen = _version(self.watching)

    def send(self, act: Act, data: Mapping[str, Any], times: int = 1) -> TestResponse:
        client = self.year.browser(act.who)
        body = {**data, "csrf_token": self.year.tokens[act.who]}
        for _ in range(times):
            answer = client.open(act.cell.path, method=method_of(act.cell), data=dict(body), buffered=True)
        self.tidy()
        return answer

    def send_json(self, act: Act, body: bytes) -> TestResponse:
        headers = {"X-CSRFToken": self.year.tokens[act.who], "Accept": "application/json"}
        answer = self.year.browser(act.who).open(
            act.cell.path, method=method_of(act.cell), data=body, headers=headers,
            content_type="application/json", buffered=True,
        )  # fmt: skip
        self.tidy()
        return answer

    def tidy(self) -> None:
        """Put the year back if anything was kept."""
        if _version(self.watching) != self.seen:
            self.year.restore()
            self.seen = _version(self.watching)


def _version(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return found


@pytest.fixture
def sender(year: Year, matrix: Matrix) -> Iterator[Sender]:
    found = Sender(year)
    yield found
    found.watching.close()


def fields_of(act: Act, sender: Sender) -> list[str]:
    """Those of the form classes, and those on the page at the same address, where there is one."""
    shown: list[str] = []
    if "GET" in (act.cell.rule.methods or ()) or act.cell.endpoint in ON_A_PAGE_OF_THEIR_OWN:
        page = sender.year.browser(act.who).get(act.cell.path, buffered=True)
        shown = list(Controls(page.text).found) if page.mimetype == "text/html" else []
    begun = [f"{PREFIXES.get(act.cell.endpoint, '')}{name}" for name in act.fields]
    return [name for name in dict.fromkeys([*begun, *shown]) if name != "csrf_token"]


# Forms whose fields are data: the page that shows them stands at the same address under GET.
ON_A_PAGE_OF_THEIR_OWN = frozenset({"proposal_drafts.save", "reviews.keep", "call_editor.save"})
# Forms that share a page with another and so begin their names.
PREFIXES = {"funds.set_budget": "budget-"}
Fill = Callable[[str, int], str]
WAYS: Mapping[str, Fill | None] = {
    "empty": None,
    "huge": lambda _name, _place: HUGE,
    "control characters": lambda _name, _place: CONTROLS,
    "four bytes": lambda _name, _place: FOUR_BYTES,
    "wrong types": lambda _name, place: WRONG[place % len(WRONG)],
    "unknown choice": lambda _name, _place: "no-such-choice",
    "stale": lambda name, _place: "1" if "version" in name else "x",
}


def filled(names: list[str], fill: Fill | None) -> dict[str, str]:
    """At most thirty huge fields: more is refused as a whole, which is tried apart."""
    if fill is None:
        return {}
    return {
        name: fill(name, place) for place, name in enumerate(names[:30] if fill("", 0) is HUGE else names)
    }


@pytest.mark.parametrize("way", WAYS)
def test_no_form_breaks_and_typed_text_stands(acts: list[Act], sender: Sender, way: str) -> None:
    wrong, tried = [], set()
    for act in acts:
        if act.cell.endpoint in tried and way not in {"empty", "wrong types"}:
            continue
        tried.add(act.cell.endpoint)
        sent = filled(fields_of(act, sender), WAYS[way])
        wrong += complaints(
            act, sender.send(act, sent), sent if way in {"four bytes", "unknown choice"} else {}
        )
    assert wrong == [], "\n".join(wrong)


def complaints(act: Act, answer: TestResponse, typed: Mapping[str, str]) -> Iterator[str]:
    if answer.status_code not in FINE:
        yield f"{act}: {answer.status_code}"
    if answer.status_code == 422 and answer.mimetype == "text/html":
        for name, shown in Controls(answer.text).typed().items():
            if name in typed and text.clean(typed[name]).strip() != shown.strip():
                yield f"{act}: {name} was sent as {typed[name]!r} and stands there as {shown[:60]!r}"


def test_sending_twice_breaks_nothing(acts: list[Act], sender: Sender) -> None:
    wrong = []
    for act in acts:
        sent = filled(fields_of(act, sender), lambda _name, _place: "1")
        wrong += complaints(act, sender.send(act, sent, times=2), {})
    assert wrong == [], "\n".join(wrong)


def test_two_hundred_fields_nobody_asked_for(acts: list[Act], sender: Sender) -> None:
    extra = {f"extra-{number}-{FOUR_BYTES}": CONTROLS for number in range(200)}
    wrong = [each for act in first_of_each(acts) for each in complaints(act, sender.send(act, extra), {})]
    assert wrong == [], "\n".join(wrong)


JSON = (
    b"", b"{", b"[]", b"null", b"5", b'"x"', b'{"answers": 5, "version": "x"}', b'{"version": 1e400}',
    b'{"answers": {"title": ["\\u0000"]}, "version": 1}', b"[" * 5000, b'{"a":' * 3000, b"\xff\xfe",
)  # fmt: skip


def test_no_program_breaks_a_write(acts: list[Act], sender: Sender) -> None:
    wrong = []
    for act in first_of_each(acts):
        for body in JSON if reads_json(act, sender.year) else JSON[:3]:
            wrong += [f"{each} on {body[:30]!r}" for each in complaints(act, sender.send_json(act, body), {})]
    assert wrong == [], "\n".join(wrong)


def reads_json(act: Act, year: Year) -> bool:
    import inspect

    view = inspect.unwrap(year.app.view_functions[act.cell.endpoint])
    return "get_json" in inspect.getsource(inspect.getmodule(view) or view)


def first_of_each(acts: list[Act]) -> list[Act]:
    return list({act.cell.endpoint: act for act in reversed(acts)}.values())


def test_a_file_that_lies_is_refused_with_a_sentence(acts: list[Act], sender: Sender) -> None:
    """Wherever a file may be handed in: a program that calls itself a picture."""
    wrong = []
    for act in first_of_each(acts):
        for name in [name for name in act.fields if "file" in name or name in {"proof", "evidence", "photo"}]:
            lie = (io.BytesIO(b"MZ\x90\x00" + os.urandom(2000)), "receipt.png")
            wrong += complaints(act, sender.send(act, {name: lie}), {})
    assert wrong == [], "\n".join(wrong)


ADDRESSES = "page=99999999999999999999&size=-1&sort=-%00&q=%00%F0%9F%8C%B1%25&state=no&from=2026-99-99&to=x&year=99999999999&call=%22&kind=%27&columns=..&next=//evil.example&v=%FF"


@pytest.mark.parametrize("name", ["", "director", "group1"], ids=lambda name: name or "visitor")
def test_no_address_breaks_a_page(year: Year, matrix: Matrix, name: str) -> None:
    client, wrong = year.browser(name), []
    for cell in matrix.reading():
        paths = [f"{cell.path}?{ADDRESSES}"]
        if argument := subjects.named_by_row(cell.rule):
            there = str(dict(cell.arguments)[argument])
            paths += [
                cell.path.replace(there, strange) for strange in ("%00", "%F0%A0%80%80", "x" * 3000, "-1")
            ]
        for path in paths:
            answer = client.get(path, buffered=True)
            if answer.status_code not in FINE:
                wrong.append(f"{cell.endpoint} {path[:120]}: {answer.status_code}")
            if "evil.example" in answer.headers.get("Location", ""):
                wrong.append(f"{cell.endpoint} leads away from the house")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("seed", [FIXED_SEED, random.SystemRandom().randrange(10**9)], ids=["fixed", "fresh"])
def test_random_forms(acts: list[Act], sender: Sender, seed: int) -> None:
    print(f"seed {seed}")  # noqa: T201 - to try the same again
    dice, wrong = random.Random(seed), []
    pool = ["", "0", "1", "-1", "on", FOUR_BYTES, CONTROLS, "2026-02-30", "9" * 19, *WRONG, "x" * 5000]
    for act in dice.sample(acts, min(len(acts), 150)):
        names = fields_of(act, sender)
        sent = {name: dice.choice(pool) for name in dice.sample(names, dice.randint(0, len(names)))}
        wrong += [f"{each} (seed {seed}, {sent})" for each in complaints(act, sender.send(act, sent), {})]
    assert wrong == [], "\n".join(each[:1500] for each in wrong)
