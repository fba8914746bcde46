"""Forms as a browser would send them, read from the page they are on."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

Fields = dict[str, Any]


class _Reader(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.values = form, Fields()
        self.inside = False
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = said.get("id") == self.form
        elif self.inside:
            self._control(tag, said)

    def _control(self, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        ticked = said.get("type") not in {"checkbox", "radio"} or "checked" in said
        if tag == "input" and ticked:
            self.values.setdefault(name, []).append(said.get("value", ""))
        elif tag == "textarea":
            self.area, self.values[name] = name, [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and ("selected" in said or self.select not in self.values):
            self.values[self.select] = [said.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self.area][0] = self.values[self.area][0].removeprefix("\r\n").removeprefix("\n")
            self.area = ""
        elif tag == "form":
            self.inside = False


def fields_of(page: str, form: str = "part") -> Fields:
    """The form with this id, unchanged."""
    reader = _Reader(form)
    reader.feed(page)
    return reader.values
