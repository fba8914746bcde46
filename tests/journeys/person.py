"""Somebody at a browser: what they open, fill in and press, and how every page they get is judged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

from tests.journeys.walk import Walk

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "greenshoots-demo"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Its source comes along with every new page, folded up: sending it for each look would cost more than the look.
BRING_AXE = f"globalThis.bringAxe = function () {{\n{AXE.read_text('utf-8')}\n}};" if AXE.exists() else ""
# How wide the page is, and what axe finds on all of it. A bar that is fixed to the window lies over whatever happens
# to be there, and what lies wholly under it is not judged at all: each takes its own place in the text meanwhile.
JUDGE = """async tags => {
  const wide = document.documentElement.scrollWidth;
  const bars = [...document.querySelectorAll("body *")].filter(
    e => ["fixed", "sticky"].includes(getComputedStyle(e).position));
  for (const bar of bars) {
    bar.style.setProperty("position", "relative", "important");
    bar.style.setProperty("inset", "auto", "important");
  }
  if (typeof axe === "undefined") bringAxe();
  try {
    const said = await axe.run(document, {runOnly: tags, resultTypes: ["violations"], selectors: false});
    return [wide, said.violations.map(
      v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "))];
  } finally {
    bars.forEach(bar => bar.removeAttribute("style"));
  }
}"""
TOO_WIDE = (
    "width => [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > width)"
    ".slice(-3).map(e => e.outerHTML.slice(0, 200))"
)
Answer = str | bool | Path | Sequence[str]
SPACES = re.compile(r"[\s\u00a0\u2009]+")


def plain(text: str) -> str:
    """Without what is only typography: thin and no-break spaces, line breaks."""
    return SPACES.sub(" ", text)


@dataclass
class Person:
    """Every page they look at is judged: axe, console, width, valid HTML.

    With a `walk`, each page they come to is looked at if it holds anything not seen before.
    """

    context: BrowserContext
    page: Page
    base: str
    width: int
    walk: Walk | None = None
    complaints: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    sent: Response | None = None

    def __post_init__(self) -> None:
        self.context.add_init_script(BRING_AXE)
        self.page.on("console", self._heard)
        self.page.on("response", self._received)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _received(self, answer: Response) -> None:
        """Keep what the server sent for the page itself: the browser's own reading of it is no judge."""
        if answer.request.is_navigation_request() and not 300 <= answer.status < 400:
            self.sent = answer

    def _heard(self, message: ConsoleMessage) -> None:
        """Errors, warnings, and what the content security policy refused."""
        expected = "the server responded with a status of 4" in message.text
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(f"console on {self.page.url}: {message.text[:300]}")

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        return plain(self.page.inner_text("main"))

    def open(self, path: str, *, status: int = 200) -> Response:
        answer = self.page.goto(f"{self.base}{path}")
        assert answer is not None
        assert answer.status == status, f"{path} answered {answer.status}"
        self._arrive()
        return answer

    def follow(self, address: str) -> None:
        """Click the first link in sight whose address ends so."""
        self._click(self.page.locator(f'a[href$="{address}"]:visible').first)

    def pick(self, name: str) -> None:
        """Click the link with this name."""
        self._click(self.page.locator("main").get_by_role("link", name=name).first)

    def _click(self, link: Locator) -> None:
        with self.page.expect_navigation():
            self._unfold(link).click()
        assert self.sent is not None
        assert self.sent.status == 200, f"{self.path} answered {self.sent.status}"
        self._arrive()

    def send(
        self,
        form: str,
        given: Mapping[str, Answer] | None = None,
        *,
        button: tuple[str, str] | None = None,
        status: int = 200,
    ) -> None:
        """Fill in the form whose address ends so (or a selector), press its button, come to the page after it."""
        chosen = form if form.startswith("form") else f'form[action$="{form}"]'
        box = self._unfold(self.page.locator(chosen).first)
        for name, answer in (given or {}).items():
            self.give(box, name, answer)
        with self.page.expect_navigation():
            self._button(box, button).click()
        assert self.sent is not None
        assert self.sent.status == status, f"{form} answered {self.sent.status}: {self._what_is_wrong()}"
        self._arrive()

    def _what_is_wrong(self) -> str:
        wrong = self.page.locator("[data-errors]")
        return wrong.inner_text() if wrong.count() else self.text[:400]

    def give(self, box: Locator, name: str, answer: Answer) -> None:
        """Put an answer into a field, whatever kind of field it is."""
        fields = box.locator(f'[name="{name}"]:not([type=hidden])')
        if not fields.count():
            fields = self.page.locator(f'[name="{name}"][form="{box.get_attribute("id")}"]')
        kind = self._unfold(fields.first).evaluate("e => e.type")
        match answer:
            case bool():
                fields.first.set_checked(answer)
            case Path():
                fields.first.set_input_files(answer)
            case str() if kind == "select-one":
                fields.first.select_option(answer)
            case str() if kind == "radio":
                box.locator(f'[name="{name}"][value="{answer}"]').check()
            case str():
                fields.first.fill(answer)
            case _:
                for value in answer:
                    box.locator(f'[name="{name}"][value="{value}"]').check()

    def _button(self, box: Locator, button: tuple[str, str] | None) -> Locator:
        wanted = f'[name="{button[0]}"][value="{button[1]}"]' if button else ""
        inside = box.locator(f"button[type=submit]{wanted}:not(.hide)")
        if inside.count():
            return inside.first
        return self.page.locator(f'button[form="{box.get_attribute("id")}"]{wanted}').first

    def _unfold(self, thing: Locator) -> Locator:
        """Open what is folded around it, as one would to get at it."""
        thing.wait_for(state="attached")
        closed = thing.locator("xpath=ancestor::details[not(@open)]")
        while closed.count():
            closed.first.locator("summary").first.click()
        return thing

    def reads(self, *texts: str) -> None:
        here = self.text
        missing = [text for text in texts if plain(text) not in here]
        assert not missing, f"{self.path} does not say {missing}: {here[:1500]}"

    def lacks(self, *texts: str) -> None:
        here = self.text
        found = [text for text in texts if plain(text) in here]
        assert not found, f"{self.path} says {found}"

    def _arrive(self) -> None:
        if self.walk is None or self.sent is None:
            return
        html = self.sent.text()
        if self.walk.is_new(self.walk.kind_of(self.path) or self.path, html):
            self.look()

    def look(self, name: str = "") -> None:
        """Judge the page in front of us."""
        here = name or self.page.url.removeprefix(self.base)
        self.pages[here] = self.sent.text() if self.sent is not None else ""
        wide, found = self.page.evaluate(JUDGE, TAGS)
        self.complaints += [f"{here} at {self.width}: axe {each}" for each in found]
        if wide > self.width:
            reaching = self.page.evaluate(TOO_WIDE, self.width)
            self.complaints.append(f"{here}: {wide} px wide at {self.width}: {reaching}")

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        self.open("/sign-in")
        self.page.fill("input[name=email]", name if "@" in name else f"{name}@demo.example")
        self.page.fill("input[name=password]", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(re.compile(r"/(home)?$"))
