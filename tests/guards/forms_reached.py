"""Every form a page of the house shows: where it is sent, what it asks, what it holds when the page opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

TYPED = frozenset(
    {"text", "textarea", "number", "date", "datetime-local", "time", "email", "tel", "url", "search", "month"}
)


@dataclass(frozen=True)
class Asked:
    """One name a form sends: its kind, what the page sends as it stands, and what can be chosen."""

    name: str
    kind: str
    values: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def is_typed(self) -> bool:
        return self.kind in TYPED


@dataclass(frozen=True)
class Shown:
    """A form as it stood on a page that somebody opened."""

    person: str
    page: str
    action: str
    endpoint: str
    method: str
    is_multipart: bool
    saves_itself: bool
    asks: tuple[Asked, ...]

    @property
    def kin(self) -> tuple[Any, ...]:
        """Forms alike in this are one form: the same act asked in the same words."""
        return self.endpoint, self.method, tuple(sorted({(each.name, each.kind) for each in self.asks}))

    @property
    def typed(self) -> list[Asked]:
        return [each for each in self.asks if each.is_typed]

    @property
    def files(self) -> list[Asked]:
        return [each for each in self.asks if each.kind == "file"]


@dataclass
class _Raw:
    attributes: dict[str, str]
    controls: list[tuple[str, dict[str, str], list[tuple[str, bool]]]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Forms and their controls, also those that belong to a form by its id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[_Raw] = []
        self._open: _Raw | None = None
        self._elsewhere: list[tuple[str, Any]] = []
        self._area: tuple[dict[str, str], list[str]] | None = None
        self._select: tuple[dict[str, str], list[tuple[str, bool]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = _Raw(given)
            self.forms.append(self._open)
        elif tag == "textarea":
            self._area = (given, [])
        elif tag == "select":
            self._select = (given, [])
        elif tag == "option" and self._select:
            self._select[1].append((given.get("value", ""), "selected" in given))
        elif tag in {"input", "button"}:
            self._put(tag, given, [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._area:
            given, said = self._area
            self._area = None
            self._put(tag, given, [("".join(said).removeprefix("\n"), True)])
        elif tag == "select" and self._select:
            given, offered = self._select
            self._select = None
            self._put(tag, given, offered)

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def _put(self, tag: str, given: dict[str, str], offered: list[tuple[str, bool]]) -> None:
        if "form" in given:
            self._elsewhere.append((given["form"], (tag, given, offered)))
        elif self._open:
            self._open.controls.append((tag, given, offered))

    def found(self) -> list[_Raw]:
        by_id = {form.attributes.get("id"): form for form in self.forms}
        for name, control in self._elsewhere:
            if name in by_id:
                by_id[name].controls.append(control)
        self._elsewhere = []
        return self.forms


def forms_on(html: str, *, person: str, page: str, adapter: MapAdapter) -> Iterator[Shown]:
    """Each form of a page, and one more for each button that sends it elsewhere."""
    reader = _Reader()
    reader.feed(html)
    for raw in reader.found():
        here = raw.attributes.get("action") or page
        method = raw.attributes.get("method", "get").upper()
        shown = Shown(
            person=person, page=page, action=here, endpoint="", method=method,
            is_multipart="multipart" in raw.attributes.get("enctype", ""),
            saves_itself="data-autosave" in raw.attributes,
            asks=tuple(_asks(raw.controls)),
        )  # fmt: skip
        buttons = {given["formaction"] for tag, given, _ in raw.controls if given.get("formaction")}
        for action in (here, *sorted(buttons)):
            endpoint = _endpoint(adapter, action, method)
            if endpoint:
                yield replace(shown, action=action, endpoint=endpoint)


def _endpoint(adapter: MapAdapter, action: str, method: str) -> str:
    try:
        endpoint, _ = adapter.match(action.partition("?")[0].partition("#")[0], method=method)
    except HTTPException:
        return ""
    return str(endpoint)


def _asks(controls: Iterable[tuple[str, dict[str, str], list[tuple[str, bool]]]]) -> Iterator[Asked]:
    """What is sent under each name; boxes of one name are one question."""
    found: dict[str, Asked] = {}
    for tag, given, offered in controls:
        name, kind = given.get("name", ""), given.get("type", "text") if tag == "input" else tag
        if not name or "disabled" in given or kind in {"submit", "reset", "image"}:
            continue
        before = found.get(name, Asked(name, kind))
        found[name] = _with(before, kind, given, offered)
    yield from found.values()


def _with(before: Asked, kind: str, given: dict[str, str], offered: list[tuple[str, bool]]) -> Asked:
    if kind in {"radio", "checkbox"}:
        value = given.get("value", "on")
        sent = (value,) if "checked" in given else ()
        return replace(before, choices=(*before.choices, value), values=before.values + sent)
    if kind == "select":
        picked = [value for value, chosen in offered if chosen] or [value for value, _ in offered[:1]]
        return replace(before, values=(*before.values, *picked), choices=tuple(value for value, _ in offered))
    if kind == "button":
        return replace(before, choices=(*before.choices, given.get("value", "")))
    value = offered[0][0] if kind == "textarea" else given.get("value", "")
    return replace(before, values=(*before.values, value))
