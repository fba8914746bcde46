"""The shape of what people send about calls."""
