"""Reviews judge Entries: pool, assignment, scoring, fair view, pitch."""
