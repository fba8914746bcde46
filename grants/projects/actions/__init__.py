"""Every write of projects."""
