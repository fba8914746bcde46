"""Conversations about one thing."""
