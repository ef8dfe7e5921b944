"""Rating: which months a figure is made of, what it is judged by, and what it is compared with."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import ask, insert, table
from pmf.cycle.history import import_history
from pmf.cycle.rate import months_ended, rate_month, rate_quarter
from pmf.period import Month, Quarter

AS_AT = datetime(2024, 10, 14, 6, tzinfo=UTC)
APRIL, JUNE, JULY, SEPTEMBER, Q1, Q2 = Month(2024, 4), Month(2024, 6), Month(2024, 7), Month(2024, 9), Quarter(2024, 1), Quarter(2024, 2)
HEADER = "kpi_ref,period,value,numerator,denominator,provenance,source\n"
Figures = dict[str, dict[str, str]]


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return council_at(tmp_path / "home")


def know(council: Council, figures: Figures) -> None:
    """Make figures known: by KPI and month, "97" or "numerator/denominator"."""
    lines = []
    for kpi_ref, months in figures.items():
        for month, text in months.items():
            numerator, slash, denominator = text.partition("/")
            lines.append(f"{kpi_ref},2024-{month},,{numerator},{denominator},," if slash else f"{kpi_ref},2024-{month},{text},,,,")
    path = council.settings.home / "figures.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    import_history(SLUG, path, as_at=AS_AT - timedelta(days=30), settings=council.settings)


def withhold(council: Council, month: Month, *refs: str) -> None:
    """Note a validation of a month's returns that put KPIs under query."""
    counts = dict.fromkeys(("due", "returned", "withheld", "failed", "flagged"), 1)
    run = {"period": month.key, "point": "returns", "as_at": AS_AT - timedelta(days=1), "outcome": "flag", "reason": ""}
    insert(council, "validation_run", run | counts | {"withheld_refs": json.dumps(refs), "results": "{}", "register_digest": "x"})


def say_nil(council: Council, kpi_ref: str, month: Month, reason: str) -> None:
    """Note a nil return."""
    texts = {"version_id": "nil", "absence": "nil_return", "reason": reason, "comment": "", "status": "final", "source": "import"}
    place = {"kpi_ref": kpi_ref, "period": month.key, "file_hash": "x", "recorded_at": AS_AT - timedelta(days=1), "sequence": 0}
    insert(council, "observation", place | texts)


def rated(council: Council, period: Month | Quarter) -> dict[str, dict[str, Any]]:
    """Rate a period and give the rows by KPI."""
    rate = rate_month if isinstance(period, Month) else rate_quarter
    rate(SLUG, period, as_at=AS_AT, settings=council.settings)
    return {row["kpi_ref"]: row for row in table(council, "rating", period=period.key)}


def with_register(council: Council, change: Callable[[list[dict[str, str]]], None]) -> Council:
    """Give the council a register of its own with rows of ``kpis.csv`` changed."""
    folder = council.settings.home / "organisations" / SLUG
    shutil.copytree(council.settings.organisations / SLUG, folder)
    with (folder / "kpis.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    change(rows)
    with (folder / "kpis.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return replace(council, settings=replace(council.settings, organisations=folder.parent))


def test_an_incomplete_quarter_is_rated_on_the_months_there_are(council: Council) -> None:
    """Without September, indicator 220 rests on July and August, numerators and denominators added up, and is provisional."""
    know(council, {"220": {"07": "300/400", "08": "500/600"}})
    row = rated(council, Q2)["220"]
    assert (row["value"], row["numerator"], row["denominator"]) == (Decimal(80), Decimal(800), Decimal(1000))
    assert (row["months_used"], row["months_missing"], row["is_provisional"]) == ("2024-07,2024-08", "2024-09", True)
    assert (row["status"], row["target"]) == ("red", "95")


def test_a_whole_quarter_is_not_provisional(council: Council) -> None:
    """With every month there, no month is missing and the rating is final."""
    know(council, {"220": {"07": "300/400", "08": "500/600", "09": "100/100"}})
    row = rated(council, Q2)["220"]
    assert (row["months_missing"], row["is_provisional"]) == ("", False)


def test_a_sum_short_of_a_month_is_judged_by_the_months_it_has(council: Council) -> None:
    """Two months' visits are judged by two months' targets and not compared with three months before: no red for a late return."""
    months = {"04": "117000", "05": "117000", "06": "117000"}
    know(council, {"37": months | {"07": "130000", "08": "130000"}})
    whole, part = rated(council, Q1)["37"], rated(council, Q2)["37"]
    targets = {row["period"]: Decimal(row["target"]) for row in (rated(council, Month(2024, month))["37"] for month in (7, 8))}
    assert whole["value"] == Decimal(351000)
    assert (part["value"], Decimal(part["target"])) == (Decimal(260000), sum(targets.values()))
    assert (part["status"], part["is_provisional"], part["change"]) == ("green", True, None)


def test_a_running_total_short_of_its_last_month_is_judged_as_of_the_month_it_has(council: Council) -> None:
    """Savings up to August are judged by August's target, not by September's."""
    know(council, {"FR-01": {"07": "5200000", "08": "6600000"}})
    row = rated(council, Q2)["FR-01"]
    august = rated(council, Month(2024, 8))["FR-01"]
    assert (row["value"], row["target"], row["status"]) == (Decimal(6600000), august["target"], august["status"])


def test_a_running_total_is_compared_by_what_each_period_added(council: Council) -> None:
    """Savings that grow more slowly have declined, though the total grows; April is not worse because the count began anew."""
    know(council, {"FR-01": {"01": "9000000", "02": "9500000", "03": "10000000", "04": "700000", "05": "1300000", "06": "1900000"}})
    assert [rated(council, Month(2024, month))["FR-01"]["change"] for month in (4, 5, 6)] == ["improved", "declined", "unchanged"]


def test_a_corporate_kpi_is_made_of_its_directorates_sums(council: Council) -> None:
    """The council's figure is the sum of all numerators over the sum of all denominators, never an average."""
    parts = ("C1-AHC", "C1-CEF", "C1-FR", "C1-PS", "C1-SP")
    know(council, {ref: {"07": f"{10 * number}/{number}"} for number, ref in enumerate(parts, start=1)} | {"C1-SP": {"07": "500/10"}})
    row = rated(council, JULY)["C1"]
    assert (row["numerator"], row["denominator"]) == (Decimal(600), Decimal(20))
    assert row["value"] == Decimal(30)


@pytest.mark.parametrize(
    ("happening", "status"),
    [("missing", "awaiting_data"), ("withheld", "under_query"), ("nil", "nil_return"), ("nil and withheld", "under_query")],
)
def test_a_corporate_kpi_lacks_what_a_directorate_lacks(council: Council, happening: str, status: str) -> None:
    """One directorate's absent figure leaves the whole without one, for its reason; under query is the gravest."""
    known = {ref: {"07": "10/2"} for ref in ("C1-AHC", "C1-CEF", "C1-FR", "C1-PS")}
    know(council, known | ({"C1-SP": {"07": "10/2"}} if happening == "withheld" else {}))
    if "nil" in happening:
        say_nil(council, "C1-SP", JULY, "System down.")
    if "withheld" in happening:
        withhold(council, JULY, "C1-AHC" if "nil" in happening else "C1-SP")
    row = rated(council, JULY)["C1"]
    assert (row["status"], row["value"]) == (status, None)


def test_a_directorate_that_is_no_more_is_no_longer_waited_for(council: Council) -> None:
    """When a directorate's KPI ends, the corporate figure is made of the others from then on, and of all of them before."""

    def end(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["kpi_ref"] == "C1-SP")["valid_to"] = "2024-07-01"

    changed = with_register(council, end)
    known: Figures = {ref: {"06": "10/2", "07": "10/2"} for ref in ("C1-AHC", "C1-CEF", "C1-FR", "C1-PS")}
    know(changed, known | {"C1-SP": {"06": "60/2"}})
    row = rated(changed, JULY)["C1"]
    assert (row["value"], row["denominator"]) == (Decimal(5), Decimal(8))
    assert row["previous_value"] == Decimal(10)


def test_a_quarterly_kpi_is_shown_with_its_last_due_month(council: Council) -> None:
    """In July a quarterly KPI shows June's figure against June's target, compared with March's; in June it is June's own."""
    know(council, {"CEF-09": {"03": "6.5", "06": "5.5", "07": "9.9"}})
    july, june = rated(council, JULY)["CEF-09"], rated(council, JUNE)["CEF-09"]
    for row in (july, june):
        assert (row["value"], row["months_used"], row["previous_period"], row["previous_value"]) == (
            Decimal("5.5"),
            "2024-06",
            "2024-03",
            Decimal("6.5"),
        )
        assert (row["change"], row["is_provisional"]) == ("improved", False)


def test_a_withheld_figure_is_under_query_everywhere(council: Council) -> None:
    """A figure under query rates nothing in its month, makes the quarter provisional, and is no figure to compare with later."""
    know(council, {"36": {"07": "98000", "08": "99000", "09": "100000"}})
    withhold(council, Month(2024, 8), "36")
    august, september, quarter = rated(council, Month(2024, 8))["36"], rated(council, SEPTEMBER)["36"], rated(council, Q2)["36"]
    assert (august["status"], august["value"]) == ("under_query", None)
    assert (september["previous_value"], september["change"]) == (None, None)
    assert (quarter["months_used"], quarter["months_missing"]) == ("2024-07,2024-09", "2024-08")


def test_a_nil_return_gives_its_reason(council: Council) -> None:
    """A nil return is rated as such and its row says why the service has no figure; a KPI nobody returned awaits data."""
    say_nil(council, "36", JULY, "The library system was down all month.")
    rows = rated(council, JULY)
    assert (rows["36"]["status"], rows["36"]["reason"]) == ("nil_return", "Nil return: The library system was down all month.")
    assert rows["37"]["status"] == "awaiting_data"


def test_the_quarter_before_is_judged_as_the_kpi_was_then(council: Council) -> None:
    """An indicator that lost its target this quarter is contextual now and was red then: the change of kind hides nothing."""

    def lose_target(rows: list[dict[str, str]]) -> None:
        old = next(row for row in rows if row["kpi_ref"] == "36")
        rows.append(old | {"valid_from": "2024-07-01", "status_type": "contextual"})
        old["valid_to"] = "2024-07-01"

    changed = with_register(council, lose_target)
    know(changed, {"36": {"06": "50000", "09": "60000"}})
    row = rated(changed, Q2)["36"]
    assert (row["status"], row["previous_status"], row["change"]) == ("contextual", "red", "improved")


def test_months_are_rated_by_the_headline_policy_and_quarters_by_the_papers(council: Council) -> None:
    """A rating names its policy and what it was made with: code, lock file, register, policy."""
    know(council, {"36": {"09": "98000"}})
    month, quarter = rated(council, SEPTEMBER)["36"], rated(council, Q2)["36"]
    assert (month["policy_id"], quarter["policy_id"]) == ("ccc-framework-2024", "ccc-q2-2024")
    assert all(row[name] for row in (month, quarter) for name in ("code_version", "lock_digest", "register_digest", "policy_digest"))


def test_rating_again_changes_nothing(council: Council) -> None:
    """The same figures and the same clock give the same rows."""
    know(council, {"36": {"07": "98000"}})
    first = rated(council, Q2)
    assert rated(council, Q2) == first


def test_every_kpi_in_force_gets_one_status(council: Council) -> None:
    """With no figure at all every KPI of the register still has its row: awaiting data, or in development."""
    rows = rated(council, Q2)
    assert {row["status"] for row in rows.values()} == {"awaiting_data", "in_development"}
    assert len(rows) == 83


def test_an_export_waits_for_the_scorecards_of_its_months(council: Council) -> None:
    """A quarter's months have ended when each has reported, as known at the moment asked about."""
    for number, month in enumerate(Q2.months):
        assert months_ended(SLUG, Q2, as_at=AS_AT, settings=council.settings) is False
        stage = {"period": month.key, "stage": "report", "as_at": AS_AT - timedelta(days=3 - number)}
        insert(council, "stage_run", stage | {"summary": "{}", "register_digest": "x"})
    assert months_ended(SLUG, Q2, as_at=AS_AT, settings=council.settings) is True
    assert months_ended(SLUG, Q2, as_at=AS_AT - timedelta(days=2), settings=council.settings) is False
    assert ask(council, "ratings_at", period=Q2.key, policy_id="ccc-q2-2024", as_at=AS_AT) == []
