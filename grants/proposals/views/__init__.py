"""Pages about proposals: writing them, what was handed in, what the foundation does with them."""
