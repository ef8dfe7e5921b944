"""Every kind of page, mail and PDF the product makes, read by axe-core in Chromium and by outloud: nothing is found.

Of each kind the shortest, the longest and one between are looked at, or all of them with PMF_TEST_EVERYTHING=1 in the environment.
What each checker covers and cannot see, and when all were last looked at, is told in docs/accessibility.md.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import outloud
import pikepdf
import pytest

from e2e.browser import DESKTOP, NARROW, STOPS, Browser, browse
from e2e.quarter import live_through
from page.letters import CONTEXTS
from page.reading import squeezed
from page.tagged import page_runs, spoken, spoken_by_mark, structure, within
from pmf.page.draft import WATERMARK
from pmf.page.mailbody import render_mail
from pmf.settings import read_settings
from pmf.status import Status

pytestmark = pytest.mark.slow

EVERYTHING = os.environ.get("PMF_TEST_EVERYTHING") == "1"
KINDS = {"scorecard", "paper", "annual", "data", "returns", "queries", "calendar", "waivers", "board", "outcome"}
KINDS |= {"index", "kpis", "kpi", "committee", "directorate", "accessibility"}
# A mail is shown inside the page of a mail program, which has the landmarks.
OF_WHOLE_PAGES = ("landmark-one-main", "region")
# What axe-core cannot decide of contrast: shapes, which are not letters, and words on a drawing. See tests/page/test_colours.py.
UNDECIDED = {"nonBmp", "imgNode"}
# Nor of words that stand on the mark of a draft, pale as it is.
ON_A_MARK = {"bgOverlap", "elmPartiallyObscuring"}
# What the width of a window changes.
OF_WIDTH = ("scrollable-region-focusable", "target-size", "meta-viewport")
# WCAG 2.2, 1.4.12.
SPACING = """
  * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
  p { margin-bottom: 2em !important }
"""
# A page that scrolls sideways, and words that are cut off.
SPILLS = """() => [
  document.documentElement.scrollWidth > innerWidth ? ["the page"] : [],
  [...document.querySelectorAll("body *")].filter(element => !element.ownerSVGElement && getComputedStyle(element).overflowX === "hidden"
    && element.scrollWidth > element.clientWidth).map(element => element.outerHTML.slice(0, 100)),
  [...document.querySelectorAll("svg text")].filter(words => { const box = words.getBBox(), all = words.ownerSVGElement.viewBox.baseVal
    return box.x < 0 || box.x + box.width > all.width }).map(words => words.textContent)
].flat()"""
# The share of a table's window that the column which stays in sight takes.
STAYS = """() => Math.max(0, ...[...document.querySelectorAll(".wide tbody th")].map(
  cell => cell.offsetWidth / cell.closest(".table").clientWidth))"""
GROUND = "element => getComputedStyle(element).backgroundColor"
# Column headings that a table repeats on its next page are rightly not read aloud again; outloud takes them for prose that is hidden.
# test_what_is_not_read_aloud compares them word for word instead.
REPEATED_HEADINGS = "TAG-002"


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Both sample councils after a quarter."""
    first, second = (tmp_path_factory.mktemp(name) for name in ("county", "district"))
    live_through("cambridgeshire", first)
    live_through("huntingdonshire", second, publishes=False)
    return first, second


@pytest.fixture(scope="module")
def pages(homes: tuple[Path, Path]) -> dict[str, list[Path]]:
    """The pages by kind, the shortest first; a page of the outbox that is on the site too is there once."""
    distinct = {path.read_bytes(): path for home in homes for path in sorted(home.rglob("*.html"))}
    return _by_kind(distinct.values())


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One mail of every kind, as a page."""
    folder, templates = tmp_path_factory.mktemp("mails"), read_settings({}).templates
    for name, context in CONTEXTS.items():
        (folder / f"{name}.html").write_text(render_mail(name, context, templates=templates).html, encoding="utf-8")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def pdfs(homes: tuple[Path, Path]) -> list[Path]:
    """The PDFs of both councils; those on the site are the same files."""
    by_kind = _by_kind(path for home in homes for path in (home / "outbox").rglob("*.pdf"))
    return [path for paths in by_kind.values() for path in paths]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browse() as browser:
        yield browser


def test_every_kind_of_page_is_there(pages: dict[str, list[Path]], mails: list[Path], pdfs: list[Path]) -> None:
    """What follows is about every kind of page, mail and PDF there is."""
    assert set(pages) == KINDS
    assert {path.stem.split("-")[0] for path in pdfs} == {"scorecard", "paper", "annual", "board", "outcome"}
    templates = read_settings({}).templates / "mail"
    assert {path.stem for path in mails} == {path.name.split(".")[0] for path in templates.glob("*.subject.txt")}


def test_pages_break_no_rule(browser: Browser, pages: dict[str, list[Path]]) -> None:
    """axe-core finds no violation of any rule, good practice included, on any page; contrast, which takes long, is looked at below."""
    broken = {}
    for path in (path for paths in pages.values() for path in paths):
        browser.open(path)
        broken[str(path)] = browser.check(without=["color-contrast"])[0]
    assert not {path: found for path, found in broken.items() if found}


def test_words_stand_out(browser: Browser, pages: dict[str, list[Path]], mails: list[Path]) -> None:
    """axe-core finds every word's contrast sufficient on a page of each kind, and leaves only drawn ones undecided."""
    for path in (*(paths[0] for paths in pages.values()), *mails):
        browser.open(path)
        violations, undecided = browser.check(only=["color-contrast"])
        assert violations == [], path
        is_draft = b'class="watermark"' in path.read_bytes()
        assert {check["data"]["messageKey"] for check in undecided} <= UNDECIDED | (ON_A_MARK if is_draft else set()), path


def test_mails_break_no_rule(browser: Browser, mails: list[Path]) -> None:
    """axe-core finds no violation in any mail, on a desk or on a phone, and no mail scrolls sideways."""
    for path in mails:
        for width in (DESKTOP, NARROW):
            page = browser.open(path, width=width)
            assert browser.check(without=[*OF_WHOLE_PAGES, "color-contrast"])[0] == [], path
            assert page.evaluate(SPILLS) == [], path


def test_pages_reflow(browser: Browser, pages: dict[str, list[Path]]) -> None:
    """At 320 pixels, or a zoom of 400%, nothing but tables and charts scrolls sideways, and those by keyboard too (1.4.10).

    What stays in sight of a table while it scrolls takes less than half of the width.
    """
    for path in (path for paths in pages.values() for path in paths):
        page = browser.open(path, width=NARROW)
        assert page.evaluate(SPILLS) == [], path
        assert page.evaluate(STAYS) < 0.5, path
        assert browser.check(only=OF_WIDTH)[0] == [], path


def test_pages_bear_wide_spacing(browser: Browser, pages: dict[str, list[Path]]) -> None:
    """Lines, letters and words set as wide as WCAG 2.2, 1.4.12 asks cut nothing off, on a page of each kind."""
    for path in (paths[-1] for paths in pages.values()):
        for width in (DESKTOP, NARROW):
            page = browser.open(path, width=width)
            page.add_style_tag(content=SPACING)
            assert page.evaluate(SPILLS) == [], path


def test_the_keyboard_goes_everywhere_and_is_seen(browser: Browser, pages: dict[str, list[Path]]) -> None:
    """Tab stops at each link, scrolling table and chart in the order of the page, in sight and outlined (2.1.1, 2.4.3, 2.4.7, 2.4.11)."""
    for path in (paths[0] for paths in pages.values()):
        page = browser.open(path, width=NARROW)
        count = page.locator(STOPS).count()
        stops = [browser.tab() for _ in range(count)]
        assert [stop["at"] for stop in stops] == list(range(count)), path
        assert all(stop["inSight"] and stop["outlined"] for stop in stops), path


def test_a_chart_keeps_its_ground(browser: Browser, pages: dict[str, list[Path]]) -> None:
    """Where a reader's own colours replace those of the page, white on black, a chart keeps the white its lines are drawn for."""
    path = next(path for path in pages["paper"] if b"<figure" in path.read_bytes())
    page = browser.open(path)
    page.emulate_media(forced_colors="active", color_scheme="dark")
    grounds = [page.locator(element).first.evaluate(GROUND) for element in ("body", ".chart")]
    page.emulate_media(forced_colors="none", color_scheme="light")
    assert grounds == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_pdfs_conform(pdfs: list[Path]) -> None:
    """No PDF has an error that outloud knows, of PDF/UA-1 or beyond it."""
    for path in pdfs:
        result = outloud.check(str(path))
        assert result.error is None
        assert [found for found in result.findings if found.severity == "error" and found.rule != REPEATED_HEADINGS] == [], path


def test_what_is_not_read_aloud(pdfs: list[Path]) -> None:
    """A PDF leaves out what was read before (banner, repeated column headings), the footer, shapes with a word beside, a draft's mark."""
    for path in pdfs:
        document, pdf = _document(path), pikepdf.open(path)
        by_mark = spoken_by_mark(pdf)
        headings = [squeezed(spoken(element, by_mark)) for element in structure(pdf) if element.S == "/TH"]
        footers = [f"Page{number}of{len(pdf.pages)}" for number in range(1, len(pdf.pages) + 1)]
        known = [*headings, *footers, squeezed(document["footer"]), squeezed(document["banner"] or "")]
        known += [WATERMARK] if document["is_draft"] else []
        artifacts = {squeezed(run.words) for page in pdf.pages for run in page_runs(page) if run.is_artifact}
        assert {words for words in artifacts if not any(words in whole for whole in known)} <= _glyphs(document), path


def test_the_structure_of_pdfs(pdfs: list[Path]) -> None:
    """Language, title, headings without a gap, tables of equal rows under column headings, and words for every drawing."""
    for path in pdfs:
        document, pdf = _document(path), pikepdf.open(path)
        elements = structure(pdf)
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo.Title) == ", ".join(filter(None, (document["title"], document["subtitle"])))
        levels = [0, *(int(str(element.S)[2:]) for element in elements if str(element.S)[:2] == "/H")]
        assert all(below - above <= 1 for above, below in pairwise(levels)), path
        tables = [element for element in elements if element.S == "/Table"]
        assert len(tables) == sum(block["kind"] == "table" for section in document["sections"] for block in section["blocks"])
        assert all(_is_sound(table) for table in tables), path
        assert all(str(element.Alt).strip() for element in elements if element.S == "/Figure"), path


def test_the_page_on_accessibility_names_what_was_used(browser: Browser) -> None:
    """docs/accessibility.md names the checkers in the versions that these tests use."""
    words = (Path(__file__).parents[2] / "docs" / "accessibility.md").read_text(encoding="utf-8")
    axe = browser.axe.splitlines()[0].split(" v")[1]
    assert f"axe-core {axe}" in words
    assert f"outloud {version('outloud')}" in words
    assert f"Typst {version('typst')}" in words


def _by_kind(paths: Iterable[Path]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in sorted(paths, key=lambda path: (path.stat().st_size, path)):
        kind = path.parent.name if path.parent.name in KINDS else path.stem.split("-")[0]
        found.setdefault(kind, []).append(path)
    return found if EVERYTHING else {kind: sorted({of[0], of[len(of) // 2], of[-1]}, key=of.index) for kind, of in found.items()}


def _document(path: Path) -> dict[str, Any]:
    """The data copy of a report, which lies beside it."""
    document: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return document


def _glyphs(document: dict[str, Any]) -> set[str]:
    """The shapes and arrows that may stand beside words."""
    blocks = [block for section in document["sections"] for block in section["blocks"]]
    arrows = {cell["arrow"] for block in blocks if block["kind"] == "table" for row in block["rows"] for cell in row}
    return {"", "•", "–"} | arrows | {status.shape for status in Status}


def _is_sound(table: pikepdf.Object) -> bool:
    """Whether the first row is all column headings, and every row has as many cells."""
    first, *others = within(table, "/TR")
    headings = within(first, "/TH")
    return (
        bool(headings)
        and not within(first, "/TD")
        and all(heading.A[0].Scope == "/Column" for heading in headings)
        and {len(within(row, "/TD")) for row in others} == {len(headings)}
    )
