"""What is measured, and as whom."""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass

from bench.measures import Request


@dataclass(frozen=True)
class Cast:
    """Session tokens of an officer and a group's owner, a draft of the group's, a case of the officer's."""

    officer: str
    group: str
    draft: str
    case: str


def requests(cast: Cast) -> dict[str, Request]:
    """Name → request, in the order of the report."""
    officer = {"Cookie": f"sid={cast.officer}; language=zh-Hans"}
    group = {"Cookie": f"sid={cast.group}; language=zh-Hans"}
    return {
        "list of 25": Request("/desk/proposals", headers=officer),
        "list of 50": Request("/desk/proposals?size=50", headers=officer),
        "home of the officer": Request("/home", headers=officer),
        "case page": Request(f"/cases/{cast.case}", headers=officer),
        "section of a draft": Request(f"/proposals/{cast.draft}/sections/basics", headers=group),
    }


def queries(port: int, request: Request) -> int:
    """Statements of one request, session and rights included, after the first of its kind."""
    found, last = 0, b""
    for number in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        body = request.body(number, last) if request.body else None
        connection.request(request.method, request.path, body=body, headers=dict(request.headers or {}))
        answer = connection.getresponse()
        last = answer.read()
        found = int(answer.headers["X-Statements"])
        connection.close()
    return found


def section_save(port: int, cast: Cast) -> Request:
    """A save of one section by itself, as the page's script sends it; its version follows the answers."""
    headers = {"Cookie": f"sid={cast.group}; language=zh-Hans"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", f"/proposals/{cast.draft}/sections/basics", headers=headers)
    answer = connection.getresponse()
    page = answer.read().decode()
    session = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert token
    assert version
    kept = {"version": int(version[1])}

    def body(number: int, last: bytes) -> str:
        if last:
            kept["version"] = json.loads(last)["version"]
        return json.dumps({"version": kept["version"], "answers": {"title": f"试一试 {number}"}})

    more = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": token[1]}
    cookie = f"{headers['Cookie']}; {session}"
    path = f"/proposals/{cast.draft}/sections/basics"
    return Request(path, "PATCH", {**headers, **more, "Cookie": cookie}, body)
