"""Everything that reads judging. What a conflicted person may not see never leaves the database."""
