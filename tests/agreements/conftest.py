from tests.granted import funded

__all__ = ["funded"]
