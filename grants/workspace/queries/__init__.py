"""Reads across packages, always limited to what the reader may see in each of them."""
