"""The kinds of duty that open and close on the way to a signed agreement."""

OFFER = "agreement.offer"
SIGN = "agreement.sign"
COUNTERSIGN = "agreement.countersign"
