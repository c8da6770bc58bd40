"""Somebody at a screen: reads, types and presses what is there, and notices whatever is amiss."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import resolve
from playwright.sync_api import Browser, ConsoleMessage, Locator, Response, expect

NARROW, HEIGHT = 360, 900
PATIENCE = 15_000  # ms: the machine may be busy
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": False,  # it would write styles into the page, which the policy of the page refuses
}
REFUSALS_OF_FORMS = {409, 422}  # pages like any other, though the browser's console calls them failures
SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return "";
  const wide = [...document.querySelectorAll("body *")].filter((el) => el.getBoundingClientRect().right > width);
  return wide.map((el) => el.cloneNode().outerHTML).slice(-3).join(" ");
}"""
VIOLATIONS = "document.addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.violatedDirective}`))"


class Eyes:
    """Examines each page once, wide and narrow: accessibility (axe, WCAG 2.2 A and AA), no sideways scrolling."""

    def __init__(self) -> None:
        self.axe = Axe()
        self.seen: set[str] = set()

    def examine(self, page: Any, name: str) -> list[str]:
        """What is amiss on a page of that name; nothing when one was examined before."""
        if name in self.seen:
            return []
        self.seen.add(name)
        found = self._violations(page, f"{name}, wide")
        width = page.viewport_size["width"]
        page.set_viewport_size({"width": NARROW, "height": HEIGHT})
        found += self._violations(page, f"{name}, narrow")
        if wide := page.evaluate(SIDEWAYS):
            found.append(f"{name}: wider than a narrow screen: {wide}")
        page.set_viewport_size({"width": width, "height": HEIGHT})
        return found

    def _violations(self, page: Any, where: str) -> list[str]:
        return [
            f"{where}: {rule['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
            for rule in self.axe.run(page, options=RULES).response["violations"]
            for node in rule["nodes"][:3]
        ]


class Visitor:
    """One browser window of one person. `problems` is what nobody should ever meet."""

    def __init__(self, browser: Browser, home: str, eyes: Eyes, *, scripts: bool, width: int) -> None:
        size: Any = {"width": width, "height": HEIGHT}
        self.home, self.eyes, self.scripts = home, eyes, scripts
        self.problems: list[str] = []
        self.context = browser.new_context(viewport=size, java_script_enabled=scripts, reduced_motion="reduce")
        self.context.set_default_timeout(PATIENCE)
        self.context.add_init_script(VIOLATIONS)
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"script failed: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"{self.path}: console: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"{self.home}/", "data:")):
            self.problems.append(f"{self.path}: asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in REFUSALS_OF_FORMS:
            self.problems.append(f"{self.path}: {response.status} from {response.request.method} {response.url}")

    def carry(self, session: str) -> None:
        """Bring the cookie of a session that is signed in."""
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.home}])

    def close(self, picture: Path | str = "") -> None:
        if picture:
            self.page.screenshot(path=picture, full_page=True)
        self.context.close()

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def look(self, name: str = "") -> None:
        """Look closely at the page shown, as everybody who opens it would have to."""
        if self.scripts:
            name = name or resolve(self.path).view_name
            self.problems += self.eyes.examine(self.page, name)

    def go(self, path: str = "/", name: str = "") -> "Visitor":
        self.page.goto(path if path.startswith("http") else f"{self.home}{path}")
        self.look(name)
        return self

    def press(self, words: str, within: Locator | None = None) -> "Visitor":
        """Press the button or link of exactly that name, which leads to a page."""
        with self.page.expect_navigation():
            self.find(words, within).click()
        self.look()
        return self

    def tap(self, words: str, within: Locator | None = None) -> "Visitor":
        """Press what changes only a part of the page."""
        self.find(words, within).click()
        return self

    def find(self, words: str, within: Locator | None = None) -> Locator:
        """The button or link of exactly that name; an ellipsis stands for the rest of it."""
        place = within or self.page.locator("main")
        name: Any = re.compile(f"^{re.escape(words[:-1])}") if words.endswith("…") else words
        question = place.locator("summary").filter(has_text=re.compile(rf"^\s*{re.escape(words.rstrip('…'))}"))
        button, link = (place.get_by_role(role, name=name, exact=True) for role in ("button", "link"))
        return button.or_(link).or_(question).first

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """The field with that label, whether or not it carries the asterisk of a required one."""
        exactly = re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")
        return (within or self.page.locator("main")).get_by_label(exactly)

    def type(self, answers: dict[str, str], within: Locator | None = None) -> "Visitor":
        """Type each answer into the field with that label; of a list take the choice that begins with it."""
        for label, answer in answers.items():
            box = self.field(label, within)
            if box.locator("option").count():
                choice = box.locator("option").filter(has_text=re.compile(rf"^\s*{re.escape(answer)}"))
                box.select_option(choice.first.get_attribute("value"))
            else:
                box.fill(answer)
        return self

    def tick(self, words: str, within: Locator | None = None) -> "Visitor":
        """Press the answer of that name among the large radio buttons."""
        (within or self.page.locator("main")).locator("label").filter(has_text=words).first.click()
        return self

    def part(self, title: str) -> Locator:
        """The panel or tile of that title."""
        return self.page.get_by_role("region", name=title, exact=True)

    def sees(self, words: str, within: Locator | None = None) -> "Visitor":
        expect((within or self.page.locator("main")).get_by_text(words).first).to_be_visible()
        return self

    def does_not_see(self, words: str) -> "Visitor":
        expect(self.page.locator("main").get_by_text(words)).to_have_count(0)
        return self
