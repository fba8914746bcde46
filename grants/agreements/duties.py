"""The kinds of duty that open and close on the way to a signed agreement."""

from __future__ import annotations

from grants.agreements.fields import Party

OFFER = "agreement_offer"
COUNTERSIGN = "agreement_countersign"
SIGNING = {Party.GROUP: "agreement_sign_group", Party.HOST: "agreement_sign_host"}
EVERY = (OFFER, COUNTERSIGN, *SIGNING.values())
