"""The browser libraries we serve are the ones that were copied, with their licences."""

import shutil
from pathlib import Path

import pytest

from tools import vendor


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    (tmp_path / "static").mkdir()
    shutil.copytree(vendor.ROOT / "static" / "vendor", tmp_path / "static" / "vendor")
    shutil.copyfile(vendor.ROOT / "package.json", tmp_path / "package.json")
    return tmp_path


def test_the_committed_files_are_unchanged() -> None:
    assert vendor.differences(vendor.ROOT) == []


def test_a_changed_byte_is_named(copy: Path) -> None:
    path = copy / "static" / "vendor" / "htmx.org-2.0.11" / "htmx.min.js"
    path.write_bytes(path.read_bytes() + b" ")
    assert vendor.differences(copy) == ["htmx.org-2.0.11/htmx.min.js: not what the manifest says"]


def test_a_file_nobody_copied_is_named(copy: Path) -> None:
    (copy / "static" / "vendor" / "htmx.org-2.0.11" / "extra.js").write_text("1")
    assert vendor.differences(copy) == ["htmx.org-2.0.11/extra.js: not in the manifest"]


def test_a_new_version_in_package_json_asks_for_a_copy(copy: Path) -> None:
    package = copy / "package.json"
    package.write_text(package.read_text().replace('"htmx.org": "2.0.11"', '"htmx.org": "2.0.12"'))
    assert vendor.differences(copy) == [
        "htmx.org-2.0.12/htmx.min.js: not copied",
        "htmx.org-2.0.12/LICENSE: not copied",
    ]
