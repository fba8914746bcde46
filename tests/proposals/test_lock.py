"""What is slow is done before the database's write lock is taken, so that nobody's save waits for it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from grants.core import passwords, scanning
from grants.core.db import db
from grants.core.storage import Storage
from grants.documents import actions as documents
from tests.cast import PASSWORD, Browser, Cast
from tests.documents import samples
from tests.proposals.conftest import Room

SignIn = Callable[[str], Browser]
SLOW = (
    (Storage, "put"),
    (documents, "kind_of"),
    (documents, "repainted"),
    (passwords, "hashed"),
    (passwords, "matches"),
    (scanning, "verdict"),
)


class Watch:
    """Tells of each slow thing whether a writer of ours held the lock while it was done."""

    def __init__(self) -> None:
        self.held = False
        self.seen: dict[str, set[bool]] = {}
        self.writers = 0

    def begun(self, connection: Any) -> None:
        self.held = bool(connection.get_execution_options().get("write"))
        self.writers += self.held

    def ended(self, _connection: Any) -> None:
        self.held = False

    def watched(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def done(*args: Any, **values: Any) -> Any:
            self.seen.setdefault(name, set()).add(self.held)
            return work(*args, **values)

        return done


@pytest.fixture
def watch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    watch = Watch()
    for home, name in SLOW:
        monkeypatch.setattr(home, name, watch.watched(name, getattr(home, name)))
    with app.app_context():
        engine = db.engine
    hooks = (("begin", watch.begun), ("commit", watch.ended), ("rollback", watch.ended))
    for name, heard in hooks:
        event.listen(engine, name, heard)
    yield watch
    for name, heard in hooks:
        event.remove(engine, name, heard)


@pytest.mark.parametrize(
    ("name", "content"), [("promise.pdf", samples.pdf()), ("photo.jpg", samples.picture())]
)
def test_a_file_is_checked_and_stored_before_the_lock(
    room: Room, sign_in: SignIn, watch: Watch, name: str, content: bytes
) -> None:
    ada, address = sign_in("ada"), f"/proposals/{room.start()}/sections/files"
    sent = {"file": (io.BytesIO(content), name), "csrf_token": ada.csrf(address)}
    watch.seen.clear()
    watch.writers = 0
    answer = ada.post(f"{address}/files/letters", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert f"{name}</a>" in ada.page(address)
    assert watch.writers, "nobody wrote: this test watches nothing"
    assert {"put", "kind_of", "verdict"} <= set(watch.seen)
    assert set().union(*watch.seen.values()) == {False}, f"done under the write lock: {watch.seen}"


def test_passwords_are_tried_before_the_lock(
    cast: Cast, visitor: Callable[[], Browser], watch: Watch
) -> None:
    cast.id("ada")
    browser = visitor()
    said = {"email": "ada@example.org", "password": PASSWORD}
    watch.seen.clear()
    assert browser.send("/sign-in", said, from_page="/sign-in").status_code == 303
    assert watch.writers, "nobody wrote: this test watches nothing"
    assert watch.seen["matches"] == {False}
