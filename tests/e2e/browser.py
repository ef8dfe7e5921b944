"""Chromium with axe-core in it: pages opened as people open them, and what is wrong with them in words."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

# The second is the width of a screen of 1,280 pixels zoomed to 400% (WCAG 2.2, 1.4.10).
DESKTOP, NARROW = 1280, 320
_HEIGHT = 900
_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Whatever the keyboard stops at.
STOPS = "a[href], [tabindex='0']"

_AXE = """rules => axe.run(document, {resultTypes: ["violations", "incomplete"], ...rules})"""
_TAB = """stops => {
  const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect()
  const inSight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
  return {at: [...document.querySelectorAll(stops)].indexOf(element), inSight, outlined}
}"""


@dataclass(frozen=True)
class Browser:
    """One window; every page is opened in it."""

    page: Page
    axe: str

    def open(self, path: Path, *, width: int = DESKTOP) -> Page:
        """Open a file in a window of that width."""
        self.page.set_viewport_size({"width": width, "height": _HEIGHT})
        self.page.goto(path.as_uri())
        return self.page

    def check(self, *, only: Iterable[str] = (), without: Iterable[str] = ()) -> tuple[list[str], list[Any]]:
        """Run axe-core's rules, or some: what they forbid, a line each, and the checks of elements they could not decide."""
        self.page.evaluate(self.axe)
        rules: dict[str, Any] = {"rules": {rule: {"enabled": False} for rule in without}}
        if only:
            rules = {"runOnly": list(only)}
        result = self.page.evaluate(_AXE, rules)
        forbidden = [f"{rule['id']}: {node['html'][:200]}" for rule in result["violations"] for node in rule["nodes"]]
        nodes = [node for rule in result["incomplete"] for node in rule["nodes"]]
        return forbidden, [check for node in nodes for check in (*node["any"], *node["none"], *node["all"])]

    def tab(self) -> dict[str, Any]:
        """Press Tab: at which of the stops (from 0) the focus is now, whether it is in sight and whether it is seen."""
        self.page.keyboard.press("Tab")
        stop: dict[str, Any] = self.page.evaluate(_TAB, STOPS)
        return stop


@contextmanager
def browse() -> Iterator[Browser]:
    """Start the machine's own Chromium without a window; the test is skipped where there is none."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("no Chromium (Debian: apt-get install chromium)")
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program)
        yield Browser(chromium.new_page(), axe)
        chromium.close()
