"""The minutes of a meeting as plain data for the paper; in Chinese, as they are filed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grants.core.i18n import date_text, datetime_text, speaking, words
from grants.core.i18n import gettext as _
from grants.core.money import Money, total
from grants.decisions.fields import Outcome, Vote
from grants.decisions.lifecycle import tally_of
from grants.decisions.models import BoardMeeting
from grants.decisions.queries.meetings import board_on, recusals
from grants.decisions.queries.table import Row, Table
from grants.reference import queries as reference

PAPER_LANGUAGE = "zh-Hans"
VOTES = {Vote.FOR: "赞成", Vote.AGAINST: "反对", Vote.ABSTAIN: "弃权"}


def paper(meeting: BoardMeeting, shown: Table) -> dict[str, Any]:
    """What `templates/documents/minutes.typ` reads. Shows the table as the reader sees it."""
    with speaking(PAPER_LANGUAGE):
        return {
            "foundation": _letterhead(),
            "number": meeting.minutes_number or _("(number not given yet)"),
            "title": _("Minutes of the board"),
            "call": words(meeting.call.title),
            "content_hash": meeting.content_hash or "",
            "draft": meeting.content_hash is None,
            "meeting": _meeting(meeting),
            "members": [
                {"name": vote.user.name, "vote": VOTES[vote.vote], "at": datetime_text(vote.voted_at)}
                for vote in meeting.votes
                if vote.content_hash == meeting.content_hash
            ],
            "resolution": words(meeting.resolution),
            "totals": _totals(shown),
            "funded": [_funded(row) for row in shown.rows if row.outcome is Outcome.FUND],
            "reserved": [
                {"place": str(place), **_named(row)}
                for place, row in enumerate(
                    (row for row in shown.rows if row.outcome is Outcome.RESERVE), start=1
                )
            ],
            "declined": [_named(row) for row in shown.rows if row.outcome is Outcome.DECLINE],
            "recused": _recused(meeting, shown),
        }


def _recused(meeting: BoardMeeting, shown: Table) -> list[dict[str, str]]:
    """Who had neither vote nor seat in a row, because of a tie to its group."""
    tied = recusals(shown.rows)
    seated = {user.id: user.name for user in board_on(meeting.held_on)}
    found = []
    for row in shown.rows:
        names = [name for user_id, name in seated.items() if user_id in tied.get(row.proposal_id, ())]
        if names:
            found.append(_named(row) | {"names": "、".join(names)})
    return found


def _letterhead() -> Mapping[str, str]:
    profile = reference.foundation()
    return {
        "name": profile.name.get("zh-Hans") or words(profile.name),
        "name_en": profile.name.get("en", ""),
        "address": words(profile.address),
        "phone": profile.phone,
        "email": profile.email,
    }


def _meeting(meeting: BoardMeeting) -> dict[str, str]:
    tally = tally_of(meeting)
    return {
        "held_on": date_text(meeting.held_on),
        "kind": _("Meeting of the board"),
        "chair": meeting.chair.name,
        "seats": str(meeting.seats),
        "quorum": str(meeting.quorum),
        "present": str(tally.present),
        "in_favour": str(tally.in_favour),
        "against": str(tally.against),
        "abstained": str(tally.abstained),
    }


def _totals(shown: Table) -> dict[str, str]:
    """Of the rows that lie before this meeting."""
    granted = total(row.amount for row in shown.rows if row.outcome is Outcome.FUND)
    return {
        "funded": str(shown.count(Outcome.FUND)),
        "reserved": str(shown.count(Outcome.RESERVE)),
        "declined": str(shown.count(Outcome.DECLINE)),
        "amount": _yuan(granted),
        "capitals": granted.capitals(),
        "envelope": _yuan(shown.limits.envelope),
    }


def _funded(row: Row) -> dict[str, str]:
    return _named(row) | {
        "score": row.score,
        "requested": _yuan(row.requested),
        "amount": _yuan(row.amount),
    }


def _named(row: Row) -> dict[str, str]:
    return {
        "number": row.number,
        "title": row.title,
        "organisation": words(row.organisation),
        "reason": row.reason,
    }


def _yuan(amount: Money) -> str:
    return amount.formatted(PAPER_LANGUAGE)
