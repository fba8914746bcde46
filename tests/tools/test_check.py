"""The judge of the source is itself judged."""

import pytest

from tools import check


@pytest.mark.parametrize(
    "licence",
    [
        "MIT License",
        "BSD-3-Clause",
        "Apache-2.0 OR BSD-2-Clause",
        "GNU Lesser General Public License v3 (LGPLv3)",
        "LGPL-3.0-only",
        "Apache-2.0 OR GPL-3.0",
        "MIT-CMU",
        "LGPL-2.1-or-later",
        "The Unlicense (Unlicense)",
    ],
)
def test_licences_that_leave_us_free_are_accepted(licence: str) -> None:
    assert check.acceptable(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-only",
        "AGPL-3.0",
        "GNU Affero General Public License v3",
        "GNU General Public License v3 (GPLv3)",
        "UNKNOWN",
        "MIT AND GPL-3.0",
        "Proprietary",
    ],
)
def test_licences_that_bind_us_or_say_nothing_are_refused(licence: str) -> None:
    assert not check.acceptable(licence)


def test_a_long_function_and_a_long_file_are_named() -> None:
    text = "def far():\n" + "    x = 1\n" * 40 + "\n" * 360
    assert list(check.too_long(text)) == ["401 lines, at most 400", "far has 41 lines, at most 40"]


def test_locks_hold_every_dependency_and_no_host() -> None:
    assert check.locks() == []


def test_licences_of_what_we_ship_are_all_accepted() -> None:
    assert check.licences() == []
