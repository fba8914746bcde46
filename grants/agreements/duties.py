"""The kinds of duty that open and close on the way to a signed agreement."""

from __future__ import annotations

from collections.abc import Mapping

from grants.agreements.fields import Party
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

OFFER = "agreement_offer"
COUNTERSIGN = "agreement_countersign"
SIGNING = {Party.GROUP: "agreement_sign_group", Party.HOST: "agreement_sign_host"}
EVERY = (OFFER, COUNTERSIGN, *SIGNING.values())

_PAGE = "/agreements/%(agreement)s"
WORDS: Mapping[str, tuple[Sentence, str]] = {
    OFFER: (_l("Look through agreement %(number)s and offer it"), _PAGE),
    SIGNING[Party.GROUP]: (_l("Sign agreement %(number)s"), f"{_PAGE}/sign"),
    SIGNING[Party.HOST]: (_l("Sign agreement %(number)s"), f"{_PAGE}/sign"),
    COUNTERSIGN: (_l("Countersign agreement %(number)s"), f"{_PAGE}/sign"),
}
