"""Whatever shows many things shows each reader exactly those whose own door would open to them.

Lists, counts, files made of lists, searches, file doors, messages and duties, for every sign-in of the demo year;
and on the rounds of the people of the matrix, nothing that is hidden from them is named on any page.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from html import unescape

import pytest
from sqlalchemy import select

from grants.core import lists
from grants.core.db import db
from grants.core.i18n import filled_address, speaking
from grants.core.jobs import Job
from grants.core.list_columns import Listing, rows_of, view_of
from grants.core.policy import Actor
from grants.core.unit_of_work import unit_of_work
from grants.documents.models import Document
from grants.messaging import queries as messages
from grants.messaging.actions import tell_all
from grants.messaging.models import Notification
from grants.obligations import queries as obligations
from tests.demo_year import Year
from tests.guards.everybody import ALL_DESKS, Everybody
from tests.guards.hidden import hidden_from, words_behind_doors
from tests.guards.matrix import PEOPLE
from tests.guards.walk import Walk

pytestmark = pytest.mark.slow

# Where each list of the house stands; a new one is entered here.
PLACES: Mapping[str, str] = {
    "agreements": "/agreements",
    "calls": "/calls",
    "closeouts": "/closeouts",
    "funded": "/funded",
    "funds": "/funds",
    "groups": "/groups",
    "projects": "/projects",
    "proposals": "/desk/proposals",
    "tranches": "/payments/all",
}
LINK = re.compile(r"""(?:(?:open-calls|calls|funded|notices|projects)/|"(?:public_)?id": ?")([0-9a-z]{16})""")
# Pages whose words are examples: of components, of how numbers look.
EXAMPLES = frozenset({"demo.components", "settings.numbers"})
# Of whom little is hidden.
ALL_SEEING = frozenset({"director", "officer", "auditor", "finance"})
# Where the file of a list has another address than its page.
STEMS: Mapping[str, str] = {"agreements": "/agreements/all", "calls": "/calls/all", "funds": "/funds/all"}
# Lists written by hand: the address, and what its links open.
BY_HAND: Mapping[str, str] = {
    "/people": "/people/",
    "/reviews/stages": "/reviews/stages/",
}


def listings() -> dict[str, Listing]:
    """Every list that any module of the house declares, by name."""
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("grants.")]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Listing)]
    return {listing.name: listing for listing in found}


@dataclass
class Shelf:
    """One list as everybody sees it: the addresses its rows lead to, of everybody who may open the list."""

    listing: Listing
    seen: dict[str, frozenset[str]]

    @property
    def universe(self) -> frozenset[str]:
        return frozenset().union(*self.seen.values())

    def readers(self) -> dict[frozenset[str], str]:
        """One reader for each different sight of the list; people of the matrix first."""
        names = sorted(
            (name for name in self.seen if name != "all desks"), key=lambda name: name not in PEOPLE
        )
        return {self.seen[name]: name for name in reversed(names)}


def stem(name: str) -> str:
    return STEMS.get(name) or PLACES.get(name) or "/funded"


def addresses(listing: Listing, actor: Actor, **args: str) -> list[str]:
    rows = db.session.execute(rows_of(listing, view_of(listing, args), actor))
    return [listing.href(row) for row in rows]


@pytest.fixture(scope="module")
def shelves(_everybody: Everybody, year: Year) -> dict[str, Shelf]:
    found = {}
    with year.reading():
        for name, listing in listings().items():
            place = f"{stem(name)}.csv"
            seen = {
                who: frozenset(addresses(listing, actor))
                for who, actor in [*_everybody, ("all desks", ALL_DESKS)]
                if actor.is_authenticated and _everybody.may_open(actor, place)
            }
            found[name] = Shelf(listing, seen)
    return found


def test_every_list_is_under_guard(shelves: dict[str, Shelf]) -> None:
    assert shelves.keys() == PLACES.keys(), "enter the new list in PLACES"
    assert all(len(shelf.universe) > 1 for shelf in shelves.values()), "a guard that guards nothing"


def test_some_people_see_less_than_others(shelves: dict[str, Shelf]) -> None:
    """Otherwise equality below would prove little: at least the walled-off see less than all desks."""
    for name in ("proposals", "projects", "tranches", "closeouts"):
        assert shelves[name].seen["officer2"] < shelves[name].seen["all desks"], name


def test_a_list_holds_exactly_what_its_links_open(
    year: Year, everybody: Everybody, shelves: dict[str, Shelf]
) -> None:
    wrong = []
    with year.reading():
        for name, shelf in shelves.items():
            for who, seen in shelf.seen.items():
                actor = ALL_DESKS if who == "all desks" else everybody.actors[who]
                rightly = {each for each in shelf.universe if everybody.may_open(actor, each)}
                wrong += [f"{name}: {who} sees {each} and may not open it" for each in sorted(seen - rightly)]
                wrong += [f"{name}: {who} may open {each} and misses it" for each in sorted(rightly - seen)]
    assert wrong == [], "\n".join(wrong[:60])


def test_counts_beside_filters_count_only_what_is_seen(
    year: Year, everybody: Everybody, shelves: dict[str, Shelf]
) -> None:
    wrong = []
    with year.reading():
        for name, shelf in shelves.items():
            for seen, who in shelf.readers().items():
                wrong += [
                    f"{name} for {who}: {each}" for each in miscounts(shelf, seen, everybody.actors[who])
                ]
    assert wrong == [], "\n".join(wrong)


def miscounts(shelf: Shelf, seen: frozenset[str], actor: Actor) -> Iterator[str]:
    """Whole, and by every option of every filter: the number said is the number of rows, all of them seen."""
    whole = lists.page(shelf.listing, {}, by=actor, path="/")
    if whole.total != len(seen):
        yield f"{whole.total} in all, of {len(seen)}"
    for filter_ in whole.filters:
        for value, _label, count in filter_.options:
            rows = addresses(shelf.listing, actor, **{filter_.name: value})
            if len(rows) != count or not seen.issuperset(rows):
                yield f"{filter_.name}={value} says {count} and shows {len(rows)}"


def test_a_search_finds_of_everything_only_what_is_seen(
    year: Year, everybody: Everybody, shelves: dict[str, Shelf]
) -> None:
    """Each thing of the list by its exact title: whoever may not see it gets the answer as if it were not there."""
    wrong = []
    with year.reading():
        for name, shelf in shelves.items():
            for query in titles(shelf.listing) if shelf.listing.searched else ():
                found = frozenset(addresses(shelf.listing, ALL_DESKS, q=query))
                assert found, f"{name}: nobody finds {query}"
                for seen, who in shelf.readers().items():
                    page = lists.page(shelf.listing, {"q": query}, by=everybody.actors[who], path="/")
                    rows = frozenset(addresses(shelf.listing, everybody.actors[who], q=query))
                    if rows != found & seen or page.total != len(rows):
                        wrong.append(f"{name}: {who} finds {page.total} for {query}, not {len(found & seen)}")
    assert wrong == [], "\n".join(wrong)


def titles(listing: Listing) -> list[str]:
    lead = listing.column(listing.lead)
    assert lead is not None
    rows = db.session.execute(rows_of(listing, view_of(listing, {}), ALL_DESKS))
    return [lead.text(row._mapping[lead.key]) for row in rows]


def test_files_made_of_a_list_hold_what_the_list_holds(
    year: Year, everybody: Everybody, shelves: dict[str, Shelf]
) -> None:
    """Over HTTP: as many rows, with the same titles, in the page, the csv and the workbook."""
    wrong = []
    for name, shelf in shelves.items():
        for seen, who in shelf.readers().items():
            actor = everybody.actors[who]
            with year.reading(), speaking(actor.language):
                expected = titles_seen(shelf.listing, actor)
            page = year.browser(who).get(f"{PLACES[name]}?size=100", buffered=True)
            linked = set(re.findall(r'href="([^"?#]+)"', page.text)) & shelf.universe
            if page.status_code != 200 or linked != seen:
                wrong.append(
                    f"{name}: the page of {who} ({page.status_code}) links {len(linked)} of {len(seen)}"
                )
            for kind, read in (("csv", rows_of_csv), ("xlsx", rows_of_workbook)):
                answer = year.browser(who).get(f"{stem(name)}.{kind}", buffered=True)
                rows = read(answer.data)
                if (
                    len(rows) != len(seen)
                    or Counter(title for row in rows for title in row & expected.keys()) != expected
                ):
                    wrong.append(f"{name}.{kind} of {who} holds {len(rows)} rows of {len(seen)}")
    assert wrong == [], "\n".join(wrong)


def titles_seen(listing: Listing, actor: Actor) -> Counter[str]:
    """How often each title stands in the list of this reader."""
    lead = listing.column(listing.lead)
    assert lead is not None
    rows = db.session.execute(rows_of(listing, view_of(listing, {}), actor))
    return Counter(lead.text(row._mapping[lead.key]) for row in rows)


def rows_of_csv(data: bytes) -> list[set[str]]:
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    return [set(line) for line in lines[1:]]


def rows_of_workbook(data: bytes) -> list[set[str]]:
    """Without a library: strings stand in their own part and are named by number."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = set(book.namelist())
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        shared = book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in parts else ""
    strings = [
        unescape("".join(re.findall(r"<t[^>]*>([^<]*)</t>", each))) for each in shared.split("<si>")[1:]
    ]
    rows = []
    for row in re.findall(r"<row .*?</row>", sheet, re.DOTALL)[1:]:
        named = {strings[int(number)] for number in re.findall(r't="s"[^>]*><v>(\d+)</v>', row)}
        rows.append(named | {unescape(each) for each in re.findall(r"<t[^>]*>([^<]*)</t>", row)})
    return rows


@pytest.mark.parametrize("place", BY_HAND)
def test_a_list_written_by_hand_links_exactly_what_opens(
    year: Year, everybody: Everybody, place: str
) -> None:
    link = re.compile(rf'href="({re.escape(BY_HAND[place])}[0-9a-z]{{16}})["?#]')
    with year.reading():
        readers = [name for name, actor in everybody if name in PEOPLE and everybody.may_open(actor, place)]
    seen = {
        name: set(link.findall(year.browser(name).get(place, buffered=True).text)) for name in readers if name
    }
    universe = set().union(*seen.values())
    assert universe
    with year.reading():
        may = {
            name: {each for each in universe if everybody.may_open(everybody.actors[name], each)}
            for name in seen
        }
    assert seen == may


def test_every_file_opens_to_those_who_may_see_its_holder(year: Year, everybody: Everybody) -> None:
    """One file of each kind, tried by everybody of the matrix over HTTP; all files by the table for the walled-off."""
    wrong = []
    with year.reading():
        rows = db.session.execute(select(Document.holder_kind, Document.purpose, Document.public_id)).all()
        one_of_each = {(kind, purpose): public_id for kind, purpose, public_id in rows}
        expected = {
            (name, public_id): everybody.opens(
                everybody.actors[name], "documents.open_file", {"public_id": public_id}
            )
            for public_id in one_of_each.values()
            for name in PEOPLE
        }
    for (name, public_id), may in expected.items():
        status = year.browser(name).get(f"/files/{public_id}", buffered=True).status_code
        if status != (200 if may else 404 if name else 303):
            wrong.append(
                f"{public_id} answers {status} to {name or 'a visitor'}, who {'may' if may else 'may not'}"
            )
    assert wrong == [], "\n".join(wrong)
    assert len(set(expected.values())) == 2


def test_public_lists_name_the_same_to_everybody(year: Year) -> None:
    """Feeds, the interface for programs and the public file know no reader but their language."""
    places = (
        "/calls.atom",
        "/api/v1/calls",
        "/api/v1/projects",
        "/open-calls",
        "/funded",
        "/notices",
    )
    for place in places:
        said = {
            name: year.browser(name).get(place, buffered=True)
            for name in ("", "director", "officer2", "group1")
        }
        links = {name: frozenset(LINK.findall(answer.text)) for name, answer in said.items()}
        assert {answer.status_code for answer in said.values()} == {200}, place
        assert len(set(links.values())) == 1, f"{place}: {links}"
        assert links[""], place


@pytest.fixture
def told(as_kept: None, year: Year) -> None:
    """Every fact of the year told anew, now that the walls stand."""
    with year.app.test_request_context(), unit_of_work():
        for payload in db.session.scalars(select(Job.payload).where(Job.kind == "tell")).all():
            tell_all(str(payload["event"]), payload["fact"])


@pytest.mark.usefixtures("told")
def test_nobody_is_told_of_what_they_may_not_open(year: Year, everybody: Everybody) -> None:
    """Neither in the house nor by mail: an order for a mail goes to nobody who may not open what it leads to."""
    wrong, led = [], 0
    with year.reading():
        for row in db.session.scalars(select(Notification)):
            address = messages.address_of(row)
            led += address != "/messages"
            if not everybody.may_open(everybody.by_id[row.user_id], address):
                wrong.append(f"{row.kind} to {everybody.by_id[row.user_id].name}: {address}")
        for order in db.session.scalars(select(Job.payload).where(Job.kind == "send_mail")):
            tell = messages.tells_by_key()[order["tell"]]
            address, reader = filled_address(tell.address, order["fact"]), order["to"].get("user_id")
            if reader and tell.address and not everybody.may_open(everybody.by_id[reader], address):
                wrong.append(f"a mail, {tell.key}, to {everybody.by_id[reader].name}: {address}")
    assert wrong == [], "\n".join(wrong)
    assert led > 300


@pytest.fixture
def owed_anew(as_kept: None, year: Year) -> None:
    """Every duty that ever was, owed once more."""
    with closing(sqlite3.connect(year.file)) as connection:
        connection.execute("UPDATE OR IGNORE obligation SET closed_at = NULL, closed_by_id = NULL")
        connection.commit()


@pytest.mark.usefixtures("owed_anew")
def test_every_duty_shown_leads_through_an_open_door(year: Year, everybody: Everybody) -> None:
    wrong, kinds = [], set()
    with year.reading():
        for name, actor in everybody:
            for duty in obligations.mine(actor, most=10_000):
                kinds.add(duty.kind)
                if not everybody.may_open(actor, duty.href):
                    wrong.append(f"{name} owes {duty.kind}: {duty.href}")
    assert wrong == [], "\n".join(wrong)
    assert len(kinds) > 30


@pytest.mark.parametrize("name", [name for name in PEOPLE if name])
def test_no_page_names_what_is_hidden(year: Year, everybody: Everybody, walk: Walk, name: str) -> None:
    """By identifier, title, number or text: what no door shows to this person is on none of their pages."""
    public = walk.of("")
    with year.reading():
        hidden = hidden_from(everybody.actors[name], words_behind_doors(), everybody)
    for visit in public:
        hidden -= visit.names(hidden)
    assert len(hidden) > 20 or name in ALL_SEEING
    wrong = [
        f"{visit.cell.path} says {sorted(said)[:5]}"
        for visit in walk.of(name)
        if visit.cell.endpoint not in EXAMPLES and (said := visit.names(hidden))
    ]
    assert wrong == [], "\n".join(wrong)
