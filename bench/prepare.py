"""Loads the demo year into one folder, does its jobs, fills it up, and seats the people who will ask.

python -m bench.prepare FOLDER PROPOSALS [DRAFTS]
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.drafts import seat_drafts
from bench.fill import fill
from grants.accounts.actions import sessions
from grants.accounts.models import User
from grants.accounts.queries import actor_of
from grants.app import create_app
from grants.core import jobs
from grants.core.db import db
from grants.core.unit_of_work import unit_of_work
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal

DRAFT_OF = "group11"


def main() -> None:
    folder, total = Path(sys.argv[1]), int(sys.argv[2])
    drafts = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "grants.operation.preparation", str(folder)], check=True)
    app = create_app()
    jobs.run_due(app)
    fill(app, total)
    with app.app_context(), unit_of_work():
        cast = _cast(drafts)
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA optimize=0x10002")
        connection.commit()
    (folder / "cast.json").write_text(json.dumps(cast))


def _cast(drafts: int) -> dict[str, Any]:
    """Keys of an officer and of a group's owner, a case, a draft, and drafts to be handed in."""
    handed_in = select(Proposal).where(Proposal.submitted_at.is_not(None)).order_by(Proposal.id).limit(1)
    return {
        "officer": _seat("officer"),
        "group": _seat(DRAFT_OF),
        "draft": _draft_of(DRAFT_OF),
        "case": db.session.scalars(handed_in).one().public_id,
        "drafts": [asdict(draft) for draft in seat_drafts(drafts)],
    }


def _user(name: str) -> User:
    return db.session.scalars(select(User).where(User.email == f"{name}@demo.example")).one()


def _seat(name: str) -> str:
    return sessions.open_session(_user(name), address="127.0.0.1", agent="bench")


def _draft_of(name: str) -> str:
    groups = actor_of(_user(name).id).ids("organisation", "owner")
    drafts = select(Proposal).where(
        Proposal.organisation_id.in_(groups), Proposal.state == ProposalState.DRAFT
    )
    return db.session.scalars(drafts).one().public_id


if __name__ == "__main__":
    main()
