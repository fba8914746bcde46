"""Every write about organisations, one file per thing."""
