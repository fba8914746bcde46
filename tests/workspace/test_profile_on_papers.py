"""What the foundation says of itself in the settings stands on everything it issues from then on (S000-1)."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.agreements import printing
from grants.agreements import queries as agreements
from grants.agreements.actions import promises
from grants.awards.models import Certificate
from grants.awards.queries import honours
from grants.core.db import db
from grants.core.jobs import run_due
from grants.core.storage import storage
from grants.notices.models import Notice
from grants.reference import queries as reference
from tests.awards.conftest import in_notice, marked, year
from tests.awards.scene import Year
from tests.cast import Browser, Cast
from tests.granted import AT, Funded, funded

__all__ = ["funded", "in_notice", "marked", "year"]
Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]
PROFILE = {
    "name_zh": "穗城志愿服务发展基金会", "name_en": "Suicheng Foundation", "kind": "charity",
    "credit_code": "53440100DEM009000M", "bank_name": "示例银行广州分行", "bank_account": "6222000012345678",
    "seal_holder": "姚承愿", "phone": "020-00000100", "email": "grants@example.org",
    "volunteer_word": "志愿者", "number_prefix": "穗志资",
}  # fmt: skip


@pytest.fixture
def profiled(sign_in: SignIn, inside: Inside, cast: Cast) -> None:
    """The director fills in the page of settings."""
    fay = sign_in("fay")
    fay.page("/settings/foundation")
    with inside(read_only=True):
        version = reference.foundation().version or 0
    sent = fay.send("/settings/foundation", PROFILE | {"version": str(version)})
    assert sent.status_code == 303


def words_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_an_agreement_names_us_our_account_and_who_keeps_the_seal(
    app: Flask, inside: Inside, cast: Cast, funded: Funded, profiled: None, sign_in: SignIn
) -> None:
    olu = cast.actor("olu")
    with inside():
        proposal = agreements.proposal_by_public_id(funded.proposal)
        public_id = promises.promise(proposal, by=olu, at=AT).public_id
    page = sign_in("olu").page(f"/agreements/{public_id}")
    with inside(read_only=True):
        draft = printing.draft_of(agreements.by_public_id(public_id))
    with app.app_context():
        paper = words_of(storage().read(printing.offer_of(draft, at=AT).spooled.storage_key))
    for key in ("name_zh", "credit_code", "bank_name", "bank_account", "seal_holder"):
        assert PROFILE[key] in page, key
        assert PROFILE[key] in paper, key


def test_a_notice_and_a_certificate_name_us(
    year: Year, in_notice: tuple[str, str], profiled: None, sign_in: SignIn, rows: Session
) -> None:
    notice = rows.scalars(select(Notice.public_id)).one()
    page = sign_in("ada").page(f"/notices/{notice}")
    assert PROFILE["phone"] in page
    assert PROFILE["name_en"] in page
    with year.inside():
        year.give()
    with year.app.app_context():
        run_due(year.app)
    with year.inside():
        certificate = db.session.scalars(select(Certificate)).first()
        assert certificate is not None
        document = honours.by_public_id(certificate.public_id).document
        assert document is not None
        assert PROFILE["name_zh"] in words_of(storage().read(document.storage_key))
