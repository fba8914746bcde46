"""What every test shares."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no reason to call a property false.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
