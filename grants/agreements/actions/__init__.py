"""Every write of agreements."""
