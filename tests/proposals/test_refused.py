"""What is refused keeps nothing behind and loses nothing typed: uploads of strangers, files nobody took, words sent too late."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from grants.core.error_pages import words_in
from grants.core.storage import most_megabytes
from tests.cast import Browser
from tests.proposals.conftest import Room

SignIn = Callable[[str], Browser]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
WORDS = "一整段话，写了半个小时 𬱖。"


@pytest.fixture
def stored(app: Flask) -> Callable[[], int]:
    """How many files the house keeps."""
    folder: Path = app.extensions["grants.settings"].instance / "files"
    return lambda: sum(each.is_file() for each in folder.rglob("*")) if folder.exists() else 0


def attach(
    client: Browser, address: str, content: bytes = PDF, name: str = "承诺书.pdf", token: str = ""
) -> int:
    data = {"file": (io.BytesIO(content), name), "csrf_token": token or client.csrf("/account/password")}
    return client.post(address, data=data, content_type="multipart/form-data").status_code


def test_a_strangers_upload_is_never_stored(room: Room, sign_in: SignIn, stored: Callable[[], int]) -> None:
    address = f"/proposals/{room.start()}/sections/files/files/letters"
    assert attach(sign_in("cy"), address) == 404
    assert stored() == 0
    assert attach(sign_in("ada"), address) == 303
    assert stored() == 1


def test_a_file_that_is_refused_in_the_end_is_dropped_at_once(
    room: Room, sign_in: SignIn, stored: Callable[[], int]
) -> None:
    """The door was open and the file in order, but there is no such question, or it has enough of them."""
    section, ada = f"/proposals/{room.start()}/sections/files", sign_in("ada")
    assert attach(ada, f"{section}/files/no-such-question") == 404
    assert stored() == 0
    answers = [attach(ada, f"{section}/files/letters") for _ in range(8)]
    assert set(answers) == {303, 422}
    assert stored() == answers.count(303)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_words_sent_too_late_or_to_the_wrong_door_stand_on_the_page_that_says_so(
    room: Room, sign_in: SignIn, language: str
) -> None:
    address = f"/proposals/{room.handed_in()}/sections/basics"
    for name in ("ada", "olu"):
        client = sign_in(name)
        client.set_cookie("language", language)
        data = {"csrf_token": client.csrf("/account/password"), "version": "1", "answers.title": WORDS}
        answer = client.post(address, data=data)
        assert answer.status_code in {403, 409}
        assert WORDS in answer.text
        assert ("您写的内容" if language == "zh-Hans" else "What you wrote") in answer.text


def test_an_expired_form_shows_what_was_written(room: Room, sign_in: SignIn) -> None:
    address = f"/proposals/{room.start()}/sections/basics"
    answer = sign_in("ada").post(
        address, data={"csrf_token": "old", "answers.title": WORDS, "password": "my secret"}
    )
    assert (answer.status_code, WORDS in answer.text, "my secret" in answer.text) == (400, True, False)


def test_what_a_page_put_in_is_not_shown_as_if_somebody_had_written_it() -> None:
    sent = [
        ("csrf_token", "Ij.secret 1"), ("version", "3"), ("back-version", "4"), ("password", "three green sprouts"),
        ("kind", "annual_report"), ("reason", WORDS), ("amount", "12,000.00"), ("again", WORDS),
    ]  # fmt: skip
    assert words_in(sent) == [WORDS, "12,000.00"]


def test_the_limit_on_pages_is_the_one_that_is_kept(app: Flask, room: Room, sign_in: SignIn) -> None:
    section, ada = f"/proposals/{room.start()}/sections/files", sign_in("ada")
    with app.app_context():
        limit = most_megabytes()
    assert f"Up to {limit} MB at a time" in ada.page(section)
    token, weight = ada.csrf("/account/password"), limit * 1024 * 1024
    whole = PDF[:9] + b" " * (weight - len(PDF)) + PDF[9:]
    assert attach(ada, f"{section}/files/letters", whole, token=token) == 303
    assert attach(ada, f"{section}/files/letters", b" " + whole, token=token) == 422
    answer = ada.post(
        f"{section}/files/letters",
        data=b" " * (weight + 2 * 1024 * 1024),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert f"A file may have up to {limit} MB" in answer.text
