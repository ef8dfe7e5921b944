"""A month from opening to delivery, verb by verb, without Airflow."""

from __future__ import annotations

import json

import pytest

from cycle.council import Council, council_at
from cycle.desk import copy_of, rendered_as
from pmf.cycle import documents
from pmf.cycle.collect import scan_inbox
from pmf.cycle.validate import Validated, validate_returns
from pmf.period import Month
from pmf.warehouse.access import read
from pmf.warehouse.engine import connect, reading

APRIL, JULY = Month(2024, 4), Month(2024, 7)


@pytest.mark.postgresql
def test_a_good_month_passes_and_is_reported(postgresql_council: Council) -> None:
    """Returns come in, are validated, are rated, are reported: every due KPI answered, every file where it belongs."""
    with rendered_as(documents.JSON):
        assert_good(postgresql_council, postgresql_council.whole_month(APRIL))


def assert_good(council: Council, validated: Validated) -> None:
    outbox = council.settings.outbox / "cambridgeshire" / "2024-04"
    scorecards = {path.name for path in (outbox / "scorecards").iterdir()}
    assert (validated.outcome, validated.withheld, validated.returned) == ("pass", 0, validated.due)
    # Six scorecards in six formats. Each prints KPIs that are not for the public, and nobody publishes a month's: one edition of each.
    internal = {
        "scorecard-organisation-internal.html",
        "scorecard-organisation-internal.pdf",
        "scorecard-strategy-partnerships-internal.pdf",
    }
    assert internal <= scorecards
    assert len(scorecards) == 6 * 6


def test_a_month_run_again_changes_nothing(april_done) -> None:
    """The same files and the same clock give the same rows, the same bytes and no further mail: a good month, here on SQLite."""
    before = april_done.state()
    assert_good(april_done, april_done.whole_month(APRIL))
    assert april_done.state() == before
    assert april_done.send(APRIL) == 0


@pytest.fixture(scope="module")
def july(tmp_path_factory) -> tuple[Council, Validated]:
    """July, in which more is wrong than the council tolerates."""
    council = council_at(tmp_path_factory.mktemp("july") / "home")
    council.begin()
    return council, council.whole_month(JULY)


def test_a_failing_month_changes_nothing_downstream(july) -> None:
    """More withheld figures than the council tolerates fail the month; nothing is rated, nothing is reported."""
    council, validated = july
    outbox = council.settings.outbox / "cambridgeshire" / "2024-07"
    with reading(connect(council.settings.warehouse_url)) as connection:
        ratings = read(
            connection,
            "ratings_at",
            sql_root=council.settings.sql,
            organisation="cambridgeshire",
            period="2024-07",
            policy_id="ccc-framework-2024",
            as_at=council.teller.profile.cycle_at(JULY),
        )
    assert validated.outcome == "fail"
    assert "7 of 71" in validated.reason
    assert ratings == []
    assert not (outbox / "scorecards").exists()
    assert (outbox / "data-quality" / "data-quality-returns.html").exists()


def test_a_withheld_figure_is_under_query_and_never_used(sqlite_council) -> None:
    """A figure that fails a check is in no rating of its month, which says so in words."""
    june = Month(2024, 6)
    with rendered_as(documents.JSON):
        sqlite_council.whole_month(june)
    path = sqlite_council.settings.outbox / "cambridgeshire" / "2024-06" / "scorecards" / "scorecard-children-education.json"
    folder = path.parent
    data = "".join(item.read_text(encoding="utf-8") for item in folder.glob("scorecard-*.json"))
    rows = [row for row in _rows(folder) if row[1]["text"].startswith("CEF-04 ")]
    assert "Under query" in data
    assert {row[10]["status"] for row in rows} == {"under_query"}
    assert {row[7]["text"] for row in rows} == {"Under query"}


def _rows(folder):
    for path in sorted(folder.glob("scorecard-*.json")):
        for section in json.loads(path.read_text(encoding="utf-8"))["sections"]:
            for block in section["blocks"]:
                if block["kind"] == "table":
                    yield from block["rows"]


def test_a_corrected_return_supersedes_with_history(july, tmp_path) -> None:
    """After a corrected return the month passes, and what was known before can still be asked for."""
    council = copy_of(july[0], tmp_path / "home")
    profile, settings = council.teller.profile, council.settings
    incident = council.teller.sample.corrections(JULY)[0]
    council.teller.deliver(JULY, [incident.service_id], at=incident.corrected_at, corrected=True)
    scanned = scan_inbox("cambridgeshire", as_at=incident.corrected_at, settings=settings)
    again = validate_returns("cambridgeshire", JULY, as_at=incident.corrected_at, settings=settings)
    as_known = validate_returns("cambridgeshire", JULY, as_at=profile.cycle_at(JULY), settings=settings)
    assert [item["period"] for item in scanned.cycles_due] == ["2024-07"]
    assert again.outcome != "fail"
    assert as_known.outcome == "fail"
