"""What stands against a paper keeps it from being published, and nothing else; a waiver lets it through."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cycle.council import council_at
from cycle.quarterdone import quarter_done
from page.reading import html_text, squeezed
from pmf.cycle.publish import publish_signed_off, sign_off_documents
from pmf.period import Quarter
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import connect
from pmf.warehouse.tables import finding, validation_run, waiver

SLUG, QUARTER = "cambridgeshire", Quarter(2024, 1)
PAPER = "paper-communities-social-mobility-inclusion"


@pytest.fixture
def exported(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    """A council with the papers of a quarter signed off, and a red of one committee that nobody explains."""
    home, _ = quarter_done(tmp_path_factory)
    shutil.copytree(home, tmp_path / "home")
    council = council_at(tmp_path / "home")
    at = council.teller.profile.export_at(QUARTER)
    sign_off_documents(SLUG, QUARTER, post=council.teller.profile.performance_team, reason="test", as_at=at, settings=council.settings)
    with connect(council.settings.warehouse_url).begin() as connection:
        run = connection.execute(select(validation_run).where(validation_run.c.period == QUARTER.key)).mappings().one()
        unexplained = {
            "organisation": SLUG,
            "period": QUARTER.key,
            "point": "ratings",
            "as_at": run["as_at"],
            "finding_id": "test",
            "rule_id": "commentary.red_without_comment",
            "severity": "warning",
            "scope": "publication",
            "dimension": "completeness",
            "kpi_ref": "220",
            "message": "KPI 220 is red and nobody says why.",
            "fix": "Say why.",
            "is_waived": False,
        }
        append_new(connection, finding, [unexplained])
    return council, at + timedelta(hours=1)


def test_a_red_without_an_explanation_blocks_its_paper_alone(exported) -> None:
    """What prints the red waits, its committee's paper and the organisation's scorecard, with the reason; the other papers go out."""
    council, at = exported
    published = publish_signed_off(SLUG, QUARTER, as_at=at, settings=council.settings)
    live = {path.stem for path in (council.settings.published / SLUG / "current" / QUARTER.key).glob("paper-*")}
    silent = ("KPI 220 is red and nobody says why.",)
    assert published.blocked == {PAPER: silent, "scorecard-organisation": silent}
    assert (published.outcome, published.labels) == ("flag", (f"{PAPER}: 1 to clear", "scorecard-organisation: 1 to clear"))
    assert PAPER not in live
    assert len(live) == published.published > 1


def test_a_waiver_lets_a_blocked_paper_through(exported) -> None:
    """A statutory date is never hostage to one figure: a post's waiver publishes the paper."""
    council, at = exported
    with connect(council.settings.warehouse_url).begin() as connection:
        row = {
            "organisation": SLUG,
            "period": QUARTER.key,
            "rule_id": "publication.document_blocked",
            "kpi_ref": "220",
            "granted_at": at,
            "post": council.teller.profile.performance_team,
            "reason": "The meeting cannot wait.",
            "expires_at": at + timedelta(days=30),
        }
        append_new(connection, waiver, [row])
    published = publish_signed_off(SLUG, QUARTER, as_at=at + timedelta(minutes=1), settings=council.settings)
    assert published.blocked == {}
    assert published.outcome == "pass"
    assert (council.settings.published / SLUG / "current" / QUARTER.key / f"{PAPER}.html").exists()
    waivers = html_text((council.settings.published / SLUG / "current" / QUARTER.key / "waivers.html").read_bytes())
    assert squeezed("The meeting cannot wait.") in waivers
    assert squeezed(council.teller.profile.post(council.teller.profile.performance_team).title) in waivers
