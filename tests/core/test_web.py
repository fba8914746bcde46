"""The web boundary, tried on the whole house."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cast import Browser


@pytest.mark.parametrize("path", ["/open-calls/%00", "/notices/a%00b", "/open-calls?q=%00", "/files/%00"])
def test_an_address_with_nul_is_not_there(app: object, visitor: Callable[[], Browser], path: str) -> None:
    assert visitor().get(path).status_code == 404
