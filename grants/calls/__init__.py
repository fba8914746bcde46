"""Programmes and calls: one opening of a scheme with its dates, money and published standards."""
