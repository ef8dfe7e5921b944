"""Drafts and corrected editions on their way from a document to the outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic_core import to_json

from cycle.council import SLUG, Council, council_at
from cycle.desk import insert
from pmf.cycle.corrected import name_corrections
from pmf.cycle.documents import CSV, HTML, JSON, Edition, FinishedFile, document_rows, finish_files, place_files
from pmf.cycle.drafts import handed_out
from pmf.cycle.publish import publish_signed_off, sign_off_documents
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.page.document import Document, Section, paragraph
from pmf.page.draft import NOTICE
from pmf.period import Month, Period, Quarter
from pmf.store import get, put

Q2 = Quarter(2024, 2)
HOUR = timedelta(hours=1)
PAPER = "paper-highways-and-transport"
DOCUMENT = Document("Report", "Example Council", "Highways", (), (Section("Issues", (paragraph("9 are green."),)),), "Report", "Sample")
EIGHT = replace(DOCUMENT, sections=(Section("Issues", (paragraph("8 are green."),)),))


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Council:
    monkeypatch.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
    return council_at(tmp_path / "home")


def workspace_of(council: Council) -> Workspace:
    return open_workspace(SLUG, council.settings)


def issue(council: Council, document: Document, *, hours: float = 0, period: Period = Q2) -> list[FinishedFile]:
    """Render, note and place a document as an export does; give what was handed out."""
    workspace, as_at = workspace_of(council), council.teller.profile.export_at(Q2) + hours * HOUR
    (edition,) = name_corrections(workspace, period, [Edition(PAPER, document, (HTML, CSV, JSON))], as_at=as_at)
    files = finish_files([edition], Path("outbox") / SLUG, council.settings)
    rows = document_rows(workspace, files, period, as_at=as_at, policy_digest="x")
    handed = handed_out(workspace, period, files, rows)
    place_files(handed, council.settings)
    insert(council, "document", *rows)
    return handed


def sign(council: Council, *, hours: float) -> None:
    at, team = council.teller.profile.export_at(Q2) + hours * HOUR, council.teller.profile.performance_team
    sign_off_documents(SLUG, Q2, post=team, reason="Read.", as_at=at, settings=council.settings)


def in_outbox(council: Council, ending: str = HTML) -> bytes:
    return (council.settings.outbox / SLUG / f"{PAPER}.{ending}").read_bytes()


def test_people_get_drafts_and_the_store_keeps_clean_files(council: Council) -> None:
    """Every format that is handed out says that it is a draft; what the warehouse names by its hash does not."""
    for file in issue(council, DOCUMENT):
        clean = get(council.settings.store, file.content_hash)
        assert (NOTICE.encode() in file.content, NOTICE.encode() in clean) == (True, False), file.format
        assert in_outbox(council, file.format) == file.content


def test_an_export_repeated_after_the_sign_off_stays_clean(council: Council) -> None:
    """The same export again, with its old clock, does not bring the draft back; nor does it change a byte of the clean file."""
    issue(council, DOCUMENT)
    sign(council, hours=1)
    clean = in_outbox(council)
    assert NOTICE.encode() not in clean
    issue(council, DOCUMENT)
    assert in_outbox(council) == clean


def test_another_edition_is_a_draft_again(council: Council) -> None:
    """A corrected paper is not signed by the sign-off of the one before."""
    issue(council, DOCUMENT)
    sign(council, hours=1)
    issue(council, EIGHT, hours=2)
    assert NOTICE.encode() in in_outbox(council)


def test_a_months_documents_are_no_drafts(council: Council) -> None:
    """What needs no sign-off is handed out clean."""
    issue(council, DOCUMENT, period=Month(2024, 9))
    assert NOTICE.encode() not in in_outbox(council)


def test_a_corrected_edition_says_what_it_replaces(council: Council) -> None:
    """Once published, an edition that says something else names the day and the part; made again unchanged, it does not."""
    issue(council, DOCUMENT)
    sign(council, hours=1)
    publish_signed_off(SLUG, Q2, as_at=council.teller.profile.export_at(Q2) + 2 * HOUR, settings=council.settings)
    issue(council, EIGHT, hours=3)
    words = "Corrected: replaces the edition published on 14 October 2024. Changed: Issues."
    assert words.encode() in in_outbox(council)
    issue(council, DOCUMENT, hours=4)
    assert b"Corrected" not in in_outbox(council)


def test_an_export_with_an_old_clock_knows_no_later_publication(council: Council) -> None:
    """The bytes of an edition do not depend on what was published after the moment it speaks of."""
    before = [file.content_hash for file in issue(council, EIGHT, hours=1)]
    issue(council, DOCUMENT)
    sign(council, hours=0.5)
    publish_signed_off(SLUG, Q2, as_at=council.teller.profile.export_at(Q2) + 2 * HOUR, settings=council.settings)
    assert [file.content_hash for file in issue(council, EIGHT, hours=1)] == before
    assert put(council.settings.store, to_json(EIGHT, indent=1) + b"\n") in before
