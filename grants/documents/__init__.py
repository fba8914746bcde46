"""Files people hand in: checked by content, kept apart from the database, opened through one door."""
