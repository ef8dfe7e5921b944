"""What stands beside a figure: a waiver with post, reason and last day, or why it is withheld, in every format (rulings 13)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from page.reading import docx_text, html_text, pdf_text, squeezed
from pmf.page.document import Document, Note
from pmf.page.pdf import render_pdf
from pmf.page.web import render_html
from pmf.page.word import render_docx
from pmf.reporting.paper import committee_paper
from pmf.reporting.scorecard import ScorecardSetting, directorate_scorecard
from pmf.reporting.scorecardtable import COLUMNS
from pmf.reporting.waiver import PrintedWaiver
from pmf.status import Status
from reporting.samples import PROFILE, a_measure, a_paper_setting, a_scorecard_setting, section, tables, words_of

TEMPLATES = Path(__file__).resolve().parents[2] / "include" / "templates"
FORMATS = {
    "html": lambda document: html_text(render_html(document, templates=TEMPLATES)),
    "pdf": lambda document: pdf_text(render_pdf(document, templates=TEMPLATES)),
    "docx": lambda document: docx_text(render_docx(document, template=TEMPLATES / "paper.docx")),
}
WAIVER = PrintedWaiver(
    rule_id="observation.below_minimum",
    kpi_ref="36",
    period="September 2024",
    check="The figure is not below the least its data-quality template calls plausible.",
    post="Head of Libraries",
    reason="two libraries were shut",
    until=date(2024, 10, 31),
    is_used=True,
)
WAIVED_WORDS = (
    "Waived for September 2024 by the Head of Libraries until 31 October 2024: Two libraries were shut. "
    "The check that was not met: The figure is not below the least its data-quality template calls plausible."
)
WHOLE = PrintedWaiver(**(vars(WAIVER) | {"kpi_ref": "", "reason": "No post today!", "check": "Something came in."}))
REASON = "Under query: the figure is withheld until the query about it is answered."
USED = a_measure("36", Status.GREEN)
USED = USED.__class__(USED.kpi, USED.rating, waivers=(WAIVER,))
HELD = a_measure("37", Status.UNDER_QUERY, reason=REASON)
HELD = HELD.__class__(HELD.kpi, HELD.rating, unmet=("Every cell holds a figure.",), queries=("Q-7KM2PX",))
HELD_WORDS = f"{REASON} The check that was not met: Every cell holds a figure. Query Q-7KM2PX."


def a_card() -> Document:
    setting = ScorecardSetting(**(vars(a_scorecard_setting()) | {"waivers": (WHOLE,)}))
    return directorate_scorecard([USED, HELD], PROFILE.directorates[-1], setting)


def a_paper() -> Document:
    return committee_paper([USED, HELD], a_paper_setting(waivers=(WHOLE,)))


@pytest.mark.parametrize("make", [a_card, a_paper])
@pytest.mark.parametrize("read", FORMATS.values(), ids=FORMATS)
def test_every_format_prints_waivers_and_why_a_figure_is_withheld(make, read) -> None:
    """Scorecard and paper say in every format under whose waiver a figure is used, and why another is not."""
    printed = read(make())
    for words in (WAIVED_WORDS, HELD_WORDS, WHOLE.words):
        assert squeezed(words) in printed


def test_a_scorecard_says_it_at_the_top_and_in_the_row() -> None:
    """The summary lists what is printed under a waiver; the KPI's own row says it beside the commentary."""
    used, held = next(table for table in tables(a_card()) if table.columns == COLUMNS).rows
    assert used[12].note == WAIVED_WORDS
    assert (held[7].text, held[12].text, held[12].note) == ("Under query", HELD_WORDS, "")
    (listed,) = [block for block in section(a_card(), "Summary").blocks if block.kind == "bullets"]
    assert [item.runs[0].text for item in listed.items] == [f"{USED.name}. {WAIVED_WORDS}", WHOLE.words]


def test_a_paper_says_it_in_its_main_issues_and_its_dashboard() -> None:
    """The paper's text lists both, and each indicator's own dashboard notes it."""
    notes = [(block.heading, words_of(block)) for block in section(a_paper(), "Appendix 1").blocks if isinstance(block, Note)]
    assert notes == [("Printed under a waiver", WAIVED_WORDS), ("Under query", HELD_WORDS)]
    issues = [item.runs[0].text for block in section(a_paper(), "Main Issues").blocks if block.kind == "bullets" for item in block.items]
    assert f"{HELD.name}. {HELD_WORDS}" in issues
    assert f"{USED.name}. {WAIVED_WORDS}" in issues


def test_nothing_is_said_where_nothing_is_waived() -> None:
    """A document without waivers does not mention them."""
    plain = a_measure("36")
    assert (plain.waived, plain.withheld_because) == ("", "")
    for document in (
        directorate_scorecard([plain], PROFILE.directorates[-1], a_scorecard_setting()),
        committee_paper([plain], a_paper_setting()),
    ):
        assert "waive" not in FORMATS["html"](document).lower()


def test_a_figure_that_is_used_again_is_not_called_withheld() -> None:
    """What a figure failed in a month of the quarter is not said of a quarter that has its figure."""
    measure = HELD.__class__(a_measure("37").kpi, a_measure("37").rating, unmet=HELD.unmet, queries=HELD.queries)
    assert measure.withheld_because == ""
