"""Everything that reads decisions."""
