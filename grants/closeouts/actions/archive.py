"""The job that packs the archive: read in one short unit of work, pack outside any, keep in the last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import update

from grants.closeouts import dossier, queries
from grants.closeouts.events import ArchivePacked
from grants.closeouts.models import Closeout
from grants.closeouts.packing import packed
from grants.core import audit, clock, i18n
from grants.core.db import db
from grants.core.events import publish
from grants.core.i18n import gettext as _
from grants.core.policy import SYSTEM
from grants.core.unit_of_work import unit_of_work
from grants.documents import actions as documents
from grants.documents.actions import Spooled
from grants.documents.fields import ZIP

PURPOSE = "archive"
TOLD_EVERY = 5


class Packed(Struct, frozen=True):
    """The finished archive in the store, and how many files it holds."""

    spooled: Spooled
    files: int


class PackArchive:
    """Handler of the job `closeout_archive`. Papers of the foundation are Chinese."""

    def prepare(self, payload: dict[str, Any]) -> Packed:
        closeout_id, at = payload["closeout_id"], datetime.fromisoformat(payload["at"])
        with i18n.speaking("zh-Hans"):
            with unit_of_work(read_only=True):
                closeout = _found(closeout_id)
                number = closeout.project.grant.number
                title = _("Archive of the project %(number)s", number=number)
                pieces = dossier.pieces(closeout)
                shut_at = closeout.closed_at or at
            _tell(closeout_id, done=0, total=len(pieces))
            file, indexed = packed(
                pieces, title=title, at=shut_at, told=lambda done: _told(closeout_id, done, len(pieces))
            )
        with file:
            return Packed(documents.store(f"{number}.zip", ZIP, file), len(indexed))

    def keep(self, payload: dict[str, Any], result: Packed) -> None:
        closeout, at = _found(payload["closeout_id"]), clock.now()
        before = closeout.archive
        if before is not None and before.sha256 == result.spooled.sha256:
            closeout.archive_done = closeout.archive_total = result.files
            return
        document = documents.keep(result.spooled, holder=closeout, purpose=PURPOSE, by=SYSTEM, at=at)
        db.session.flush()
        if before is not None:
            documents.withdraw(before, by=SYSTEM, at=at)
        closeout.archive_id = document.id
        closeout.archive_done = closeout.archive_total = result.files
        audit.record("pack", closeout, by=SYSTEM, at=at)
        project = closeout.project
        publish(
            ArchivePacked(
                occurred_at=at,
                actor_id=None,
                case=project.case,
                closeout_id=closeout.id,
                closeout=closeout.public_id,
                project_id=project.id,
                organisation_id=project.organisation_id,
                title=project.title,
                files=result.files,
            )
        )


def _found(closeout_id: int) -> Closeout:
    closeout = queries.by_id(closeout_id)
    if closeout is None:
        raise LookupError(f"there is no close-out {closeout_id}")
    return closeout


def _told(closeout_id: int, done: int, total: int) -> None:
    if done % TOLD_EVERY == 0 or done == total:
        _tell(closeout_id, done=done, total=total)


def _tell(closeout_id: int, *, done: int, total: int) -> None:
    """How far the packing is, for whoever waits; it moves no version, so that it disturbs nobody."""
    with unit_of_work():
        db.session.execute(
            update(Closeout)
            .where(Closeout.id == closeout_id)
            .values(archive_done=done, archive_total=total)
            .execution_options(synchronize_session=False)
        )


ARCHIVE = PackArchive()
