"""The demo's agreements: made by the officers, set in type, signed by leaders, hosts and the director on their days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from typing import Any

from grants.agreements import printing, queries
from grants.agreements.actions import promises, signing, texts
from grants.agreements.fields import Party
from grants.core import clock
from grants.core.unit_of_work import unit_of_work
from grants.demo.evidence import Paper
from grants.demo.organisations import People
from grants.demo.timeline import Step, play
from grants.documents import actions as documents
from grants.papers.typesetting import typeset
from grants.proposals import queries as proposals

Data = Mapping[str, Any]
PROMISED = time(10)
OFFERED = time(16)
EVENING = time(20, 15)
COUNTERSIGNED = time(15)
AFTER_THE_NOTICE = timedelta(days=4)
OFFER_TAKES = timedelta(days=2)
FINAL_GRACE = timedelta(days=30)
ADDRESS = "127.0.0.1"


def load_agreements(data: Data, found: Mapping[str, int], *, people: People) -> dict[str, str]:
    """Every agreement, signed; their addresses by the data's project ids. `found` are the proposals.

    Opens its own units of work: papers are set in type between them, as on the page.
    """
    over = date.fromisoformat(data["publicity"][0]["to"])
    promised = clock.at_local(over + AFTER_THE_NOTICE, PROMISED)
    made = {
        row["id"]: _draft(row, data, found[row["proposal_id"]], people, promised) for row in data["projects"]
    }
    offered = clock.at_local(over + AFTER_THE_NOTICE + OFFER_TAKES, OFFERED)
    _offer(made, people, offered, {row["id"]: row["officer_id"] for row in data["projects"]})
    play(step for row in data["projects"] for step in _signatures(row, made[row["id"]], people))
    return made


def _draft(row: Data, data: Data, proposal_id: int, people: People, at: datetime) -> str:
    """The promise and its draft, brought to the dates, milestones and reports of the data."""
    officer = people.actor(row["officer_id"])
    with unit_of_work():
        proposal = queries.proposal_by_public_id(proposals.by_id(proposal_id).public_id)
        agreement = promises.promise(proposal, by=officer, at=at)
        public_id = agreement.public_id
    with unit_of_work():
        agreement = queries.by_public_id(public_id)
        changes = {
            "project": {**agreement.terms["project"], "starts_on": row["start"], "ends_on": row["end"]},
            "milestones": [_milestone(step) for step in row["milestones"]],
            "reports": list(_reports(row, data)),
            "targets": [_target(target, place) for place, target in enumerate(row["indicators"])],
            "signed_place": "广州市越秀区",
        }
        later = at + timedelta(hours=1)
        texts.edit(agreement, changes, version=agreement.version, by=officer, at=later)
    return public_id


def _milestone(row: Data) -> dict[str, Any]:
    name = {"zh-Hans": row["name_zh"], "en": row["name_en"]}
    return {"number": row["no"], "name": name, "from_on": row["from"], "due_on": row["due"]}


def _reports(row: Data, data: Data) -> Iterator[dict[str, str]]:
    """Those of the data; a final report is due a month after the end where the data is silent."""
    own = [report for report in data["reports"] if report["project_id"] == row["id"]]
    dues = {report["kind"]: report["due"] for report in own}
    after = (date.fromisoformat(row["end"]) + FINAL_GRACE).isoformat()
    half = next(step["due"] for step in row["milestones"] if step["name_en"] == "First half of service")
    yield {"kind": "midterm", "due_on": dues.get("midterm", half)}
    yield {"kind": "final", "due_on": dues.get("final", after)}


def _target(row: Data, place: int) -> dict[str, Any]:
    return {
        "key": ("people", "person_times")[place] if place < 2 else f"target_{place}",  # noqa: PLR2004
        "name": {"zh-Hans": row["name_zh"], "en": row["name_en"]},
        "unit": {"zh-Hans": row["unit_zh"]},
        "target": row["target"],
        "reached": 0,
    }


def _set_in_type(at: datetime, draft: printing.Draft) -> bytes:
    return typeset("agreement", draft.data, created_at=at)


def _offer(made: Mapping[str, str], people: People, at: datetime, officers: Mapping[str, str]) -> None:
    """All texts set in type, two at a time, and offered."""
    with unit_of_work(read_only=True):
        drafts = {key: printing.draft_of(queries.by_public_id(made[key])) for key in made}
    with ThreadPoolExecutor(max_workers=2) as pool:
        pdfs = pool.map(partial(_set_in_type, at), drafts.values())
    spooled = [
        documents.receive(Paper(f"{draft.number}.pdf", BytesIO(pdf)))
        for draft, pdf in zip(drafts.values(), pdfs, strict=True)
    ]
    for (key, draft), paper in zip(drafts.items(), spooled, strict=True):
        with unit_of_work():
            agreement = queries.by_public_id(made[key])
            typed = printing.Typeset(paper, draft.code, agreement.version)
            texts.offer(agreement, typed, by=people.actor(officers[key]), at=at)


def _signatures(row: Data, public_id: str, people: People) -> Sequence[Step]:
    """The group in the evening before, its host after it, the director on the day."""
    day = date.fromisoformat(row["agreement"]["signed_on"])
    before = clock.at_local(day - timedelta(days=1), EVENING)
    steps = [Step(before, _sign(public_id, Party.GROUP, row["group_id"], people))]
    if row["payee_group_id"] != row["group_id"]:
        host = _sign(public_id, Party.HOST, row["payee_group_id"], people)
        steps.append(Step(before + timedelta(minutes=40), host))
    director = _sign(public_id, Party.FOUNDATION, "director", people)
    return [*steps, Step(clock.at_local(day, COUNTERSIGNED), director)]


def _sign(public_id: str, party: Party, who: str, people: People) -> Any:
    def act(at: datetime) -> None:
        agreement, signer = queries.by_public_id(public_id), people.actor(who)
        signing.sign(
            agreement,
            party,
            typed_name=signer.name,
            seen_hash=agreement.content_hash or "",
            address=ADDRESS,
            by=signer,
            at=at,
        )

    return act
