"""The work that was promised, and its supervision."""
