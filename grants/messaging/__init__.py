"""Delivers: what people are told, and how."""
