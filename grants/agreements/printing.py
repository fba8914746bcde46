"""Agreements set in type: what an offer shows, and the same text with its signatures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from msgspec import Struct

from grants.agreements import basis, paper
from grants.agreements.models import Agreement
from grants.core.checkcodes import check_code
from grants.documents import actions as documents
from grants.documents.actions import Spooled
from grants.papers.typesetting import typeset

OFFERED, SIGNED = "agreement", "signed_agreement"


class Draft(Struct, frozen=True):
    """A draft about to be set in type: read in one short unit of work, set outside it."""

    number: str
    version: int
    code: str
    data: Mapping[str, Any]


class Typeset(Struct, frozen=True):
    """A text as it was set: the file, its check code, and the version of the draft it shows."""

    spooled: Spooled
    code: str
    version: int


class _File(Struct, frozen=True):
    """A paper of our own on its way into the store."""

    filename: str
    stream: BinaryIO


def draft_of(agreement: Agreement) -> Draft:
    """What an offer will show, with a check code of its own."""
    code = check_code()
    return Draft(agreement.number, agreement.version, code, data_of(agreement, code=code))


def data_of(agreement: Agreement, *, code: str, signatures: Sequence[paper.Signed] = ()) -> dict[str, Any]:
    return paper.printed(
        agreement.terms,
        number=agreement.number,
        foundation=basis.letterhead(),
        code=code,
        signatures=signatures,
    )


def set_in_type(number: str, data: Mapping[str, Any], *, at: datetime) -> Spooled:
    """The PDF in the store. Slow: a prepare step or a job, never inside a unit of work."""
    pdf = typeset("agreement", data, created_at=at)
    return documents.receive(_File(f"{number}.pdf", io.BytesIO(pdf)))


def offer_of(draft: Draft, *, at: datetime) -> Typeset:
    return Typeset(set_in_type(draft.number, draft.data, at=at), draft.code, draft.version)
