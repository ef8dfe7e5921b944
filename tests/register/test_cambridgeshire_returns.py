"""The sample council's earlier history, six months of returns, and the incidents among them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmf.finding import Outcome
from pmf.period import Month, parse_month
from pmf.register import DataQualityTemplate, Kpi, Register
from pmf.register.kpi import Aggregation, StatusType
from pmf.value import is_no_figure_word, parse_figure

Rows = dict[tuple[str, str], dict[str, str]]

FIRST, LAST = Month(2021, 4), Month(2024, 9)
SAMPLE = tuple(Month(2024, 4).up_to(LAST))
LIBRARY_YEAR = tuple(Month(2022, 9).up_to(Month(2023, 8)))
FIGURES = ("value", "numerator", "denominator")
_OWNER_AND_DATE = re.compile(r"\nPath to green: .+ Owner: (?P<owner>[^.]+)\. By (?P<by>\d{1,2} [A-Z][a-z]+ 20\d\d)\.$")


@pytest.fixture(scope="module")
def incidents(sample_folder: Path) -> list[dict[str, Any]]:
    """What goes wrong in the sample months."""
    listed: list[dict[str, Any]] = yaml.safe_load((sample_folder / "sample_incidents.yaml").read_text(encoding="utf-8"))["incidents"]
    return listed


def _fails(kpi: Kpi, template: DataQualityTemplate, typed: dict[str, str]) -> bool:
    """Tell whether a row cannot be used: no figure, an impossible one, or one that its parts do not make."""
    if typed["not_available"]:
        return not typed["reason"]
    figures = {name: parse_figure(typed[name]) for name in FIGURES}
    if any(figure is None and not is_no_figure_word(typed[name]) for name, figure in figures.items()) or figures["value"] is None:
        return True
    value, numerator, denominator = figures["value"], figures["numerator"], figures["denominator"]
    assert template.minimum is not None
    assert template.maximum is not None
    if not template.minimum <= value <= template.maximum:
        return True
    if not template.needs_numerator:
        return False
    if numerator is None or denominator is None or (kpi.unit == "%" and numerator > denominator):
        return True
    quotient = Fraction(numerator) / Fraction(denominator) * kpi.ratio_multiplier
    return abs(quotient - Fraction(value)) > Fraction(1, 2 * 10**kpi.decimals)


def _exact(kpi: Kpi, row: dict[str, str]) -> Fraction:
    if kpi.aggregation is Aggregation.RATIO:
        return Fraction(row["numerator"]) / Fraction(row["denominator"]) * kpi.ratio_multiplier
    return Fraction(row["value"])


def _day(text: str) -> date:
    """Read a day as comments write it: "31 July 2024"."""
    day, name, year = text.split()
    number = next(month for month in range(1, 13) if Month(int(year), month).label == f"{name} {year}")
    return date(int(year), number, int(day))


def _template(register: Register, kpi_ref: str, month: Month) -> DataQualityTemplate:
    template = register.template(kpi_ref, month.last_day)
    assert template is not None
    return template


def test_history_covers_three_years_of_every_numeric_kpi(sample: Register, history: Rows) -> None:
    """Each collected KPI that has figures has one for every month (or quarter's end) of the three years before."""
    expected = {
        (kpi.kpi_ref, month.key)
        for month in FIRST.up_to(Month(2024, 3))
        for kpi in sample.due(month)
        if kpi.status_type is not StatusType.IN_DEVELOPMENT
    }
    assert set(history) == expected
    months = Counter(ref for ref, _ in history)
    assert set(months.values()) == {36, 12}


def test_history_says_what_is_published(history: Rows) -> None:
    """Three figures are the council's published ones and name their source; all others are marked illustrative."""
    published = {place: row for place, row in history.items() if row["provenance"] == "published"}
    assert {place: row["value"] for place, row in published.items()} == {
        ("36", "2023-08"): "92000",
        ("219", "2023-08"): "98.0",
        ("220", "2023-08"): "60.0",
    }
    assert all("news page" in row["source"] for row in published.values())
    assert {row["provenance"] for row in history.values()} == {"published", "illustrative"}


def test_the_published_year_adds_up(history: Rows) -> None:
    """The twelve months to August 2023 make the published totals of visits, births, deaths and ceremonies."""

    def total(ref: str, column: str) -> int:
        return sum(int(history[ref, month.key][column]) for month in LIBRARY_YEAR)

    assert total("37", "value") == 1_400_000
    assert (total("SP-05", "value"), total("SP-06", "value")) == (2_207, 1_424)
    assert (total("219", "denominator"), total("220", "denominator")) == (7_454, 6_517)
    assert round(Fraction(total("219", "numerator"), 7_454) * 100) == 98
    assert round(Fraction(total("220", "numerator"), 6_517) * 100) == 60


def test_a_ratio_is_its_numerator_over_its_denominator(sample: Register, history: Rows, returns: Rows) -> None:
    """Every percentage and rate can be worked out again from whole counts, to the last printed digit."""
    for (ref, month), row in (history | returns).items():
        kpi = sample.kpi(ref, parse_month(month))
        assert kpi is not None
        if kpi.aggregation is Aggregation.RATIO and row["value"]:
            assert row["numerator"].isdigit()
            assert row["denominator"].isdigit()
            assert abs(_exact(kpi, row) - Fraction(row["value"])) <= Fraction(1, 2 * 10**kpi.decimals), (ref, month)
        elif kpi.aggregation is not Aggregation.RATIO:
            assert (row["numerator"], row["denominator"]) == ("", "")


def test_year_to_date_figures_never_fall(sample: Register, history: Rows, returns: Rows) -> None:
    """A cumulative figure grows from month to month within its financial year."""
    figures = history | returns
    for ref in {kpi.kpi_ref for kpi in sample.kpi_versions if kpi.is_cumulative}:
        for month in FIRST.up_to(LAST.previous):
            if month.financial_year == month.next.financial_year:
                assert int(figures[ref, month.next.key]["value"]) > int(figures[ref, month.key]["value"])


@pytest.mark.parametrize("month", SAMPLE, ids=lambda month: month.key)
def test_every_due_kpi_is_returned_once(sample: Register, returns: Rows, month: Month) -> None:
    """A month's returns hold exactly the KPIs due, in register order."""
    assert [ref for ref, key in returns if key == month.key] == [kpi.kpi_ref for kpi in sample.due(month)]


@pytest.mark.parametrize("month", SAMPLE, ids=lambda month: month.key)
def test_the_returns_as_meant_hold_nothing_to_query(sample: Register, history: Rows, returns: Rows, month: Month) -> None:
    """Without the incidents, no figure fails its template, and every large movement is explained."""
    figures = history | returns
    for kpi in sample.due(month):
        row, template = returns[kpi.kpi_ref, month.key], _template(sample, kpi.kpi_ref, month)
        assert not _fails(kpi, template, row), kpi.kpi_ref
        assert template.max_decimals is not None
        assert len(row["value"].partition(".")[2]) <= template.max_decimals
        earlier = [m for m in FIRST.up_to(month.previous) if figures.get((kpi.kpi_ref, m.key), {}).get("value")]
        starts_anew = kpi.is_cumulative and earlier[-1].financial_year != month.financial_year
        if row["value"] and not starts_anew:
            before = _exact(kpi, figures[kpi.kpi_ref, earlier[-1].key])
            assert template.large_movement_pct is not None
            assert row["value"] != figures[kpi.kpi_ref, earlier[-1].key]["value"], kpi.kpi_ref
            if abs(_exact(kpi, row) - before) / abs(before) * 100 > Fraction(template.large_movement_pct):
                assert row["comment"], kpi.kpi_ref


@pytest.mark.parametrize("month", SAMPLE, ids=lambda month: month.key)
def test_every_figure_comes_with_a_forecast(sample: Register, returns: Rows, month: Month) -> None:
    """Whoever returns a figure also says where the year will end, a cumulative figure never below where it stands."""
    for kpi in sample.due(month):
        row = returns[kpi.kpi_ref, month.key]
        assert bool(row["forecast"]) == bool(row["value"])
        if kpi.is_cumulative:
            assert Decimal(row["forecast"]) > Decimal(row["value"])


@pytest.mark.parametrize("month", SAMPLE, ids=lambda month: month.key)
def test_every_red_has_cause_action_owner_and_date(sample: Register, returns: Rows, month: Month) -> None:
    """A figure more than 10% short of its target comes with the way back: a post of the council and a later date."""
    titles = {post.title for post in sample.profile.posts}
    for kpi in sample.due(month):
        row, target = returns[kpi.kpi_ref, month.key], sample.target(kpi.kpi_ref, month)
        if target is None or not row["value"] or kpi.direction not in ("higher", "lower"):
            continue
        aim, figure = Fraction(target.target), _exact(kpi, row)
        if (aim - figure if kpi.direction == "higher" else figure - aim) / aim * 100 > 10:
            path = _OWNER_AND_DATE.search(row["comment"])
            assert path, (kpi.kpi_ref, row["comment"])
            assert path["owner"] in titles
            assert _day(path["by"]) > month.last_day
            assert re.search(r"\b(because|cause|due to)\b", row["comment"])


def test_no_comment_is_used_twice(returns: Rows) -> None:
    """Nobody sends last month's comment again."""
    comments = Counter(row["comment"] for row in returns.values() if row["comment"])
    assert set(comments.values()) == {1}
    assert len(comments) > 100


def test_indicator_220_has_no_september(returns: Rows) -> None:
    """September's figure was not formally produced: a nil return with the published reason and words."""
    row = returns["220", "2024-09"]
    assert (row["value"], row["not_available"], row["provenance"]) == ("", "yes", "published")
    assert "General Register Office has not" in row["reason"]
    assert row["comment"].startswith("The figures are until the end of August 2024")
    assert "\nPath to green: Continue to deliver good appointment availability" in row["comment"]
    assert [place for place, other in returns.items() if other["not_available"]] == [("220", "2024-09")]


def test_published_comments_name_their_paragraph(returns: Rows) -> None:
    """The three comments taken from the report say so; every other word and figure is marked illustrative."""
    quoted = {place for place, row in returns.items() if row["comment_source"]}
    assert quoted == {("36", "2024-09"), ("137", "2024-09"), ("220", "2024-09")}
    assert all("5 December 2024, paragraph 3." in returns[place]["comment_source"] for place in quoted)
    assert {place for place, row in returns.items() if row["provenance"] != "illustrative"} == {("220", "2024-09")}


def test_incidents_change_cells_that_exist(sample: Register, returns: Rows, incidents: list[dict[str, Any]]) -> None:
    """An incident touches KPIs its service has due, comes in before the deadline, and is corrected after the month's cycle."""
    for incident in incidents:
        month = parse_month(incident["period"])
        due = {kpi.kpi_ref for kpi in sample.due(month, incident["service_id"])}
        delivered = datetime.fromisoformat(incident["delivered_at"])
        assert sample.profile.opens_at(month) < delivered < sample.profile.deadline(month)
        assert incident["outcome"] in set(Outcome)
        if incident["corrected_at"]:
            assert datetime.fromisoformat(incident["corrected_at"]) > sample.profile.cycle_at(month)
        for cell in incident["typed"]:
            assert cell["kpi_ref"] in due
            assert returns[cell["kpi_ref"], month.key][cell["field"]] != cell["text"]


@pytest.mark.parametrize(("period", "withheld"), [("2024-05", 0), ("2024-06", 1), ("2024-07", 7)])
def test_the_withheld_share_makes_the_outcome(
    sample: Register, returns: Rows, incidents: list[dict[str, Any]], period: str, withheld: int
) -> None:
    """May is only flagged, June withholds one KPI within the tolerance, July withholds more than the council tolerates."""
    month = parse_month(period)
    as_typed = {ref: dict(row) for (ref, key), row in returns.items() if key == period}
    (incident,) = (item for item in incidents if item["period"] == period)
    for cell in incident["typed"]:
        as_typed[cell["kpi_ref"]][cell["field"]] = cell["text"]
    due = sample.due(month)
    failing = [kpi for kpi in due if _fails(kpi, _template(sample, kpi.kpi_ref, month), as_typed[kpi.kpi_ref])]
    assert len(failing) == withheld
    assert all(kpi.committee_id != "communities-social-mobility-inclusion" for kpi in failing)
    is_too_much = Fraction(len(failing) * 100, len(due)) > Fraction(sample.profile.quality.withheld_share_max_pct)
    assert is_too_much == (incident["outcome"] == Outcome.FAIL)


def test_only_three_months_have_an_incident(incidents: list[dict[str, Any]]) -> None:
    """April, August and September go through without anything to say."""
    assert [item["period"] for item in incidents] == ["2024-05", "2024-06", "2024-07"]


def test_mays_incident_is_a_movement_without_an_explanation(sample: Register, returns: Rows, incidents: list[dict[str, Any]]) -> None:
    """The comment that goes missing in May is that of a movement larger than its template lets pass."""
    may = next(item for item in incidents if item["period"] == "2024-05")
    (cell,) = may["typed"]
    before, after = (Decimal(returns[cell["kpi_ref"], key]["value"]) for key in ("2024-04", "2024-05"))
    limit = _template(sample, cell["kpi_ref"], Month(2024, 5)).large_movement_pct
    assert limit is not None
    assert (after - before) / before * 100 > limit
