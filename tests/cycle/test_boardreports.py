"""Which reports a month and a quarter bring besides scorecards and papers, to whom, by the council's profile alone."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from cycle.council import council_at
from cycle.desk import table
from pmf.cycle import documents
from pmf.cycle.history import import_history
from pmf.cycle.rate import rate_month, rate_quarter
from pmf.cycle.report import export_papers, report_month
from pmf.period import Month, Quarter
from pmf.register import load_profile

SLUG = "huntingdonshire"
JUNE = Month(2025, 6)
BOARD = "board-report-operations-performance-and-efficiency"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An installation whose documents are rendered as data whatever the format, for speed, with earlier years imported."""
    monkeypatch.setattr(
        documents, "render", lambda edition, ending, _: json.dumps([ending, edition.document.as_json()], ensure_ascii=False).encode()
    )
    settings = council_at(tmp_path / "home").settings
    profile = load_profile(settings.organisations / SLUG)
    import_history(SLUG, settings.organisations / SLUG / "history.csv", as_at=profile.opens_at(Month(2025, 4)), settings=settings)
    return settings


def issued(settings, period: Month | Quarter) -> set[str]:
    """The documents of a period, by their ids without the mark of an internal edition."""
    rows = table(council_at(settings.home), "document", organisation=SLUG, period=period.key)
    return {row["document_id"].removesuffix("-internal") for row in rows}


def test_a_board_gets_its_report_every_month_and_outcome_measures_are_told_once_a_year(settings) -> None:
    """Each month brings a report to the board that receives one and a letter to it, and nothing to publish; one month also outcomes."""
    profile = load_profile(settings.organisations / SLUG)
    for month, has_outcomes in ((JUNE.previous, False), (JUNE, True)):
        at = profile.cycle_at(month)
        rate_month(SLUG, month, as_at=at, settings=settings)
        report_month(SLUG, month, as_at=at, settings=settings)
        assert (BOARD in issued(settings, month), "outcome-measures" in issued(settings, month)) == (True, has_outcomes)
    letters = [
        row for row in table(council_at(settings.home), "mail_queue", organisation=SLUG, period=JUNE.key) if row["event"] == "delivery"
    ]
    told = {row["recipient"]: message_from_bytes(row["content"], policy=policy.default)["Subject"] for row in letters}
    assert told["operations-performance-and-efficiency-board@huntingdonshire.example"].startswith(
        "Read: Monthly performance report, June 2025"
    )
    assert len(told) == 2
    rows = table(council_at(settings.home), "document", organisation=SLUG, period=JUNE.key)
    assert {row["document_id"] for row in rows if row["document_id"].startswith(BOARD)} == {f"{BOARD}-internal"}


def test_the_organisations_scorecard_of_a_quarter_goes_with_the_papers(settings) -> None:
    """A quarter's papers bring the organisation's scorecard where a committee receives it, and no directorate's."""
    profile, quarter = load_profile(settings.organisations / SLUG), Quarter(2025, 1)
    at = profile.export_at(quarter)
    rate_quarter(SLUG, quarter, as_at=at, settings=settings)
    export_papers(SLUG, quarter, as_at=at, settings=settings)
    assert {name for name in issued(settings, quarter) if not name.startswith("paper-")} == {"scorecard-organisation"}
