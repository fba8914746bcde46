"""Every write to a call."""
