"""Bad input at every door of the house: a clear answer with the right status, nothing kept, no word lost.

Every form that a page really shows is taken from the demo year and sent with everything that can be wrong with it.
A run of the suite tries a sample: one that is always the same, and one of its own whose seed it prints. The proof
(`GRANTS_PROVE=1`) tries all.
"""

from __future__ import annotations

import ast
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Integer, String, event, inspect
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

import grants
from tests.demo_year import Year
from tests.guards.everybody import Everybody
from tests.guards.forms_gathered import Gathered
from tests.guards.forms_reached import Shown
from tests.guards.hostile import ANSWERS, EVERY_REQUEST, RUBBISH, Assault, Sent, bodies, encoded, spoilt
from tests.guards.matrix import PEOPLE, Cell, Matrix, method_of

pytestmark = pytest.mark.slow

PROVES = bool(os.environ.get("GRANTS_PROVE"))
SEED = 20260301
SAMPLES = ["always the same"] if PROVES else ["always the same", "of this run"]
PAGES_LOOKED_AT, FORMS_TRIED, TRIES_A_FORM, ACTS_TRIED, PAGES_ASKED = 20, 12, 10, 30, 30
LARGEST_INTEGER = 2**31 - 1

# Answered with the page itself: the next step of a form in steps, a preview, what was found.
STEPS = frozenset(
    {"groups.register", "checking.check", "decisions.preview", "accounts.forgotten", "accounts.register"}
)
# Saved by a script at the address of the form itself: it is told what the page needs to know.
SAVES = frozenset({"proposal_drafts.save", "reports.save"})
COUNTED = frozenset({"accounts.sign_in", "accounts.forgotten", "accounts.register", "account.password"})
# What a letter opens: the year holds no such letter. Tried with letters in tests/accounts and tests/organisations.
BY_LETTER = frozenset(
    {"accounts.confirm", "accounts.invited", "accounts.reset", "members.join", "members.answer_hand_over"}
)
# A script sends these; the form without script is its neighbour.
BY_SCRIPT = frozenset({"decisions.preview", "proposal_drafts.save_json", "reviews.autosave"})

# Nothing in the loaded year waits for these any more, so no page offers them; they are sent out of their time below,
# and in their time by the journeys.
NOT_NOW = frozenset(
    {
        "account.revoke", "account.revoke_others", "activities.cancel", "agreements.make",
        "agreements.offer", "agreements.recall", "agreements.sign", "awards.begin_scoring",
        "awards.give_awards", "awards.open_nominations", "awards.publish_results", "board.approve", "board.file_minutes", "board.put",
        "board.take_back", "board.vote", "calls.publish", "closeouts.begin", "closeouts.close",
        "closeouts.evaluate", "closeouts.send_back", "closeouts.take_back", "decisions.release",
        "findings.answer", "members.withdraw_invitation", "messages.read_all", "milestones.accept",
        "milestones.send_back", "nominations.begin", "nominations.give_late", "nominations.guardian", "nominations.keep",
        "nominations.put_back", "notices.decide", "notices.object_to", "payees.agree_early",
        "payees.ask_early", "payees.confirm", "payees.refuse", "payees.retire", "payments.apply",
        "payments.approve", "people.enable", "projects.finish", "projects.resume", "proposal_drafts.attach",
        "proposal_drafts.detach", "record.confirm_tie", "record.lift_block", "reviews.keep",
        "settings.restore_term", "stages.invite", "threads.post",
    }
)  # fmt: skip


@pytest.fixture(scope="session")
def _signed_in(_everybody: Everybody, _year: Year) -> Everybody:
    """Everybody has signed in: the search for a form looks through the eyes of whoever may do what it does."""
    if PROVES:
        for name, _ in _everybody:
            _year.browser(name)
        _year.keep()
    return _everybody


@pytest.fixture(scope="session")
def _gathered(_matrix: Matrix, _signed_in: Everybody) -> Gathered:
    return Gathered(_matrix, _signed_in)


@pytest.fixture
def gathered(_gathered: Gathered, year: Year) -> Gathered:
    return _gathered


@pytest.fixture(autouse=True)
def _as_strict_as_postgres() -> Iterator[None]:
    """SQLite stores any length in any column; what PostgreSQL would stumble over is a fault here, too."""
    event.listen(Session, "before_flush", _too_large)
    yield
    event.remove(Session, "before_flush", _too_large)


def _too_large(session: Session, *_: object) -> None:
    for row in (*session.new, *session.dirty):
        for attribute in inspect(row).mapper.column_attrs:
            kind, value = attribute.columns[0].type, inspect(row).dict.get(attribute.key)
            long = (
                isinstance(kind, String)
                and isinstance(value, str)
                and len(value) > (kind.length or len(value))
            )
            whole = isinstance(kind, Integer) and not isinstance(kind, BigInteger)
            if long or (whole and isinstance(value, int) and abs(value) > LARGEST_INTEGER):
                raise AssertionError(f"{row.__tablename__}.{attribute.key} cannot hold {str(value)[:40]}")


def seed_of(sample: str) -> int:
    """To try a run's own sample again, put the seed it named into `SEED`."""
    return SEED if sample == SAMPLES[0] else int.from_bytes(os.urandom(4))


def allowed(endpoint: str) -> frozenset[int]:
    more = {200} if endpoint in STEPS | SAVES else set()
    return ANSWERS | more | ({429} if endpoint in COUNTED else set())


def spared(endpoint: str) -> frozenset[str]:
    """A wrong password is counted with the account."""
    return EVERY_REQUEST | ({"user"} if endpoint in COUNTED else set())


def look_around(gathered: Gathered, chance: random.Random) -> list[Shown]:
    """Forms to try: all of them for the proof, else those of some pages of some people."""
    if PROVES:
        for person in PEOPLE:
            for cell in gathered.cells_of(person):
                gathered.look(person, cell.path)
        gathered.search()
    else:
        for person in chance.sample(PEOPLE, PAGES_LOOKED_AT // 2):
            for cell in chance.sample(gathered.cells_of(person), 2):
                gathered.look(person, cell.path)
    forms = sorted(
        (form for form in gathered.forms.values() if form.method == "POST"), key=lambda form: str(form.kin)
    )
    return forms if PROVES else chance.sample(forms, min(FORMS_TRIED, len(forms)))


def tries(form: Shown, token: str, chance: random.Random) -> list[Sent]:
    whole = list(bodies(form, token))
    parts = [sent for rubbish in RUBBISH for sent in spoilt(form, token, rubbish)]
    if PROVES:
        return whole + [sent for sent in parts if sent.badness.endswith(" in all") or chance.random() < 0.2]
    return chance.sample([*whole, *parts], TRIES_A_FORM)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_form_answers_bad_input_with_reason_and_loses_nothing(
    year: Year, gathered: Gathered, assault: Assault, sample: str
) -> None:
    seed, wrong = seed_of(sample), []
    chance = random.Random(seed)
    forms = look_around(gathered, chance)
    year.restore()  # an address that is only read may choose a language
    for form in forms:
        language = chance.choice(["en", "zh-Hans", "zh-Hans"])
        for sent in tries(form, year.tokens[form.person], chance):
            wrong += assault.post(
                form, sent, allowed(form.endpoint), spared=spared(form.endpoint), language=language
            )
    assert wrong == [], "\n".join([f"seed {seed}", *wrong])


@pytest.mark.skipif(not PROVES, reason="looks at every page of the house: GRANTS_PROVE=1")
def test_every_write_is_offered_by_a_page_or_its_time_is_over(gathered: Gathered) -> None:
    look_around(gathered, random.Random(0))
    hidden = {rule.endpoint for rule in gathered.writes()} - gathered.reached
    assert hidden - BY_LETTER - BY_SCRIPT - NOT_NOW == set()


@pytest.mark.parametrize("sample", SAMPLES)
def test_acts_out_of_their_time_change_nothing(
    matrix: Matrix, year: Year, assault: Assault, sample: str
) -> None:
    """Sent to things in whatever state they are, by who might do it: nothing breaks, and a refusal keeps nothing."""
    seed, wrong = seed_of(sample), []
    chance = random.Random(seed)
    able = [
        (cell, name)
        for cell in matrix.writing()
        for name in PEOPLE
        if name in cell.seers and cell.acts[name] is not False
    ]
    for cell, name in able if PROVES else chance.sample(able, ACTS_TRIED):
        wrong += assault.post(
            _bare(cell, name),
            _words(year.tokens[name], chance),
            allowed(cell.endpoint) | {200},
            method=method_of(cell),
            spared=spared(cell.endpoint),
        )
    assert wrong == [], "\n".join([f"seed {seed}", *wrong])


def _bare(cell: Cell, name: str) -> Shown:
    return Shown(name, "/", cell.path, cell.endpoint, "POST", is_multipart=False, saves_itself=False, asks=())


def _words(token: str, chance: random.Random) -> Sent:
    """Fields of any form of the house with any rubbish in them."""
    rubbish = [said for name, said in RUBBISH.items() if name != "huge"]
    given = [
        (name, chance.choice(rubbish))
        for name in ("reason", "text", "title", "amount", "version", "vote", "day")
    ]
    return Sent("out of time", *encoded([("csrf_token", token.encode()), *given], multipart=False))


def arguments_read() -> list[str]:
    """Every argument of a query that the code asks for by name, and those of all lists."""
    found = {"sort", "order", "page", "size", "q", "view", "columns", "state", "from", "to", "next", "year"}
    for path in Path(grants.__file__).parent.rglob("views/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "request.args.get":
                found |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return sorted(found)


@pytest.mark.parametrize("sample", SAMPLES)
def test_pages_bear_any_question_and_any_name_in_their_address(
    matrix: Matrix, year: Year, sample: str
) -> None:
    seed, wrong, names = seed_of(sample), [], arguments_read()
    chance = random.Random(seed)
    open_to = [(cell, name) for cell in matrix.reading() for name in cell.seers]
    chosen = chance.sample(open_to, len(open_to) // 8 if PROVES else PAGES_ASKED)
    for cell, name in chosen:
        what = chance.choice([each for each in RUBBISH if each != "huge"])
        asked = encoded([(each, RUBBISH[what]) for each in names], multipart=False)[0].decode()
        for address in (f"{cell.path}?{asked}", *_misnamed(cell, RUBBISH[what])):
            answer = year.browser(name).get(address, buffered=True)
            if answer.status_code >= 500:
                wrong.append(f"{name or 'a visitor'} {address[:300]} ({what}): {answer.status_code}")
    assert wrong == [], "\n".join([f"seed {seed}", *wrong])


def _misnamed(cell: Cell, rubbish: bytes) -> Iterator[str]:
    """The address with something else where a thing is named."""
    said = encoded([("", rubbish)], multipart=False)[0].decode().removeprefix("=")
    for _, value in cell.arguments:
        yield cell.path.replace(str(value), said[:4000] or "-", 1)


def test_numbers_in_addresses_may_be_gigantic(year: Year, matrix: Matrix) -> None:
    numbered: list[Rule] = [rule for rule in matrix.rules() if "<int:" in rule.rule]
    assert numbered
    for cell in matrix.cells:
        if cell.rule in numbered and "GET" in (cell.rule.methods or ()):
            for name in cell.seers:
                address = cell.path.rsplit("/", 1)[0]
                for number in ("3000000000", "1" + "0" * 30, "9" * 3000):
                    assert year.browser(name).get(f"{address}/{number}").status_code == 404
