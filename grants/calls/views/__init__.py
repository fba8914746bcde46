"""Pages of calls: for visitors, for officers, and feeds."""
