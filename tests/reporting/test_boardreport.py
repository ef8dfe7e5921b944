"""The monthly report to a board: value, target, tolerance, forecast and comment (HDC framework, C.2)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pmf.page.document import Table
from pmf.register.structure import Board, Chair
from pmf.register.target import Target, tolerance_of
from pmf.reporting.boardreport import board_report, tolerance_cell
from pmf.reporting.scorecard import ScorecardSetting
from pmf.status import Status
from reporting.samples import IN_DEPTH, PROFILE, SEPTEMBER, a_kpi, a_measure, a_scorecard_setting, section, words_of

CHAIRS = (Chair(post="chief-executive", since="2024-04-01"), Chair(post="service-directors", since="2024-10-15"))
BOARD = Board(id="performance", name="Performance Board", post="corporate-leadership-team", chairs=CHAIRS, receives_report=True)


def a_report(*measures, setting: ScorecardSetting | None = None):
    return board_report(measures, BOARD, SEPTEMBER, setting or a_scorecard_setting())


def test_a_report_is_addressed_to_the_board_and_its_chair_of_the_day() -> None:
    """At its head stand the board, who chairs it on the day of issue, and who it is from."""
    assert a_report(a_measure()).header == (
        ("To", "Performance Board"),
        ("Chair", "Chief Executive"),
        ("From", PROFILE.post(PROFILE.performance_team).title),
    )


def test_each_directorates_kpis_stand_with_all_that_the_board_asks_for() -> None:
    """A row has value, target, tolerance, status, forecast with the year's target and its status, and the comment."""
    place = a_kpi("2", directorate_id="place-sustainability", service_id="highways", unit="%")
    report = a_report(
        a_measure("1", Status.AMBER, target_version="month:2024-04-01:95/90", comment="Demand rose.", **IN_DEPTH),
        a_measure(kpi=place, status=Status.RED, target_version="month:2024-04-01:95"),
    )
    assert [part.heading for part in report.sections] == [
        "Summary",
        "Place and Sustainability",
        "Strategy and Partnerships",
        "How to read this report",
    ]
    rows = [[cell.text for cell in block.rows[0]] for part in report.sections for block in part.blocks[:1] if isinstance(block, Table)]
    assert rows == [
        [f"2 {place.title}", "97%", "95%", "No tolerance", "Red", "Not supplied", "No target", "No status", "No explanation supplied."],
        ["1 Number of things counted as 1", "97", "95", "90", "Amber", "99", "96", "Green", "Demand rose."],
    ]


def test_the_summary_is_that_of_a_scorecard() -> None:
    """A report counts its KPIs by status before anything else, as a scorecard does."""
    lead, facts, *_ = section(a_report(a_measure("1", Status.RED), a_measure("2")), "Summary").blocks
    assert words_of(lead) == "2 KPIs in this report for September 2024, by status:"
    assert [(fact.label, fact.figure) for fact in facts.facts] == [("Red", "1"), ("Green", "1")]


@pytest.mark.parametrize(
    ("limits", "text", "note"),
    [
        ({"intervention_level": Decimal("89.5")}, "89.5%", ""),
        ({"tolerance_pct": Decimal(5)}, "5%", "of the target"),
        ({}, "No tolerance", ""),
    ],
)
def test_the_tolerance_is_the_one_the_figure_was_rated_by(limits, text: str, note: str) -> None:
    """Tolerance is read from the version of the target that the rating names: a level, a share of the target, or none."""
    target = Target(kpi_ref="1", valid_from="2024-04-01", target="95", **limits)
    assert tolerance_of(target.version) == (limits.get("intervention_level"), limits.get("tolerance_pct"))
    cell = tolerance_cell(a_measure(kpi=a_kpi(unit="%", decimals=1), target_version=target.version))
    assert (cell.text, cell.note) == (text, note)


def test_without_a_target_there_is_no_tolerance() -> None:
    """A contextual KPI says that it has no target."""
    assert tolerance_cell(a_measure(target=None, target_version="")).text == "No target"


def test_a_report_of_no_kpis_has_no_tables_of_them() -> None:
    """A directorate without KPIs has no section."""
    report = a_report(a_measure(), setting=replace(a_scorecard_setting(), waivers=()))
    assert [part.heading for part in report.sections][1:-1] == ["Strategy and Partnerships"]
