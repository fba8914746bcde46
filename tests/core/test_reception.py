"""A slow line holds no seat; what comes in is handed on whole, or refused."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from typing import Any

import pytest

from grants.core.reception import IN_MEMORY, Reception

LARGEST = 2 * IN_MEMORY
SOON = 10.0


class Line:
    """What a sender has sent so far; waits for the rest."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.rest_may_come = threading.Event()

    def read(self, size: int) -> bytes:
        if not self.pieces:
            return b""
        if len(self.pieces) == 1:
            assert self.rest_may_come.wait(SOON)
        return self.pieces.pop(0)


class Silent:
    """A line on which nothing comes."""

    def read(self, size: int) -> bytes:
        raise TimeoutError


class Desk:
    """An app that notes what it was given, and can be held up."""

    def __init__(self) -> None:
        self.given: list[tuple[str, bytes]] = []
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.may_end.set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.begun.set()
        assert self.may_end.wait(SOON)
        self.given.append((environ.get("CONTENT_LENGTH", ""), environ["wsgi.input"].read()))
        start_response("200 OK", [])
        return [b"done"]


def ask(reception: Reception, source: Any, **head: str) -> str:
    said: list[str] = []

    def start_response(status: str, _headers: object) -> None:
        said.append(status)

    reception({"wsgi.input": source, **head}, start_response)
    return said[0]


def beside(reception: Reception, source: Any, **head: str) -> threading.Thread:
    thread = threading.Thread(target=ask, args=(reception, source), kwargs=head)
    thread.start()
    return thread


def test_a_slow_body_lets_others_be_served_on_the_only_seat() -> None:
    desk, line = Desk(), Line(b"slow", b"ly!")
    reception = Reception(desk, largest=LARGEST, seats=1)
    slow = beside(reception, line, CONTENT_LENGTH="7")
    assert ask(reception, io.BytesIO(b"")) == "200 OK"
    assert desk.given == [("", b"")]
    line.rest_may_come.set()
    slow.join(SOON)
    assert desk.given[1:] == [("7", b"slowly!")]


def test_who_has_no_seat_waits_for_one() -> None:
    desk = Desk()
    reception = Reception(desk, largest=LARGEST, seats=1)
    desk.may_end.clear()
    first = beside(reception, io.BytesIO(b""))
    assert desk.begun.wait(SOON)
    desk.begun.clear()
    second = beside(reception, io.BytesIO(b""))
    assert not desk.begun.wait(0.2)
    desk.may_end.set()
    first.join(SOON)
    second.join(SOON)
    assert len(desk.given) == 2


@pytest.mark.parametrize("body", [b"x", b"words" * 1000, b"a" * (IN_MEMORY + 1)])
def test_a_body_is_handed_on_as_it_came(body: bytes) -> None:
    desk = Desk()
    ask(Reception(desk, largest=LARGEST), io.BytesIO(body), CONTENT_LENGTH=str(len(body)))
    assert desk.given == [(str(len(body)), body)]


def test_what_was_not_announced_is_measured() -> None:
    desk = Desk()
    ask(Reception(desk, largest=LARGEST), io.BytesIO(b"chunks"), HTTP_TRANSFER_ENCODING="chunked")
    assert desk.given == [("6", b"chunks")]


def test_what_was_not_announced_is_not_taken_in_beyond_the_limit() -> None:
    desk, source = Desk(), io.BytesIO(b"a" * LARGEST * 2)
    ask(Reception(desk, largest=LARGEST), source, HTTP_TRANSFER_ENCODING="chunked")
    assert [int(length) for length, _body in desk.given] == [LARGEST + 1]
    assert source.tell() == LARGEST + 1


def test_what_is_announced_as_too_large_is_left_on_the_line() -> None:
    desk, source = Desk(), io.BytesIO(b"a" * LARGEST * 2)
    ask(Reception(desk, largest=LARGEST), source, CONTENT_LENGTH=str(LARGEST * 2))
    assert desk.given[0][0] == str(LARGEST * 2)


def test_a_body_cut_short_keeps_the_length_it_announced() -> None:
    desk = Desk()
    ask(Reception(desk, largest=LARGEST), io.BytesIO(b"half"), CONTENT_LENGTH="8")
    assert desk.given == [("8", b"half")]


def test_a_line_gone_silent_is_told_so_and_never_served() -> None:
    desk = Desk()
    assert ask(Reception(desk, largest=LARGEST), Silent(), CONTENT_LENGTH="8") == "408 Request Timeout"
    assert desk.given == []
