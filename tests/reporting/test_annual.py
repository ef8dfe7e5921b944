"""The annual report built by hand-made measures: counts and lists are one, whatever the quarters were."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmf.page.document import Document, Paragraph, Table
from pmf.period import FinancialYear, Quarter
from pmf.reporting.annual.report import annual_report
from pmf.reporting.annual.year import AnnualSetting, QuarterFigure, YearMeasure
from pmf.reporting.disclosure.redaction import EVERY_PART, redacted
from pmf.reporting.measure import Measure
from pmf.status import Status
from reporting.samples import AS_AT, CRITERIA, PROFILE, a_kpi, a_measure, section, words_of

YEAR = FinancialYear(2023)
QUARTERS = tuple(Quarter(2023, number) for number in range(1, 5))
RATED = [Status.RED, Status.AMBER, Status.GREEN]


def a_quarter(quarter: Quarter, status: Status, *, then: Status | None = None, is_due: bool = True, **rating: object) -> QuarterFigure:
    """A quarter's figure of KPI 36; ``then`` is what a signed paper said its status was (None: nothing was signed)."""
    months = ",".join(month.key for month in quarter.months) if is_due else "2022-03"
    about = {"period": quarter.key, "months_used": months}
    now = a_measure("36", status, **about, **rating)
    told = a_measure("36", then, **about, value=Decimal(80)) if then else now
    return QuarterFigure(now, told, is_reported=then is not None, why="A branch was missing.")


def a_year(course: Sequence[Status | None], status: Status = Status.GREEN, ref: str = "36", **rating: object) -> YearMeasure:
    """A KPI's year by the statuses of its quarters; None: no figure was due."""
    quarters = (
        a_quarter(quarter, own or Status.GREEN, is_due=own is not None, year_end=Decimal(96), year_end_low=Decimal(90)) if own else None
        for quarter, own in zip(QUARTERS, course, strict=True)
    )
    months = ",".join(month.key for month in YEAR.months)
    about = {"period": YEAR.key, "previous_period": "FY2022-23", "months_used": months}
    return YearMeasure(a_measure(ref, status, kpi=a_kpi(ref), **(about | rating)), tuple(quarters))


def a_report(*measures: YearMeasure) -> Document:
    setting = AnnualSetting(profile=PROFILE, year=YEAR, as_at=AS_AT, policy_title="Framework", criteria=CRITERIA, movements=())
    return annual_report(measures, setting)


def table(document: Document, heading: str, number: int = 0) -> Table:
    return [block for block in section(document, heading).blocks if isinstance(block, Table)][number]


def texts(found: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in found.rows]


def words(document: Document, heading: str) -> list[str]:
    return [words_of(block) for block in section(document, heading).blocks if isinstance(block, Paragraph)]


courses = st.lists(
    st.tuples(st.tuples(*[st.sampled_from([*RATED, Status.CONTEXTUAL, Status.AWAITING_DATA, None])] * 4), st.sampled_from(Status)),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(courses)
def test_every_column_counts_every_indicator_once(found: list[tuple[tuple[Status | None, ...], Status]]) -> None:
    """Whatever the statuses, each quarter's numbers and the year's add up to the number of indicators; each list has what it counts."""
    report = a_report(*(a_year(course, status, f"K{number}") for number, (course, status) in enumerate(found)))
    for place in range(1, 6):
        assert sum(int(row[place].replace("-", "0")) for row in texts(table(report, "Summary"))) == len(found)
    lists = texts(table(report, "Summary", 1)) if len([b for b in section(report, "Summary").blocks if isinstance(b, Table)]) > 1 else []
    for _, number, which in lists:
        assert int(number) == len(which.split("; "))


@pytest.mark.parametrize(
    ("course", "status", "lists"),
    [
        ("rrrr", Status.RED, ["Red for the year", "Red in every quarter"]),
        ("rrrg", Status.RED, ["Red for the year", "Turned green"]),
        ("gggg", Status.AMBER, []),
        ("grga", Status.AMBER, ["No longer green"]),
        ("-agg", Status.GREEN, []),
        ("a--g", Status.GREEN, ["Turned green"]),
    ],
)
def test_what_is_to_be_looked_at_first(course: str, status: Status, lists: list[str]) -> None:
    """A colour that turned is told from quarter 1 to quarter 4; of a quarter in which nothing was due no turn is told."""
    by_letter: dict[str, Status | None] = {"r": Status.RED, "a": Status.AMBER, "g": Status.GREEN, "-": None}
    report = a_report(a_year([by_letter[letter] for letter in course], status))
    found = [block for block in section(report, "Summary").blocks if isinstance(block, Table)]
    assert [row[0] for row in (texts(found[1]) if len(found) > 1 else [])] == lists


def test_a_quarter_without_a_figure_due_is_no_colour() -> None:
    """A yearly figure that stands in a quarter with the year before's is "Not due" there, and counted as such."""
    item = a_year([Status.GREEN] * 4)
    older = a_quarter(QUARTERS[0], Status.RED, is_due=False)
    report = a_report(YearMeasure(item.year, (older, *item.quarters[1:])))
    (row,) = texts(table(report, "The year's figures"))
    assert row[6:] == ["Not due", "Green", "Green", "Green"]
    assert texts(table(report, "Summary"))[-1] == ["No figure due", "1", "-", "-", "-", "-", "-", "-"]


def test_a_correction_is_told_only_of_what_was_reported() -> None:
    """A signed paper's figure that prints otherwise now is told with why; one that prints the same, or was never signed, is not."""
    item = a_year([Status.GREEN] * 4)
    corrected = a_quarter(QUARTERS[0], Status.GREEN, then=Status.RED)
    same = QuarterFigure(corrected.latest, corrected.latest, is_reported=True)
    report = a_report(YearMeasure(item.year, (corrected, same, *item.quarters[2:])))
    assert texts(table(report, "Corrections and changes")) == [
        ["36 Number of things counted as 36", "Quarter 1", "80", "Red", "97", "Green", "A branch was missing."]
    ]
    assert words(report, "Corrections and changes") == ["1 figure of the year's quarters has been corrected since it was reported:"]
    unchanged = a_report(YearMeasure(item.year, (same, *item.quarters[1:])))
    assert words(unchanged, "Corrections and changes") == ["No figure of the year's quarters has been corrected since it was reported."]


def test_forecasts_are_scored_by_status_and_by_band() -> None:
    """A forecast's status is held against the year's, its band against the year's figure; what cannot be told is not counted."""
    then = {"forecast": Decimal(99), "forecast_status": "green", "year_end": Decimal(92), "year_end_status": "amber"}
    band = {"year_end_low": Decimal(90), "year_end_high": Decimal(94)}
    quarters = tuple(a_quarter(quarter, Status.GREEN, **(then | band if quarter.number == 1 else then)) for quarter in QUARTERS)
    report = a_report(YearMeasure(a_year([None] * 4).year, quarters))
    assert texts(table(report, "Forecasts")) == [
        ["Status foreseen by the service", "1 of 1", "1 of 1", "1 of 1"],
        ["Status foreseen by the [f] forecast", "0 of 1", "0 of 1", "0 of 1"],
        ["Figure within the band of the [f] forecast", "0 of 1", "-", "-"],
    ]
    ((_, outcome, *told),) = texts(table(report, "Forecasts", 1))
    assert (outcome, told) == ("97", ["99", "99", "99", "[f] 92", "[f] 92", "[f] 92"])


def test_no_forecast_is_held_against_a_year_that_lacks_a_month() -> None:
    """A year whose figure lacks a month is no outcome yet: its forecasts are neither scored nor shown."""
    report = a_report(a_year([Status.GREEN] * 4, months_missing="2024-03"))
    assert words(report, "Forecasts") == ["No forecast of 2023/24 was made that its figures could be held against."]


def test_what_a_public_edition_leaves_out_is_not_told_quarter_by_quarter() -> None:
    """Of a guarded indicator neither figure nor colour of a quarter is printed anywhere, nor a forecast."""

    def untold(measure: Measure) -> Measure:
        return redacted(measure, EVERY_PART)

    item = a_year([Status.RED] * 4, Status.RED)
    quarters = tuple(quarter and QuarterFigure(untold(quarter.latest), untold(quarter.told)) for quarter in item.quarters)
    report = a_report(YearMeasure(untold(item.year), quarters))
    (row,) = texts(table(report, "The year's figures"))
    assert row[1] == "[c]"
    assert row[6:] == ["Confidential"] * 4
    assert "97" not in str(report.as_json()["sections"])
