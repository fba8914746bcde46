"""Milestones: handed in with evidence, accepted, or returned with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from grants.core import clock
from grants.core.errors import RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.documents import actions as documents
from grants.documents import queries as files
from grants.documents.actions import Spooled
from grants.obligations import actions as obligations
from grants.obligations.fields import organisation as owed_by
from grants.obligations.fields import role_within_call
from grants.projects import duties, rules
from grants.projects.events import MilestoneAccepted, MilestoneReturned, MilestoneSubmitted
from grants.projects.fields import MilestoneState
from grants.projects.lifecycle import MILESTONE
from grants.projects.models import Milestone
from grants.projects.queries import projects as queries

EVIDENCE = "evidence"


def submit(
    milestone: Milestone,
    *,
    words: str,
    link: str,
    evidence: Sequence[Spooled],
    by: Actor,
    at: datetime,
) -> None:
    """Say that a milestone is reached, with at least a sentence, a file or a link to show for it."""
    authorise(by, "milestone.submit", milestone)
    milestone = queries.below_for_writing(milestone)
    if milestone.state is MilestoneState.PLANNED:
        there = files.documents_of(milestone, purpose=EVIDENCE)
        if not (words.strip() or link.strip() or evidence or there):
            raise RulesBroken(
                [
                    Violation(
                        "no_evidence", _l("Show something for it: a photo, a link or a sentence."), "words"
                    )
                ]
            )
        if link.strip() and not link.strip().startswith(("https://", "http://")):
            raise RulesBroken([Violation("link", _l("A link begins with https://."), "link")])
    MILESTONE.fire("submit", milestone, by=by, at=at)
    milestone.words, milestone.link, milestone.submitted_at = words.strip(), link.strip(), at
    for each in evidence:
        documents.keep(each, holder=milestone, purpose=EVIDENCE, by=by, at=at)
    obligations.meet(duties.MILESTONE, subject=("milestone", milestone.id), by=by, at=at)
    _owe(duties.READ_MILESTONE, milestone, at=at)
    publish(MilestoneSubmitted(**_about(milestone, by=by, at=at)))


def accept(milestone: Milestone, *, by: Actor, at: datetime) -> None:
    authorise(by, "milestone.read", milestone)
    milestone = queries.below_for_writing(milestone)
    MILESTONE.fire("accept", milestone, by=by, at=at)
    milestone.answer = ""
    obligations.meet(duties.READ_MILESTONE, subject=("milestone", milestone.id), by=by, at=at)
    publish(MilestoneAccepted(**_about(milestone, by=by, at=at)))


def send_back(milestone: Milestone, reason: str, *, by: Actor, at: datetime) -> None:
    """Ask for more; the files stay, the group hands it in again."""
    authorise(by, "milestone.read", milestone)
    milestone = queries.below_for_writing(milestone)
    broken = list(rules.missing(reason, "reason"))
    if broken:
        raise RulesBroken(broken)
    MILESTONE.fire("return", milestone, by=by, at=at, note=reason)
    milestone.answer = reason
    obligations.meet(duties.READ_MILESTONE, subject=("milestone", milestone.id), by=by, at=at)
    _owe(duties.MILESTONE, milestone, at=at)
    publish(MilestoneReturned(**_about(milestone, by=by, at=at), reason=reason))


def _owe(kind: str, milestone: Milestone, *, at: datetime) -> None:
    project = milestone.project
    to_read = kind == duties.READ_MILESTONE
    obligations.open_duty(
        kind,
        subject=("milestone", milestone.id),
        owner=role_within_call("officer", project.grant.call_id)
        if to_read
        else owed_by(project.organisation_id),
        due_at=None if to_read else clock.end_of(milestone.due_on),
        case=project.case,
        values={
            "project": project.public_id,
            "milestone": milestone.public_id,
            "name": dict(milestone.name),
        },
        at=at,
    )


def _about(milestone: Milestone, *, by: Actor, at: datetime) -> dict[str, Any]:
    about = rules.about(milestone.project, by=by, at=at)
    return {**about, "milestone_id": milestone.id, "name": milestone.name.get("zh-Hans", "")}
