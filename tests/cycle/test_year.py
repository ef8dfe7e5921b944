"""The financial year as a rated period, what becomes of missing months, weighted figures, and what a corporate figure lacks."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import insert, table
from pmf.cycle.history import import_history
from pmf.cycle.rate import rate_month, rate_quarter, rate_year
from pmf.period import FinancialYear, Month, Period, Quarter

AS_AT = datetime(2025, 4, 17, 6, tzinfo=UTC)
YEAR, Q2, Q4 = FinancialYear(2024), Quarter(2024, 2), Quarter(2024, 4)
JULY, AUGUST, SEPTEMBER = Q2.months
HEADER = "kpi_ref,period,value,numerator,denominator,provenance,source\n"
PARTS = ("C1-AHC", "C1-CEF", "C1-FR", "C1-PS", "C1-SP")
VERBS = {Month: rate_month, Quarter: rate_quarter, FinancialYear: rate_year}
# Library visits, month by month of 2024/25, and the targets of the register for them.
VISITS = dict.fromkeys(YEAR.months, "120000")
VISITS_TARGET = Decimal(2 * 118000 + 115000 + 126000 + 131000 + 119000 + 122000 + 119000 + 103000 + 119000 + 118000 + 120000)


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return council_at(tmp_path / "home")


def know(council: Council, kpi_ref: str, figures: dict[Month, str]) -> None:
    """Make figures known: "97", "numerator/denominator" or "value@weight"."""
    lines = []
    for month, text in figures.items():
        over, slash, under = text.partition("/")
        value, _, weight = text.partition("@")
        lines.append(f"{kpi_ref},{month.key},,{over},{under},," if slash else f"{kpi_ref},{month.key},{value},,{weight},,")
    path = council.settings.home / f"{kpi_ref}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    import_history(SLUG, path, as_at=AS_AT, settings=council.settings)


def rated(council: Council, kpi_ref: str, period: Period) -> dict[str, Any]:
    """Rate a period and give the row of one KPI."""
    VERBS[type(period)](SLUG, period, as_at=AS_AT, settings=council.settings)  # type: ignore[operator]
    (row,) = table(council, "rating", period=period.key, kpi_ref=kpi_ref)
    return dict(row)


def defined(council: Council, kpi_ref: str, **fields: str) -> Council:
    """Give the council a register of its own in which one KPI is defined otherwise; ``targets`` replaces its targets' rows."""
    folder = council.settings.home / "organisations" / SLUG
    shutil.copytree(council.settings.organisations / SLUG, folder)
    targets = fields.pop("targets", None)
    for name, change in (("kpis.csv", fields), ("targets.csv", None)):
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        rows = list(csv.DictReader(lines))
        if change is not None:
            rows = [row | change if row["kpi_ref"] == kpi_ref else row for row in rows]
        elif targets is not None:
            own = [dict(zip(("valid_from", "period_kind", "target", "profile"), text.split(","), strict=True)) for text in targets.split()]
            rows = [row for row in rows if row["kpi_ref"] != kpi_ref] + [{"kpi_ref": kpi_ref} | row for row in own]
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)
    return replace(council, settings=replace(council.settings, organisations=folder.parent))


def without(figures: dict[Month, str], *months: Month) -> dict[Month, str]:
    return {month: text for month, text in figures.items() if month not in months}


def test_a_year_is_the_sum_of_its_months_against_the_sum_of_their_targets(council: Council) -> None:
    """Twelve months of visits against twelve months' targets, by the papers' policy, compared with the year before."""
    know(council, "37", VISITS | dict.fromkeys(YEAR.previous.months, "110000"))
    row = rated(council, "37", YEAR)
    assert (row["value"], Decimal(row["target"]), row["status"]) == (Decimal(1440000), VISITS_TARGET, "green")
    assert (row["policy_id"], row["months_missing"], row["is_provisional"]) == ("ccc-q2-2024", "", False)
    assert (row["previous_period"], row["previous_value"], row["change"]) == ("FY2023-24", Decimal(1320000), "improved")


def test_a_year_short_of_a_month_is_judged_by_the_months_it_has(council: Council) -> None:
    """Eleven months' visits are judged by eleven months' targets, provisionally, and not compared with twelve: no red for a late return."""
    know(council, "37", without(VISITS, Month(2025, 3)) | dict.fromkeys(YEAR.previous.months, "110000"))
    row = rated(council, "37", YEAR)
    assert (row["value"], Decimal(row["target"]), row["status"]) == (Decimal(1320000), VISITS_TARGET - 120000, "green")
    assert (row["months_missing"], row["is_provisional"], row["change"]) == ("2025-03", True, None)


def test_a_running_year_is_its_last_month_and_compares_whole_years(council: Council) -> None:
    """Home energy upgrades so far: March holds the year, judged by the year's own target; last year's March is what it compares with."""
    now, before = (
        {month: str(step * number) for number, month in enumerate(year.months, start=1)}
        for year, step in ((YEAR, 1500), (YEAR.previous, 1600))
    )
    know(council, "AHC-09", now | before)
    row, quarter = rated(council, "AHC-09", YEAR), rated(council, "AHC-09", Q4)
    assert (row["value"], row["target"], row["previous_value"], row["change"]) == (Decimal(18000), "18600", Decimal(19200), "declined")
    # The quarter compares what it added with what the quarter before added: neither total is compared with an addition.
    assert (quarter["value"], quarter["previous_value"], quarter["change"]) == (Decimal(18000), Decimal(13500), "unchanged")


def test_a_running_year_short_of_march_is_judged_as_of_february(council: Council) -> None:
    """Eleven twelfths of an even year's target are what February has to reach; the year before is not compared with it."""
    know(council, "AHC-09", {month: str(1500 * number) for number, month in enumerate(YEAR.months[:-1], start=1)})
    row = rated(council, "AHC-09", YEAR)
    assert (row["value"], row["target"], row["months_missing"], row["is_provisional"]) == (Decimal(16500), "17050", "2025-03", True)


def test_quarterly_and_annual_figures_make_years(council: Council) -> None:
    """A quarterly KPI's year is made of its four due months, by its rule; those in between are not missing."""
    know(council, "CEF-09", dict(zip(YEAR.months[2::3], ("21", "20", "20", "18.5"), strict=True)))
    know(council, "PS-08", dict(zip(YEAR.months[2::3], ("10/20", "30/40", "5/10", "5/30"), strict=True)))
    last, ratio = rated(council, "CEF-09", YEAR), rated(council, "PS-08", YEAR)
    assert (last["value"], last["target"], last["status"], last["months_missing"]) == (Decimal("18.5"), "19", "green", "")
    assert (ratio["value"], ratio["numerator"], ratio["denominator"]) == (Decimal(50), Decimal(50), Decimal(100))


def test_a_quarterly_sum_short_of_a_quarter_is_judged_by_the_quarters_it_has(council: Council) -> None:
    """Three quarters are judged by three quarters' targets, and the whole year by all four, where only quarters have targets."""
    changed = defined(council, "PS-09", targets="2024-04-01,quarter,40,")
    quarters = dict(zip(YEAR.months[2::3], ("38", "39", "40", "41"), strict=True))
    know(changed, "PS-09", without(quarters, Month(2025, 3)))
    part = rated(changed, "PS-09", YEAR)
    assert (part["value"], part["target"], part["status"], part["months_missing"]) == (Decimal(117), "120", "green", "2025-03")
    know(changed, "PS-09", quarters)
    whole = rated(changed, "PS-09", YEAR)
    assert (whole["value"], whole["target"]) == (Decimal(158), "160")


def test_the_one_figure_of_a_quarter_has_the_quarters_share_of_an_even_year(council: Council) -> None:
    """A quarterly sum is judged by a quarter of the year's target on the month's scorecard as well as in the quarter's paper."""
    changed = defined(council, "PS-09", targets="2024-04-01,year,160,even")
    know(changed, "PS-09", {SEPTEMBER: "38"})
    assert [rated(changed, "PS-09", period)["target"] for period in (SEPTEMBER, Q2)] == ["40", "40"]


def test_a_sum_whose_target_cannot_be_parted_has_no_colour(council: Council) -> None:
    """Two months' visits against a target for all of the quarter would be red for a late return: the figure is shown, and waits."""
    changed = defined(council, "37", targets="2024-04-01,quarter,360000,")
    know(changed, "37", without(VISITS, SEPTEMBER))
    row = rated(changed, "37", Q2)
    assert (row["status"], row["value"], row["target"], row["off_target_pct"]) == ("awaiting_data", Decimal(240000), "360000", None)
    assert row["reason"] == "Awaiting data: there is no figure for September 2024, and the target is for all of quarter 2 2024/25."


@pytest.mark.parametrize(
    ("period", "missing", "words"),
    [
        (Q2, (AUGUST, SEPTEMBER), "August and September 2024"),
        (YEAR, (Month(2024, 12), Month(2025, 1)), "December 2024 and January 2025"),
        (YEAR, (JULY, AUGUST, SEPTEMBER, Month(2025, 3)), "July, August and September 2024 and March 2025"),
    ],
)
def test_an_incomplete_period_can_await_its_months(council: Council, period: Period, missing: tuple[Month, ...], words: str) -> None:
    """A KPI whose rule is to await data has no figure until the months are there; which ones are missing is said and kept."""
    changed = defined(council, "37", incomplete="awaiting_data")
    know(changed, "37", without(VISITS, *missing))
    row = rated(changed, "37", period)
    assert (row["status"], row["value"], row["is_provisional"], row["change"]) == ("awaiting_data", None, False, None)
    assert row["reason"] == f"Awaiting data: there is no figure for {words}."
    assert row["months_missing"] == ",".join(month.key for month in missing)
    assert row["months_used"] == ",".join(month.key for month in period.months if month not in missing)


def test_a_month_that_a_later_one_holds_is_not_awaited(council: Council) -> None:
    """A total that runs up through the year needs its last month only; one that has not come yet is waited for."""
    changed = defined(council, "AHC-09", incomplete="awaiting_data")
    know(changed, "AHC-09", {JULY: "6000", SEPTEMBER: "9300"})
    row = rated(changed, "AHC-09", Q2)
    assert (row["value"], row["status"], row["months_missing"]) == (Decimal(9300), "green", "2024-08")
    assert rated(changed, "AHC-09", Quarter(2024, 3))["status"] == "awaiting_data"
    year = rated(changed, "AHC-09", YEAR)
    assert (year["value"], year["status"]) == (None, "awaiting_data")


def test_what_is_under_query_keeps_a_period_that_awaits_it_under_query(council: Council) -> None:
    """A withheld month is not said to be missing for want of a return."""
    changed = defined(council, "37", incomplete="awaiting_data")
    know(changed, "37", VISITS)
    counts = dict.fromkeys(("due", "returned", "withheld", "failed", "flagged"), 1)
    run = {"period": AUGUST.key, "point": "returns", "as_at": AS_AT, "outcome": "flag", "reason": "", "withheld_refs": '["37"]'}
    insert(changed, "validation_run", run | counts | {"results": "{}", "register_digest": "x"})
    row = rated(changed, "37", Q2)
    assert (row["status"], row["reason"]) == ("under_query", "Under query: there is no figure for August 2024.")


def test_a_weighted_figure_counts_each_month_by_its_weight(council: Council) -> None:
    """Days to an assessment, by assessments started: 300 of 10 days and 100 of 40 are 17.5; a month without its number is missing."""
    changed = defined(council, "AHC-06", aggregation="weighted")
    know(changed, "AHC-06", {JULY: "10@300", AUGUST: "40@100", SEPTEMBER: "99"})
    row = rated(changed, "AHC-06", Q2)
    assert (row["value"], row["numerator"], row["denominator"]) == (Decimal("17.5"), None, Decimal(400))
    assert (row["months_missing"], row["is_provisional"]) == ("2024-09", True)
    september = rated(changed, "AHC-06", SEPTEMBER)
    said = "Awaiting data: the figure for September 2024 came without its denominator, by which it counts."
    assert (september["value"], september["status"], september["reason"]) == (None, "awaiting_data", said)


def test_a_corporate_figure_says_which_directorate_it_lacks(council: Council) -> None:
    """Every other directorate has returned; the reason names those that have not, in a month and in a quarter."""
    for part in PARTS:
        know(council, part, dict.fromkeys([JULY] if part == "C1-CEF" else [JULY, AUGUST, SEPTEMBER], "10/2"))
    august, quarter = rated(council, "C1", AUGUST), rated(council, "C1", Q2)
    assert (august["value"], august["reason"]) == (None, "Awaiting data: no figure from Children, Education, and Families.")
    assert (quarter["value"], quarter["months_used"], quarter["months_missing"]) == (Decimal(5), "2024-07", "2024-08,2024-09")
    assert rated(council, "C1", Month(2024, 10))["reason"] == "Awaiting data: no figure has been returned."


def test_a_corporate_quarter_that_awaits_its_months_names_both(council: Council) -> None:
    """Directorates and months are named together; a directorate whose percentage came without its parts is lacking as well."""
    changed = defined(council, "C1", incomplete="awaiting_data")
    for part in PARTS:
        know(changed, part, {JULY: "10/2", AUGUST: "5" if part == "C1-FR" else "10/2"} | ({} if part == "C1-CEF" else {SEPTEMBER: "10/2"}))
    row = rated(changed, "C1", Q2)
    assert (row["value"], row["reason"]) == (
        None,
        "Awaiting data: no figure from Finance and Resources; Children, Education, and Families for August and September 2024.",
    )
