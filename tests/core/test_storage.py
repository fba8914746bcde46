from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pytest
from flask import Flask

from grants.core import clock, storage
from grants.core.storage import Storage, new_key, storage_for

FIVE_MEGABYTES = os.urandom(1024) * 5 * 1024


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    return storage_for(f"file:{tmp_path / '文 件'}")


def test_what_is_put_can_be_read(store: Storage) -> None:
    key = new_key()
    store.put(key, io.BytesIO(FIVE_MEGABYTES))
    assert store.read(key) == FIVE_MEGABYTES
    assert max(map(len, store.chunks(key))) < len(FIVE_MEGABYTES)


def test_a_source_is_kept_from_its_beginning(store: Storage) -> None:
    source = io.BytesIO(b"whole")
    source.read(3)
    store.put("202611/a", source)
    assert store.read("202611/a") == b"whole"


def test_nothing_is_ever_overwritten(store: Storage) -> None:
    store.put("202611/a", io.BytesIO(b"first"))
    with pytest.raises(Exception, match="already exists"):
        store.put("202611/a", io.BytesIO(b"second"))
    assert store.read("202611/a") == b"first"


@pytest.mark.parametrize("key", ["../evil", "202611/../../evil"])
def test_no_key_leads_out_of_the_folder(store: Storage, tmp_path: Path, key: str) -> None:
    with pytest.raises(Exception, match="path"):
        store.put(key, io.BytesIO(b"x"))
    assert list(tmp_path.rglob("evil")) == []


def test_what_is_absent_says_so_before_the_first_byte(store: Storage) -> None:
    with pytest.raises(FileNotFoundError):
        store.chunks("202611/absent")


def test_deleting_twice_is_no_error(store: Storage) -> None:
    store.put("202611/a", io.BytesIO(b"x"))
    store.delete("202611/a")
    store.delete("202611/a")
    with pytest.raises(FileNotFoundError):
        store.read("202611/a")


def test_the_listing_names_every_key_and_its_time(store: Storage) -> None:
    keys = [new_key() for _ in range(3)]
    for key in keys:
        store.put(key, io.BytesIO(b"x"))
    found = [pair for batch in store.listing() for pair in batch]
    assert sorted(key for key, _at in found) == sorted(keys)
    assert all(abs((clock.real_now() - at).total_seconds()) < 60 for _key, at in found)


def test_keys_are_random_and_say_nothing() -> None:
    keys = {new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert {len(key) for key in keys} == {39}


def test_the_apps_store_is_opened_once(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "extensions", dict(app.extensions))
    app.extensions.pop("grants.storage", None)
    storage.install(app, url=f"file:{tmp_path / 'files'}", largest=5)
    with app.app_context():
        assert storage.storage() is storage.storage()
        assert storage.largest() == 5
    assert stat.S_ISDIR((tmp_path / "files").stat().st_mode)
