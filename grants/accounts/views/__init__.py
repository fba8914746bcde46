"""Pages about accounts: the door, one's own account, the people of the foundation, the language."""
