"""The annual report of outcome measures: direction of travel, no targets (HDC framework, Working Together)."""

from __future__ import annotations

from decimal import Decimal

from pmf.period import FinancialYear
from pmf.reporting.outcomes import OutcomeSetting, outcome_report
from pmf.status import Status
from reporting.samples import AS_AT, PROFILE, SEPTEMBER, a_kpi, a_measure, section, words_of


def an_outcome(kpi_ref: str, change: str | None, **kpi):
    content = {"status_type": "contextual", "unit": "%", "decimals": 1, "frequency": "annual", "metric_category": "Outcome measure"}
    return a_measure(
        kpi=a_kpi(kpi_ref, **(content | kpi)),
        status=Status.CONTEXTUAL,
        target=None,
        change=change,
        months_used="2024-03",
        previous_period="FY2022-23",
    )


def a_report(*measures, years=None):
    return outcome_report(measures, OutcomeSetting(profile=PROFILE, period=SEPTEMBER, as_at=AS_AT, years=years or {}))


def test_measures_are_counted_by_the_way_they_moved() -> None:
    """Each way of moving is a list with its count; the report says what outcome measures are, and that they have no targets."""
    report = a_report(an_outcome("1", "improved"), an_outcome("2", "declined"), an_outcome("3", "improved"), an_outcome("4", None))
    lead, table = section(report, "Direction of travel").blocks
    assert words_of(lead).startswith("4 outcome measures as known in September 2024.")
    assert "have no targets" in words_of(lead)
    assert [(row[0].text.split(":")[0], row[1].text, [name.split()[0] for name in row[2].text.split("; ")]) for row in table.rows] == [
        ("Improving", "2", ["1", "3"]),
        ("Deteriorating", "1", ["2"]),
        ("Cannot be told", "1", ["4"]),
    ]


def test_a_row_gives_direction_figures_change_and_years() -> None:
    """A measure stands with its preferred direction, latest figure and the one before, change, and every year's figure."""
    measure = an_outcome("OM-1", "improved", direction="lower", description="Homes.", benchmark_source="ONS")
    (table,) = section(
        a_report(measure, years={"OM-1": {FinancialYear(2021): Decimal(99), FinancialYear(2023): Decimal(97)}}), "The measures"
    ).blocks
    (row,) = table.rows
    assert [column.heading for column in table.columns][1:5] == ["Preferred direction", "Latest figure", "Figure before", "Change"]
    assert [cell.text for cell in row[1:5]] == ["Lower is better", "97.0%", "96.0%", "Improving"]
    assert (row[2].note, row[3].note) == ("March 2024", "2022/23")
    assert (row[5].text, row[5].points) == ("2 yearly figures from 2021/22 to 2023/24.", (99.0, None, 97.0))
    assert row[5].note == "2021/22 99.0%; 2022/23 –; 2023/24 97.0%"
    assert (row[6].text, row[6].note) == ("Homes.", "Source: ONS")


def test_a_measure_without_figures_says_so() -> None:
    """Where no figure of any year is known there is no line."""
    (row,) = section(a_report(an_outcome("1", None)), "The measures").blocks[0].rows
    assert (row[5].text, row[5].points) == ("No figures", ())


def test_nothing_in_it_speaks_of_a_target_or_colour() -> None:
    """No column is a target's or a status's."""
    (table,) = section(a_report(an_outcome("1", "improved")), "The measures").blocks
    assert not [column for column in table.columns if "arget" in column.heading or "tatus" in column.heading]
    assert not [cell for row in table.rows for cell in row if cell.status]
