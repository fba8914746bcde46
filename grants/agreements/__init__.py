"""The promise of money and its signed text."""
