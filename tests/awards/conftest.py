"""A year of recognition, open for nominations."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.awards.scene import Year, a_year
from tests.cast import Cast


@pytest.fixture
def year(app: Flask, cast: Cast) -> Year:
    return a_year(app, cast)
