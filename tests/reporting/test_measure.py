"""How one KPI and its rating are printed, wherever they are."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmf.reporting.measure import Measure
from pmf.reporting.standing import change_cell, status_cell, trend_cell
from pmf.status import Status
from reporting.samples import Q2, a_kpi, a_measure


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.AWAITING_DATA, "Awaiting data"),
        (Status.UNDER_QUERY, "Under query"),
        (Status.NIL_RETURN, "Nil return"),
        (Status.SUSPENDED, "Suspended"),
        (Status.IN_DEVELOPMENT, "In Development"),
    ],
)
def test_no_figure_is_said_in_words(status: Status, words: str) -> None:
    """Where there is no figure the column says which absence it is; it is never empty, zero or a dash."""
    assert a_measure(status=status).current == words


def test_zero_is_a_figure() -> None:
    """A figure of zero is printed as zero."""
    assert a_measure(status=Status.RED, value=Decimal(0)).current == "0"


def test_figures_and_targets_carry_the_unit() -> None:
    """Figures are printed in the KPI's unit with its decimals; a target keeps decimals that rounding would lose."""
    kpi = a_kpi(unit="%", decimals=1)
    measure = a_measure(kpi=kpi, value=Decimal("79.949"), target="95.25", previous_value=Decimal(-3))
    assert (measure.current, measure.previous, measure.target) == ("79.9%", "−3.0%", "95.25%")


def test_a_range_is_printed_as_one() -> None:
    """A range target prints both ends; no target says so, and a contextual KPI is called contextual."""
    assert a_measure(target="85..95").target == "85 to 95"
    assert a_measure(target=None).target == "No target"
    assert a_measure(kpi=a_kpi(status_type="contextual"), target=None).target == "Contextual"


@pytest.mark.parametrize(
    ("comment", "commentary", "path"),
    [
        ("Demand rose.", "Demand rose.", ""),
        ("Demand rose. Path to Green: two more officers.", "Demand rose.", "two more officers."),
        ("Demand rose.\n\nPATH TO GREEN:\nTwo more officers.", "Demand rose.", "Two more officers."),
        ("Path to green: two more officers.", "", "two more officers."),
        ("The ﬁgures of the oﬃce fell. Path to green: x", "The ﬁgures of the oﬃce fell.", "x"),
        ("Demand rose. Path\u00a0to green : x", "Demand rose.", "x"),
        ("", "", ""),
    ],
)
def test_a_comment_is_parted_from_its_path_to_green(comment: str, commentary: str, path: str) -> None:
    """What stands behind "path to green:", however it is written, is the path; what stands before it the commentary."""
    measure = a_measure(comment=comment)
    assert (measure.commentary, measure.path_to_green) == (commentary, path)


@pytest.mark.parametrize(
    ("direction", "change", "words"),
    [
        ("higher", "improved", "Improving"),
        ("lower", "declined", "Deteriorating"),
        ("lower", "unchanged", "No change"),
        ("higher", None, "Cannot be told"),
        ("", None, "No direction"),
    ],
)
def test_change_says_better_or_worse(direction: str, change: str | None, words: str) -> None:
    """Change is told as better or worse, never as up or down; without a direction it says so."""
    kpi = a_kpi(direction=direction, status_type="contextual")
    assert change_cell(a_measure(kpi=kpi, change=change)).text == words


def test_a_figure_that_runs_up_says_what_was_compared() -> None:
    """The change of a year-to-date figure says that what each period added was compared."""
    cell = change_cell(a_measure(kpi=a_kpi(is_cumulative="yes"), change="declined"))
    assert (cell.text, cell.arrow, cell.note) == ("Deteriorating", "▼", "by what was added")


def test_a_provisional_status_says_so() -> None:
    """A status resting on some of its months is marked provisional beside the word."""
    assert status_cell(a_measure(is_provisional=True)).note == "provisional"
    assert status_cell(a_measure()).note == ""


def test_the_sparkline_is_told_in_words() -> None:
    """The line of recent figures has a text that gives lowest, highest and latest; gaps stay gaps."""
    cell = trend_cell(a_measure(kpi=a_kpi(unit="%", decimals=1), recent=(90.0, None, 97.5, 93.25), trend="Rising, getting better"))
    assert cell.points == (90.0, None, 97.5, 93.25)
    assert cell.text == "Last 4 months: lowest 90.0%, highest 97.5%, latest 93.3%."
    assert cell.note == "Rising, getting better"


def test_without_figures_there_is_no_line() -> None:
    """A KPI without recent figures has the words alone."""
    assert trend_cell(a_measure(recent=(None, None))) == trend_cell(a_measure(recent=()))


def test_a_figure_of_an_earlier_month_is_not_of_the_quarter() -> None:
    """A KPI not due in a quarter is known to show its last figure before."""
    annual: Measure = a_measure(months_used="2024-03", previous_period="2023-03")
    assert annual.is_updated_in(Q2) is False
    assert (annual.last_updated, annual.previous_label) == ("March 2024", "March 2023")
    assert a_measure().is_updated_in(Q2) is True
