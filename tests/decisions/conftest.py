"""The house of the tests of deciding."""

from tests.decisions.scene import house

__all__ = ["house"]
