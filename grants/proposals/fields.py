"""The proposal's own limits, said once."""

TITLE_CHARACTERS = 120
REASON_CHARACTERS = 1000
NUMBER_CHARACTERS = 40
