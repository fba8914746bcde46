"""Everything that changes a proposal, one file for each phase of its way."""
