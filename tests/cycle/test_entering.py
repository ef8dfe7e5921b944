"""Entries of the performance team: corrections and withdrawals by post and with a reason, never edits."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from cycle.council import SLUG, Council
from cycle.desk import APRIL, ask, drop, filled, table
from pmf.cycle.asof import figures_as_known
from pmf.cycle.collect import scan_inbox
from pmf.cycle.entering import EntryError, Figure, enter_correction, enter_withdrawal
from pmf.store import get

HOUR = timedelta(hours=1)
TEAM = "governance-and-performance-team"


@pytest.fixture
def council(april_done: Council) -> Council:
    """April done."""
    return april_done


def later(council: Council, hours: int = 1) -> datetime:
    return council.teller.profile.cycle_at(APRIL) + hours * HOUR


def correct(council: Council, value: str = "98000", *, at: datetime | None = None, **figure: object) -> None:
    enter_correction(
        SLUG,
        "36",
        APRIL,
        Figure(value=Decimal(value), **figure),  # type: ignore[arg-type]
        post=TEAM,
        reason="Counted again.",
        as_at=at or later(council),
        settings=council.settings,
    )


def withdraw(council: Council, kpi_ref: str = "36", *, post: str = TEAM, reason: str = "Counted twice.") -> None:
    enter_withdrawal(SLUG, kpi_ref, APRIL, post=post, reason=reason, as_at=later(council), settings=council.settings)


def known(council: Council, at: datetime) -> object:
    return figures_as_known(SLUG, APRIL, on=at, settings=council.settings)["36"]


def test_a_correction_counts_and_the_return_stays(council: Council) -> None:
    """The figure becomes the entered one, restated, with its own file in the store; the return's figure is still known as of before."""
    before = known(council, later(council, 0))
    correct(council)
    now = known(council, later(council))
    assert (now.value, now.status, now.source, now.sender) == (98000, "restated", "entry", TEAM)
    assert known(council, later(council, 0)) == before
    entry = json.loads(get(council.settings.store, now.file_hash))
    assert (entry["entry"], entry["value"], entry["reason"], entry["post"]) == ("correction", "98000", "Counted again.", TEAM)


def test_a_correction_keeps_the_services_comment_and_starts_the_cycle(council: Council) -> None:
    """What the service commented still stands beside the corrected figure, and the month's cycle is due again."""
    (before,) = [row for row in ask(council, "observations_as_known", **period(), as_at=later(council, 0)) if row["kpi_ref"] == "36"]
    correct(council)
    (after,) = [row for row in ask(council, "observations_as_known", **period(), as_at=later(council)) if row["kpi_ref"] == "36"]
    assert before["comment"]
    assert (after["comment"], after["forecast"]) == (before["comment"], before["forecast"])
    assert [row["period"] for row in ask(council, "returns_awaiting_cycle", as_at=later(council))] == [APRIL.key]


def period() -> dict[str, str]:
    return {"first_period": APRIL.key, "last_period": APRIL.key}


def test_a_corrected_month_is_rated_on_the_correction(council: Council) -> None:
    """Run again, the month validates and rates the corrected figure, and marks a provisional one as such."""
    from pmf.cycle.rate import rate_month
    from pmf.cycle.validate import validate_returns

    correct(council, is_provisional=True)
    at = later(council)
    assert validate_returns(SLUG, APRIL, as_at=at, settings=council.settings).outcome != "fail"
    rate_month(SLUG, APRIL, as_at=at, settings=council.settings)
    (row,) = [row for row in table(council, "rating", kpi_ref="36", period=APRIL.key) if row["as_at"] == at]
    assert (row["value"], row["is_provisional"]) == (98000, True)


def test_a_withdrawn_figure_awaits_data_in_words(council: Council) -> None:
    """Nothing is shown in its place: the KPI awaits data, the reason is printed, and validation points it out."""
    from pmf.cycle.rate import rate_month
    from pmf.cycle.validate import validate_returns

    withdraw(council)
    at = later(council)
    validate_returns(SLUG, APRIL, as_at=at, settings=council.settings)
    rate_month(SLUG, APRIL, as_at=at, settings=council.settings)
    (row,) = [row for row in table(council, "rating", kpi_ref="36", period=APRIL.key) if row["as_at"] == at]
    assert (row["status"], row["value"], row["reason"]) == ("awaiting_data", None, "Figure taken back: Counted twice.")
    assert [row["kpi_ref"] for row in table(council, "finding", rule_id="observation.withdrawn")] == ["36"]


def test_a_later_return_counts_instead_of_an_entry(council: Council) -> None:
    """What the service sends afterwards is newer, so it counts; the entry remains in the record."""
    correct(council)
    drop(council, APRIL, "again.xlsx", filled(council, APRIL, "libraries", k36={"value": "97111"}))
    scan_inbox(SLUG, as_at=later(council, 2), settings=council.settings)
    assert known(council, later(council, 2)).value == 97111
    assert known(council, later(council)).value == 98000


def test_entering_the_same_twice_is_one_entry(council: Council) -> None:
    """An entry repeated at the same moment leaves every row as it was."""
    correct(council)
    before = council.state()
    correct(council)
    assert council.state() == before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kpi_ref": "no-such"}, "no figure of KPI 'no-such' is due"),
        ({"post": "head-of-libraries"}, "made by the performance team"),
        ({"reason": "  "}, "give a reason"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_in_words(council: Council, wrong: dict[str, str], words: str) -> None:
    """An unknown KPI, another post or no reason: nothing is written."""
    before = council.state()
    with pytest.raises(EntryError, match=words):
        withdraw(council, **wrong)
    assert council.state() == before


def test_a_correction_needs_a_figure(council: Council) -> None:
    """A correction without a figure is refused: taking a figure back is a withdrawal."""
    with pytest.raises(EntryError, match="needs a figure"):
        enter_correction(SLUG, "36", APRIL, Figure(), post=TEAM, reason="?", as_at=later(council), settings=council.settings)
