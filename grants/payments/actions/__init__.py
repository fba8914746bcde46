"""Every write about paying."""
