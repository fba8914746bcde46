"""Reading projects and what was done in them."""
