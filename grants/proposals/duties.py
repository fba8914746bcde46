"""The kinds of duty that a proposal's way opens and closes."""

SUBMIT = "proposal.submit"
MEND = "proposal.mend"
SCREEN = "proposal.screen"
RECOMMEND = "proposal.recommend"
