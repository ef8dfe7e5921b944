"""Comparison with others: by the council's own figure of the very period theirs are about, saved with the ratings and printed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cycle.comparing import LONG_AGO, a_rater, compared, compared_kpi, neighbour_set, row
from cycle.council import SLUG, Council, council_at
from cycle.desk import ask, insert, rendered_as, table
from pmf.cycle import documents
from pmf.cycle.history import import_history
from pmf.cycle.rate import rate_month, rate_quarter
from pmf.cycle.report import export_papers
from pmf.period import FinancialYear, Month, Period, Quarter
from pmf.register import DataQualityTemplate

AREAS = ("Avonshire", "Burnshire", "Deeshire", "Exeshire")
SET = neighbour_set(AREAS)
SEPTEMBER, Q2, Y23 = Month(2024, 9), Quarter(2024, 2), FinancialYear(2023)
AS_AT = datetime(2024, 10, 14, 6, tzinfo=UTC)


def only_row(figures: dict[Month, str], about: Period, *, period: Period = SEPTEMBER, **fields: Any) -> dict[str, Any]:
    """Compare a KPI's months with four neighbours' 70, 75, 80 and 85 for a period."""
    benchmarks = [row(area, about, value) for area, value in zip(AREAS, ("70", "75", "80", "85"), strict=True)]
    (found,) = compared(a_rater(compared_kpi(**fields), figures, benchmarks, sets=[SET]), period)
    return found


def test_the_months_of_the_others_period_are_added_up_by_the_rule_of_the_kpi() -> None:
    """A year of numerators and denominators gives the year's share, whatever the month reported on says."""
    months = {month: f"{70 + number}/100" for number, month in enumerate(Y23.months)} | {SEPTEMBER: "1/100"}
    found = only_row(months, Y23, aggregation="ratio", ratio_multiplier=100)
    assert (found["own_value"], found["median"], found["better_by"]) == (Decimal("75.5"), Decimal("77.5"), Decimal(-2))
    assert (found["about"], found["period"], found["is_other_period"], found["place"]) == ("FY2023-24", "2024-09", True, 3)


@pytest.mark.parametrize(
    ("lacking", "said"),
    [((2,), "The council's figure of quarter 2 2024/25 lacks September 2024."), ((0, 1), "lacks 2 of its 3 months.")],
)
@pytest.mark.parametrize("aggregation", ["sum", "ratio"])
def test_a_figure_that_lacks_a_month_is_not_compared(lacking: tuple[int, ...], said: str, aggregation: str) -> None:
    """Two months of a quarter are not held against others' whole quarter, and the sentence says what is missing."""
    months = {month: "80/100" if aggregation == "ratio" else "80" for number, month in enumerate(Q2.months) if number not in lacking}
    found = only_row(months, Q2, period=Q2, aggregation=aggregation, ratio_multiplier=100 if aggregation == "ratio" else 1)
    assert (found["own_value"], found["place"], found["quartile"], found["better_by"]) == (None, None, None, None)
    assert found["median"] == Decimal("77.5")
    assert said in found["words"]


@pytest.mark.parametrize("fields", [{"aggregation": "last"}, {"is_cumulative": True, "period_mode": "year_to_date", "aggregation": "sum"}])
def test_where_the_last_month_counts_only_the_last_month_is_needed(fields: dict[str, Any]) -> None:
    """March's figure is the year's for what is read at the end or runs up; without it February's is not."""
    march, february = Month(2024, 3), Month(2024, 2)
    assert only_row({march: "90"}, Y23, **fields)["own_value"] == Decimal(90)
    without = only_row({february: "90"}, Y23, **fields)
    assert (without["own_value"], "lacks March 2024." in without["words"]) == (None, True)


@pytest.mark.parametrize(
    ("fields", "about", "said"),
    [
        ({"frequency": "quarterly"}, SEPTEMBER, "The council's own figures are quarterly: there is none of September 2024."),
        ({"frequency": "annual"}, Q2, "The council's own figures are annual: there is none of quarter 2 2024/25."),
        (
            {"is_cumulative": True, "period_mode": "year_to_date"},
            Q2,
            "The council's own figures run from April on: there is none of quarter 2 2024/25 alone.",
        ),
    ],
)
def test_a_figure_of_another_stretch_of_time_is_not_compared(fields: dict[str, Any], about: Period, said: str) -> None:
    """A quarter's figure is not a month's, and what has run up since April is not a quarter's."""
    found = only_row({SEPTEMBER: "90"}, about, **fields)
    assert found["own_value"] is None
    assert said in found["words"]


@pytest.mark.parametrize(
    ("then", "own"),
    [
        ({"unit": "number"}, None),
        ({"national_definition": "Share of visits within a week"}, None),
        ({"national_definition": ""}, Decimal(90)),
        ({"title": "The same under another name"}, Decimal(90)),
    ],
)
def test_a_figure_that_was_counted_differently_is_not_compared(then: dict[str, str], own: Decimal | None) -> None:
    """A KPI that was defined otherwise in the others' period has no figure of it; a definition named since changes none."""
    new = compared_kpi(valid_from="2024-04-01")
    old = compared_kpi(valid_from=LONG_AGO, valid_to="2024-04-01", **then)
    benchmarks = [row(area, Y23, "80") for area in AREAS]
    (found,) = compared(a_rater(new, {Month(2024, 3): "90"}, benchmarks, sets=[SET], other_versions=[old]), SEPTEMBER)
    assert (found["own_value"], "The council counted it differently in 2023/24." in found["words"]) == (own, own is None)


def test_region_and_country_are_compared_as_single_figures() -> None:
    """A region or country has no place or quartile: better or worse, by how much, says it."""
    benchmarks = [row("England", Q2, "75.5", kind="national"), row("East of England", Q2, "80", kind="regional")]
    region, country = compared(a_rater(compared_kpi(), {SEPTEMBER: "78"}, benchmarks), Q2)
    assert region["words"] == "78.0% in quarter 2 2024/25, 2.0 percentage points worse than East of England (80.0%)."
    assert country["words"] == "78.0% in quarter 2 2024/25, 2.5 percentage points better than England (75.5%)."
    assert [(item["others"], item["median"], item["place"], item["quartile"]) for item in (region, country)] == [
        (1, Decimal(80), None, None),
        (1, Decimal("75.5"), None, None),
    ]
    (alone,) = compared(a_rater(compared_kpi(), {}, benchmarks[:1]), Q2)
    assert alone["words"] == "The figure of England in quarter 2 2024/25 is 75.5%. The council has no figure of quarter 2 2024/25."


def test_the_template_in_force_says_how_old_is_too_old() -> None:
    """The limit is that of the template of the period reported on, and a template without one says nothing."""
    benchmarks = [row("England", Y23, "75", kind="national")]
    templates = [
        DataQualityTemplate.model_validate({"kpi_ref": "K1", "valid_from": since, "valid_to": until, "benchmark_max_age_months": age})
        for since, until, age in (("2010-04-01", "2024-10-01", 5), ("2024-10-01", None, None))
    ]
    rater = a_rater(compared_kpi(), {}, benchmarks, templates=templates)
    said = [compared(rater, month)[0]["words"].rpartition("2023/24, ")[2] for month in (Month(2024, 8), SEPTEMBER, Month(2024, 10))]
    assert said == [
        "which ended 5 months before August 2024 did.",
        "which ended 6 months before September 2024 did, more than the 5 that the data-quality template allows.",
        "which ended 7 months before October 2024 did.",
    ]


HEADER = "kpi_ref,area,kind,period,value,source,definition,published_on\n"
NEIGHBOURS = """\
neighbour_sets:
  - id: nearest
    name: Nearest neighbours
    source: Chosen for this test
    since: 2021-04-01
    areas: [Avonshire, Burnshire, Deeshire, Exeshire]
"""


def with_benchmarks(council: Council, rows: str) -> Council:
    """Give the council a register of its own with neighbours and others' figures."""
    folder = council.settings.home / "organisations" / SLUG
    if not folder.exists():
        shutil.copytree(council.settings.organisations / SLUG, folder)
        with (folder / "organisation.yaml").open("a", encoding="utf-8") as profile:
            profile.write(NEIGHBOURS)
    (folder / "benchmarks.csv").write_text(HEADER + rows, encoding="utf-8")
    return replace(council, settings=replace(council.settings, organisations=folder.parent))


def know(council: Council, lines: str) -> None:
    path = council.settings.home / "figures.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("kpi_ref,period,value,numerator,denominator,provenance,source\n" + lines, encoding="utf-8")
    import_history(SLUG, path, as_at=AS_AT - timedelta(days=30), settings=council.settings)


FOUR = "".join(f"219,{area},neighbour,2024-09,{value},Registrar,,\n" for area, value in zip(AREAS, (70, 75, 80, 85), strict=True))


@pytest.fixture
def bare_council(tmp_path: Path, warehouse_url: str) -> Council:
    """The sample council without any figures, on each of the two databases."""
    return council_at(tmp_path / "home", warehouse_url=warehouse_url)


def test_comparisons_are_saved_with_the_ratings_and_read_as_known_then(bare_council: Council) -> None:
    """Rating saves a row per KPI, kind and period; rating again replaces it, and a later rating that compares nothing hides it."""
    council = with_benchmarks(bare_council, FOUR + "37,England,national,2024-09,1,Nobody counts visits alike,,\n")
    know(council, "219,2024-09,,90,100,,\n")
    later = AS_AT + timedelta(days=1)
    for as_at in (AS_AT, AS_AT, later):
        if as_at == later:
            with_benchmarks(council, "")
        rate_month(SLUG, SEPTEMBER, as_at=as_at, settings=council.settings)
    (saved,) = table(council, "comparison")
    assert (saved["kpi_ref"], saved["kind"], saved["about"], saved["name"], saved["as_at"]) == (
        "219",
        "neighbours",
        "2024-09",
        "Nearest neighbours",
        AS_AT,
    )
    assert (saved["own_value"], saved["median"], saved["place"], saved["quartile"]) == (Decimal(90), Decimal("77.5"), 1, 1)
    assert ask(council, "comparisons_at", period="2024-09", as_at=AS_AT) == [saved]
    assert ask(council, "comparisons_at", period="2024-09", as_at=AS_AT - timedelta(seconds=1)) == []
    assert ask(council, "comparisons_at", period="2024-09", as_at=later) == []


def test_a_withheld_figure_is_not_compared(tmp_path: Path) -> None:
    """What is under query is not there, so it is neither compared nor told; the neighbours' median stands."""
    council = with_benchmarks(council_at(tmp_path / "home"), FOUR)
    know(council, "219,2024-09,,90,100,,\n")
    counts = dict.fromkeys(("due", "returned", "withheld", "failed", "flagged"), 1)
    run = {"period": "2024-09", "point": "returns", "as_at": AS_AT - timedelta(days=1), "outcome": "flag", "reason": ""}
    insert(council, "validation_run", run | counts | {"withheld_refs": '["219"]', "results": "{}", "register_digest": "x"})
    rate_month(SLUG, SEPTEMBER, as_at=AS_AT, settings=council.settings)
    (saved,) = table(council, "comparison")
    assert (saved["own_value"], saved["median"]) == (None, Decimal("77.5"))
    assert saved["words"] == "The median of 4 neighbours in September 2024 is 77.5%. The council has no figure of September 2024."


def test_a_combined_kpi_is_compared_as_a_whole(tmp_path: Path) -> None:
    """A corporate KPI's own figure is that of all directorates' numerators and denominators over the quarter."""
    rows = FOUR.replace("219,", "C3,").replace("2024-09", "2024-25-Q2")
    council = with_benchmarks(council_at(tmp_path / "home"), rows)
    parts = ("C3-AHC", "C3-CEF", "C3-FR", "C3-PS", "C3-SP")
    know(council, "".join(f"{part},{month.key},,{number},10,,\n" for number, part in enumerate(parts, start=5) for month in Q2.months))
    rate_quarter(SLUG, Q2, as_at=AS_AT, settings=council.settings)
    (saved,) = table(council, "comparison")
    assert (saved["own_value"], saved["is_other_period"]) == (Decimal(70), False)
    assert saved["words"].startswith(
        "Second-worst quartile of 4 neighbours in quarter 2 2024/25 (place 4 of 5, shared with 1 other): 70.0%, "
    )


def test_the_paper_prints_the_comparison(tmp_path: Path) -> None:
    """The sentence stands in the committee's paper with whose figures they are, where they are from and what is counted."""
    council = with_benchmarks(council_at(tmp_path / "home"), FOUR.replace("2024-09", "2024-25-Q1"))
    know(council, "".join(f"219,{month.key},,90,100,,\n" for month in (*Q2.previous.months, *Q2.months)))
    rate_quarter(SLUG, Q2, as_at=AS_AT, settings=council.settings)
    with rendered_as(documents.HTML):
        reported = export_papers(SLUG, Q2, as_at=AS_AT, settings=council.settings)
    (page,) = (council.settings.home / reported.folder).glob("paper-communities*.html")
    text = page.read_text(encoding="utf-8")
    stand = "Best quartile of 4 neighbours in quarter 1 2024/25 (place 1 of 5): 90.0%, "
    by = "12.5 percentage points better than their median of 77.5%."
    when = "The figures are of quarter 1 2024/25, which ended 3 months before quarter 2 2024/25 did."
    assert f"{stand}{by} {when}" in text
    assert "Nearest neighbours" in text
    assert "Source: Registrar. Counted: General Register Office" in text
