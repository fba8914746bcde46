"""Every write about the end of a project."""
