"""After the faults: everything that was under way is brought to its end, and then nothing may be missing or doubled."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text

from bench.faults.household import RUNNERS, Household
from bench.faults.people import Clerk, Crowd, Writer
from bench.servers import ROOT, answers
from grants.core.jobs import Job
from grants.messaging.models import SentMail
from grants.proposals.models import Proposal, ProposalVersion
from grants.questionnaires.models import SectionAnswers

PATIENCE = 90.0
TELLING = ("tell", "send_mail")


@dataclass(frozen=True)
class Before:
    """How the house was before the faults: the last mail that was put down, and what was to be complained of."""

    mail: int
    complaints: frozenset[str]


def as_it_was(house: Household) -> Before:
    with house.engine.connect() as connection:
        mail = connection.scalar(select(func.max(SentMail.id))) or 0
    return Before(mail, complaints(house.environment))


def settle(house: Household) -> list[str]:
    """Whoever runs jobs ends its own and begins anew; nobody waits out the leases of the dead and the rests."""
    house.stop_runners()
    _wake(house, "")
    for _ in range(RUNNERS):
        house.start_runner()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not _waiting(house):
            return []
        time.sleep(0.5)
        _wake(house, " AND lease IS NULL")
    return [f"{_waiting(house)} messages were not told in the end"]


def _wake(house: Household, which: str) -> None:
    pending = "done_at IS NULL AND dead_at IS NULL"
    statement = f"UPDATE job SET lease = NULL, lease_until = NULL WHERE {pending}{which}"  # noqa: S608 - our own words
    with house.engine.execution_options(write=True).begin() as connection:
        connection.execute(text(statement))


def _waiting(house: Household) -> int:
    pending = select(func.count()).where(Job.done_at.is_(None), Job.dead_at.is_(None), Job.kind.in_(TELLING))
    with house.engine.connect() as connection:
        return connection.scalar(pending) or 0


def faults(house: Household, crowd: Crowd, before: Before) -> Iterator[str]:
    """Everything that is not as it was promised."""
    yield from crowd.told.faults
    for writer in crowd.writers:
        yield from _of_writer(house, writer)
    yield from _of_clerks(house, crowd.clerks)
    yield from _of_mails(house, before.mail)
    if not answers(house.server.port, "/readyz"):
        yield "the server is not ready afterwards"
    yield from _of_the_record(house.environment)
    yield from sorted(complaints(house.environment) - before.complaints)


def _of_writer(house: Household, writer: Writer) -> Iterator[str]:
    found = (
        select(SectionAnswers.answers)
        .join(Proposal, Proposal.sheet_id == SectionAnswers.sheet_id)
        .where(Proposal.public_id == writer.draft, SectionAnswers.section == "basics")
    )
    with house.engine.connect() as connection:
        title = str(connection.scalars(found).one().get("title", ""))
    number = int(title.rpartition(" ")[2]) if writer.acknowledged else 0
    if not writer.acknowledged <= number <= writer.sent:
        yield f"{title!r} stands there; {writer.acknowledged} was acknowledged, {writer.sent} sent"
    if not writer.acknowledged:
        yield "a writer never heard that anything was saved"


def _of_clerks(house: Household, clerks: list[Clerk]) -> Iterator[str]:
    known = [draft for clerk in clerks for draft in clerk.acknowledged]
    versions = (
        select(func.count(ProposalVersion.id))
        .where(ProposalVersion.proposal_id == Proposal.id)
        .scalar_subquery()
    )
    wanted = select(Proposal.public_id, Proposal.number, Proposal.submitted_at, versions)
    with house.engine.connect() as connection:
        rows = connection.execute(wanted.where(Proposal.public_id.in_(known))).all()
    for draft, number, submitted_at, made in rows:
        if number is None or submitted_at is None or made != 1:
            yield f"{draft} was acknowledged; it stands there as {number}, {submitted_at}, {made} versions"
    if not known or len({row[1] for row in rows}) != len(set(known)):
        yield f"{len(known)} were handed in, with {len({row[1] for row in rows})} numbers"


def _of_mails(house: Household, before: int) -> Iterator[str]:
    taken = house.office.taken
    with house.engine.connect() as connection:
        rows = connection.execute(
            select(SentMail.message_id, SentMail.error).where(SentMail.id > before)
        ).all()
        dead = connection.scalar(select(func.count()).where(Job.dead_at.is_not(None)))
    known = Counter(message_id for message_id, _error in rows)
    yield from (f"{message_id} was given up: {error}" for message_id, error in rows if error)
    yield from (f"{each} was put down twice" for each, number in known.items() if number > 1)
    yield from (f"{each} is said to have left and never came" for each in known.keys() - taken.keys())
    yield from (f"{each} came and is not put down" for each in taken.keys() - known.keys())
    if doubled(house) > excused(house):
        yield f"{doubled(house)} mails came again, with {excused(house)} kills and cut lines to excuse them"
    if not taken:
        yield "not one mail came"
    if dead:
        yield f"{dead} jobs are dead"


def doubled(house: Household) -> int:
    """How many mails came again, with the same Message-ID."""
    return sum(number - 1 for number in house.office.taken.values())


def excused(house: Household) -> int:
    """A mail may come again when its runner, its connection or its line died between sending and putting it down."""
    hurt = house.hurt
    return hurt.get("runners killed", 0) + hurt.get("connections cut", 0) + house.office.hung_up


def complaints(environment: Mapping[str, str]) -> frozenset[str]:
    """What `grants check --data` finds. Drafts copied for the load lack the duties and the lines their making leaves."""
    said = _command(environment, "check", "--data").stdout
    return frozenset(line.strip() for line in said.splitlines() if line.startswith("    "))


def _of_the_record(environment: Mapping[str, str]) -> Iterator[str]:
    done = _command(environment, "audit", "verify")
    if done.returncode:
        yield f"grants audit verify: {done.stdout[-600:]} {done.stderr[-600:]}"


def _command(environment: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grants", *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def figures(house: Household, crowd: Crowd) -> dict[str, Any]:
    return {
        "saves acknowledged": sum(writer.saves for writer in crowd.writers),
        "saves sent": sum(writer.sent for writer in crowd.writers),
        "handed in": sum(len(clerk.acknowledged) for clerk in crowd.clerks),
        "answers": {str(status): number for status, number in sorted(crowd.told.statuses.items())},
        "connections lost": crowd.told.away,
        **house.hurt,
        "mails": len(house.office.taken),
        "mails refused for now": house.office.refused,
        "lines cut after a mail": house.office.hung_up,
        "mails that came again": doubled(house),
    }
