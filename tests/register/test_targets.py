"""Targets of quarters and years that nobody wrote down: added up, taken as the last, or a share of the year's, and how they print."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.period import FinancialYear, Month, Quarter
from pmf.register import Kpi, Register, RegisterError, Target, load_register
from pmf.register.target import PeriodKind, printed_target, sum_of
from pmf.value import rounded

YEAR, Q2, SEPTEMBER = FinancialYear(2024), Quarter(2024, 2), Month(2024, 9)


def a_kpi(**fields: object) -> Kpi:
    content = {
        "title": "Library visits",
        "directorate_id": "people",
        "service_id": "libraries",
        "level": "strategic",
        "direction": "higher",
    }
    return Kpi.model_validate(content | {"kpi_ref": "1", "valid_from": date(2024, 4, 1), "aggregation": "sum"} | fields)


def a_target(kind: str, target: str, **fields: object) -> Target:
    return Target.model_validate({"kpi_ref": "1", "valid_from": date(2024, 4, 1), "period_kind": kind, "target": target} | fields)


def a_register(council: Path, kpi: Kpi, *targets: Target) -> Register:
    return Register(load_register(council).profile, (kpi,), targets, ())


@pytest.mark.parametrize(
    ("fields", "kind", "expected"),
    [
        ({}, "month", "1200"),
        ({}, "quarter", "400"),
        ({"frequency": "quarterly"}, "month", "400"),
        ({"frequency": "quarterly"}, "quarter", "400"),
        ({"frequency": "annual"}, "month", "100"),
        ({"aggregation": "last"}, "month", "100"),
        ({"aggregation": "last"}, "quarter", "100"),
        ({"is_cumulative": True}, "quarter", "100"),
    ],
)
def test_a_year_takes_what_its_months_or_quarters_come_to(council: Path, fields: dict[str, object], kind: str, expected: str) -> None:
    """Twelve months, four quarters or the one month due are added up for a sum, else the last one's is the year's."""
    target = a_register(council, a_kpi(**fields), a_target(kind, "100")).target("1", YEAR)
    assert target is not None
    assert target.target == expected


def test_a_year_with_a_month_without_a_target_has_none(council: Path) -> None:
    """Eleven months' targets are no year's; nothing is filled in for April."""
    register = a_register(council, a_kpi(), a_target("month", "100", valid_from=date(2024, 5, 1)))
    assert register.target("1", YEAR) is None


@pytest.mark.parametrize(("frequency", "expected"), [("monthly", "10"), ("quarterly", "30"), ("annual", "120")])
def test_the_share_of_a_figure_is_that_of_all_it_is_about(council: Path, frequency: str, expected: str) -> None:
    """A month's figure has a twelfth of an even year's target; the one figure of a quarter a quarter, that of a year all of it."""
    register = a_register(council, a_kpi(frequency=frequency), a_target("year", "120", profile=("even",)))
    month = YEAR.months[-1] if frequency == "annual" else SEPTEMBER
    target = register.target("1", month)
    assert target is not None
    assert target.target == expected


def test_a_year_in_twelfths_is_whole_again() -> None:
    """Three twelfths of 1,000 are 250 and not a hair below, where a figure of exactly 250 would be worse than target."""
    year = a_target("year", "1000", profile=("even",), intervention_level="700")
    months = [year.part(Fraction(1, 12), kind=PeriodKind.MONTH)] * 3
    made = sum_of(months, kind=PeriodKind.QUARTER)
    assert made.bounds == (Decimal(250), Decimal(250))
    assert made.intervention_level == Decimal(175)


@pytest.mark.parametrize(
    ("target", "decimals", "beside", "expected"),
    [
        ("95", 0, None, "95"),
        ("99.875", 0, None, "99.875"),
        ("83.33333333333333333333333333", 0, None, "83.33"),
        ("83.33333333333333333333333333", 0, "90", "83"),
        ("83.33333333333333333333333333", 0, "83", "83.3"),
        ("83.33333333333333333333333333", 1, "83.333", "83.3333"),
        ("41.66666666666666666666666667..83.33333333333333333333333333", 0, "60", "42 to 83"),
        ("102839.505237", 0, None, "102,839.51"),
    ],
)
def test_a_share_prints_as_far_as_it_tells_it_from_its_figure(target: str, decimals: int, beside: str | None, expected: str) -> None:
    """What was written down prints in full; what was worked out in the KPI's decimals, unless it would read as met or missed."""
    assert printed_target(target, a_kpi(decimals=decimals), beside=Decimal(beside) if beside else None) == expected


@given(st.integers(1, 10**6), st.integers(1, 11), st.decimals(0, 10**6, places=2), st.integers(0, 2))
def test_a_printed_share_stands_where_the_target_stands(year: int, months: int, figure: Decimal, decimals: int) -> None:
    """Above, below or on the figure it is printed beside, whatever the share of the year, while the target judged is the exact one."""
    share = a_target("year", str(year), profile=("even",)).part(Fraction(months, 12), kind=PeriodKind.MONTH)
    exact = share.bounds[0]
    assert abs(Fraction(exact) - Fraction(year * months, 12)) < Fraction(1, 10**20)
    shown = Decimal(printed_target(share.target, a_kpi(decimals=decimals), beside=figure).replace(",", ""))
    assert shown.compare(figure) == exact.compare(figure)
    assert abs(shown - exact) <= Decimal("0.5").scaleb(-decimals)
    assert rounded(exact, decimals) == rounded(shown, decimals) or abs(exact - figure) < 1


def test_percentages_are_not_averaged(council: Path) -> None:
    """A mean of percentages is refused where it is written down, with the rules that can be written instead."""
    path = council / "kpis.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("monthly,%,higher,ratio", "monthly,%,higher,mean"), encoding="utf-8")
    with pytest.raises(RegisterError) as refused:
        load_register(council)
    assert refused.value.problems == tuple(
        f"{path} line {line}, field aggregation (found 'mean'): percentages are never averaged. Write ratio where numerator and "
        "denominator are returned, weighted where only the denominator is, or last"
        for line in (3, 4)
    )


def test_days_may_be_averaged_and_percentages_weighted() -> None:
    """The rule is about percentages: waits in days may be a mean, and a percentage may count by its denominator."""
    assert a_kpi(unit="days", aggregation="mean").aggregation == "mean"
    assert a_kpi(unit="%", aggregation="weighted").aggregation == "weighted"


def test_twelve_months_rolling_are_not_added_up() -> None:
    """Each figure holds eleven months of the one before, so that a sum would count them over and over."""
    with pytest.raises(ValueError, match="figures of twelve months rolling share most of their months"):
        a_kpi(period_mode="rolling_12", aggregation="sum")


def test_a_source_of_weighted_figures_names_their_weight(council: Path) -> None:
    """A source that states a weighted KPI without a column for its denominator would lack the weight every month."""
    path = council / "kpis.csv"
    text = path.read_text(encoding="utf-8").replace("number,higher,sum,1,1,", "number,higher,weighted,1,1,,counter")
    path.write_text(text.replace("ambition_ids,part_of", "ambition_ids,part_of,source_id"), encoding="utf-8")
    source = "sources: [{id: counter, title: The door counter, service_id: libraries, kpi_refs: ['1'], file: {names: [visits-*.csv]}, "
    sources = council / "sources.yaml"
    sources.write_text(source + "columns: {kpi_ref: kpi, value: visits}}]", encoding="utf-8")
    with pytest.raises(RegisterError) as refused:
        load_register(council)
    (problem,) = refused.value.problems
    assert problem == f"{sources}, source counter, field columns: KPI 1 is weighted; name its weight's column as denominator"
    sources.write_text(source + "columns: {kpi_ref: kpi, value: visits, denominator: days}}]", encoding="utf-8")
    assert load_register(council).sources[0].columns.denominator == "days"
