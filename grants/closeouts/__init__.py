"""The end of a project: account, grade, what is returned, the archive."""
