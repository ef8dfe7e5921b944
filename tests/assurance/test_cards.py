"""The linter on scorecards, boards' reports and reports of outcome measures: every count, list and remark behind a colour is read."""

from __future__ import annotations

import re
from typing import Any

import pytest

from assurance.finished import Finished, in_page
from pmf.assurance.known import Known
from pmf.assurance.linter import lint_document
from pmf.assurance.problem import Kind
from pmf.page.document import Document
from pmf.page.web import render_html
from pmf.period import FinancialYear
from pmf.register.structure import OutcomeMeasures
from pmf.reporting.boardreport import board_report
from pmf.reporting.measure import Measure
from pmf.reporting.outcomes import OutcomeSetting, outcome_report
from pmf.status import Status
from reporting.samples import AS_AT, FOLDER, IN_DEPTH, PROFILE, SEPTEMBER, a_kpi, a_measure, a_scorecard_setting

CARD = "scorecard-strategy-partnerships-internal"
BOARD = PROFILE.boards[0]
REPORT, OUTCOMES = f"board-report-{BOARD.id}", "outcome-measures"


def kinds(finished: Finished, page: bytes) -> set[Kind]:
    return {problem.mismatch.kind for problem in finished.lint(CARD, {"html": page})}


def table_after(page: bytes, caption: str) -> str:
    """The table of a page whose caption begins so."""
    found = re.search(rf"<table>\s*<caption[^>]*><span>{re.escape(caption)}.*?</table>", page.decode(), re.DOTALL)
    assert found is not None, caption
    return found[0]


def edited(page: bytes, table: str, pattern: str, new: str) -> bytes:
    """A page in whose table the first text like the pattern has been typed over."""
    changed = re.sub(pattern, new, table, count=1, flags=re.DOTALL)
    assert changed != table, pattern
    return in_page(page, table, changed)


@pytest.mark.parametrize(
    ("caption", "pattern", "new", "kind"),
    [
        (
            "How the year is expected to end",
            r'(By the \[f\] forecast of the year</th>.*?<td class="number">)[\d-]+',
            r"\g<1>19",
            Kind.COUNT,
        ),
        ("Highlights to celebrate", r'<td class="number">\d+', '<td class="number">19', Kind.LIST),
        ("Highlights to celebrate", r"<td>[^<]+</td>(?=\s*</tr>)", "<td>36 Number of active library users</td>", Kind.LIST),
        ("KPIs without a chart", r'<td class="number">\d+', '<td class="number">19', Kind.LIST),
        ("KPIs without a [f] forecast", r"<th scope=\"row\">[^<]+", '<th scope="row">Because', Kind.COUNT),
        ("Forecasts of 2024/25", r"100\.0%", "98.1%", Kind.PERCENTAGE),
        ("Forecasts of 2024/25", r"Unusual, for the better", "Unusual, for the worse", Kind.STATUS),
        ("Forecasts of 2024/25", r"Hits or misses the target by chance", "Meets the target reliably", Kind.STATUS),
    ],
)
def test_what_stands_behind_a_colour_cannot_be_edited(finished: Finished, caption: str, pattern: str, new: str, kind: Kind) -> None:
    """A count, list, reason, score or verdict typed over in a scorecard's page is found."""
    page = finished.files(CARD, ["html"])["html"]
    assert kinds(finished, page) == set()
    assert kind in kinds(finished, edited(page, table_after(page, caption), pattern, new))


@pytest.mark.parametrize("sentence", [r"(\d+) KPIs have a chart", r"(\d+) KPIs have a national definition"])
def test_a_count_in_a_sentence_cannot_be_edited(finished: Finished, sentence: str) -> None:
    """How many KPIs have a chart, or nobody to be compared with, is held against the warehouse."""
    page = finished.files(CARD, ["html"])["html"]
    (stated,) = re.findall(sentence, page.decode())
    assert Kind.COUNT in kinds(finished, in_page(page, f">{stated} KPIs have a", ">99 KPIs have a"))


def known_of(document_id: str, *measures: Measure) -> Known:
    """What the linter's queries would say of measures made by hand."""
    profile = PROFILE.model_copy(update={"outcome_measures": OutcomeMeasures(metric_category="Outcome measure", month=6)})
    counts = {status: [item for item in measures if item.status is status] for status in Status}
    return Known(
        document_id=document_id,
        profile=profile,
        kpis=tuple(item.kpi for item in measures),
        ratings={item.ref: _row(item) for item in measures},
        counts={
            status: {"number": len(own), "pct_of_all": (200 * len(own) + len(measures)) // (2 * len(measures)), "pct_of_rated": None}
            for status, own in counts.items()
            if own
        },
        combined_refs=frozenset(),
        kpi_refs=frozenset(item.ref for item in measures),
        is_internal=True,
    )


def _row(measure: Measure) -> dict[str, Any]:
    no_lists = ("newly_red", "improving_red", "deep_dive", "declining_green", "worsening_green", "back_on_target", "unusual_better")
    row = {**measure.rating, **dict.fromkeys(no_lists, 0), "unusual": 0, "best_quarter": 0, "compared": 0, "updated": 1, "doubted": 0}
    return row | {"checks": 0, "halves_passed": 0}


def page_of(document: Document) -> bytes:
    return render_html(document, templates=FOLDER.parents[1] / "templates")


def a_board_page() -> tuple[bytes, Known]:
    plain = IN_DEPTH | {"variation": None, "assurance": None, "is_deep_dive": False, "change": None, "reds_in_a_row": 0}
    measures = (
        a_measure("1", Status.AMBER, target_version="month:2024-04-01:95/90", comment="Demand rose.", **plain),
        a_measure("2", Status.GREEN, target_version="month:2024-04-01:95", **plain),
    )
    return page_of(board_report(measures, BOARD, SEPTEMBER, a_scorecard_setting())), known_of(REPORT, *measures)


def test_an_honest_board_report_has_no_problems() -> None:
    """A report to a board says of every KPI what the warehouse says, and is addressed to that board."""
    page, known = a_board_page()
    assert [problem.message for problem in lint_document({"html": page}, known)] == []


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ('<td class="number">90<', '<td class="number">91<', Kind.FIGURE),
        ("No tolerance", "85", Kind.FIGURE),
        ("Demand rose.", "All is well.", Kind.COMMENTARY),
        (BOARD.name, "Another Board", Kind.NAME),
        ("2 KPIs in this report", "3 KPIs in this report", Kind.COUNT),
    ],
)
def test_a_board_report_cannot_be_edited(old: str, new: str, kind: Kind) -> None:
    """Tolerance, comment, addressee and count of a report to a board are held against the warehouse."""
    page, known = a_board_page()
    assert kind in {problem.mismatch.kind for problem in lint_document({"html": in_page(page, old, new)}, known)}


def an_outcome_page() -> tuple[bytes, Known]:
    content = {"status_type": "contextual", "metric_category": "Outcome measure", "frequency": "annual"}
    measures = [
        a_measure(kpi=a_kpi(ref, **content), status=Status.CONTEXTUAL, target=None, target_version="", change=change)
        for ref, change in (("1", "improved"), ("2", "improved"), ("3", None))
    ]
    years = {item.ref: {FinancialYear(2023): item.rating["value"]} for item in measures}
    setting = OutcomeSetting(profile=PROFILE, period=SEPTEMBER, as_at=AS_AT, years=years)
    return page_of(outcome_report(measures, setting)), known_of(OUTCOMES, *measures)


def test_an_honest_report_of_outcome_measures_has_no_problems() -> None:
    """It says how each measure moved, and nothing of targets and statuses is asked of it."""
    page, known = an_outcome_page()
    assert [problem.message for problem in lint_document({"html": page}, known)] == []


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ('<td class="number">97<', '<td class="number">98<', Kind.FIGURE),
        ("</span>Improving", "</span>Deteriorating", Kind.STATUS),
        ('<td class="number">2</td>', '<td class="number">3</td>', Kind.LIST),
        ("3 outcome measures as known", "4 outcome measures as known", Kind.COUNT),
    ],
)
def test_a_report_of_outcome_measures_cannot_be_edited(old: str, new: str, kind: Kind) -> None:
    """Figures, ways of moving and counts of the report are held against the warehouse."""
    page, known = an_outcome_page()
    assert kind in {problem.mismatch.kind for problem in lint_document({"html": in_page(page, old, new)}, known)}


def test_what_is_no_list_of_ours_is_not_taken_for_one() -> None:
    """A list in words that no report uses is found, however its count and names agree."""
    page, known = an_outcome_page()
    renamed = in_page(page, "Improving: moved", "Splendid: moved")
    assert {problem.mismatch.kind for problem in lint_document({"html": renamed}, known)} == {Kind.COUNT, Kind.LIST}
