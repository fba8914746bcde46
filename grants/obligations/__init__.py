"""Anything owed by anyone, with owner and due date."""
