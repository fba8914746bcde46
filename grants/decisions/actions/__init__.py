"""Everything that changes decisions."""
