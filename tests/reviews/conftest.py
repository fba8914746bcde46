"""The scene of the tests of judging."""

from tests.reviews.scene import scene

__all__ = ["scene"]
