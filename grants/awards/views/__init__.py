"""Pages of awards: the desk, the nominating groups, the hall of honour."""
