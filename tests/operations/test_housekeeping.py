"""Housekeeping: what nobody needs goes, and nothing that anything traces to ever does."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cycle.council import SLUG, Council
from cycle.desk import insert, table
from pmf.cli import app
from pmf.cycle.verifying import rebuild_release, verify_published
from pmf.operations.housekeeping import removable, tidy
from pmf.store import address, put
from pmf.warehouse.access import dump
from pmf.warehouse.engine import connect

# Long after everything: whatever age alone would let go, goes.
LATER = datetime(2040, 1, 1, tzinfo=UTC)
SOON = datetime(2024, 8, 1, tzinfo=UTC)


def aged(path: Path, moment: datetime) -> Path:
    os.utime(path, (moment.timestamp(), moment.timestamp()))
    return path


def age_everything(council: Council) -> None:
    for path in council.settings.home.rglob("*"):
        if not path.is_symlink():
            aged(path, SOON - timedelta(days=30))


def reasons(council: Council, *, now: datetime) -> dict[str, str]:
    home = council.settings.home
    return {item.path.relative_to(home).as_posix(): item.reason for item in removable(council.settings, now=now)}


def stored(council: Council) -> set[Path]:
    return {path for path in council.settings.store.rglob("*") if path.is_file()}


def test_nothing_that_anything_traces_to_is_removed_ever(council: Council) -> None:
    """Sixteen years on, every return, document and release is there, the site verifies, and a release is built again byte for byte."""
    age_everything(council)
    before, rows = stored(council), dump(connect(council.settings.warehouse_url))
    tidy(council.settings, now=LATER)
    assert stored(council) == before
    assert dump(connect(council.settings.warehouse_url)) == rows
    assert verify_published(SLUG, settings=council.settings).faults == ()
    release = table(council, "site_release")[-1]["digest"]
    assert rebuild_release(SLUG, release, to=council.settings.home.parent / "again", settings=council.settings).differences == ()


def test_what_nothing_speaks_of_goes_after_a_day(council: Council) -> None:
    """A file that a killed task left in the store is removed once it is a day old; one just put there may be about to be named."""
    path = address(council.settings.store, put(council.settings.store, b"left behind"))
    aged(path, SOON)
    age = council.settings.home
    assert path.relative_to(age).as_posix() not in reasons(council, now=SOON + timedelta(hours=23))
    assert reasons(council, now=SOON + timedelta(hours=25))[path.relative_to(age).as_posix()] == "nothing speaks of it"


@pytest.mark.parametrize("naming", ["manifest", "summary", "content_hash"])
def test_any_word_of_a_file_protects_it(sqlite_council: Council, naming: str) -> None:
    """A hash inside a manifest, a summary or a column of its own is enough for the file to stay."""
    digest = put(sqlite_council.settings.store, b"spoken of")
    aged(address(sqlite_council.settings.store, digest), SOON)
    provenance = dict.fromkeys(("code_version", "lock_digest", "register_digest", "policy_digest"), "x")
    rows = {
        "manifest": ("site_release", {"digest": "x", "number": 9, "as_at": SOON, "manifest": f'{{"file": "{digest}"}}'}),
        "summary": ("stage_run", {"period": "p", "stage": "s", "as_at": SOON, "summary": f'["{digest}"]', "register_digest": "x"}),
        "content_hash": (
            "document",
            {"period": "p", "document_id": "d", "format": "f", "as_at": SOON, "title": "", "content_hash": digest, "path": ""} | provenance,
        ),
    }
    assert "nothing speaks of it" in reasons(sqlite_council, now=LATER).values()
    insert(sqlite_council, *rows[naming])
    assert "nothing speaks of it" not in reasons(sqlite_council, now=LATER).values()


def receive(council: Council, content: bytes, outcome: str, at: datetime) -> Path:
    digest = put(council.settings.store, content)
    row = {"file_hash": digest, "file_name": "x.xlsx", "size_bytes": 1, "received_at": at, "sequence": 0, "inbox_period": "2024-04"}
    row |= {"outcome": outcome, "is_late": False, "channel": "form", "needs_release": False}
    insert(council, "received_file", row)
    return aged(address(council.settings.store, digest), at)


def test_refused_files_are_kept_as_long_as_the_installation_says(council: Council) -> None:
    """A quarantined file goes after its months, its record stays; an accepted one of the same day stays for good."""
    refused = receive(council, b"no form of ours", "quarantined", SOON)
    accepted = receive(council, b"a return", "accepted", SOON)
    assert refused not in {item.path for item in removable(council.settings, now=SOON + timedelta(days=71 * 30))}
    tidy(council.settings, now=SOON + timedelta(days=74 * 31))
    assert (refused.exists(), accepted.exists()) == (False, True)
    digest = refused.parent.name + refused.name
    assert [row["outcome"] for row in table(council, "received_file") if row["file_hash"] == digest] == ["quarantined"]
    shorter = replace(council.settings, keep_raw_months=12)
    other = receive(council, b"another", "rejected", SOON)
    assert other in {item.path for item in removable(shorter, now=SOON + timedelta(days=400))}


def test_old_inboxes_and_outboxes_go_but_for_what_was_never_taken_in(sqlite_council: Council) -> None:
    """Files that came in are in the store; one nobody has taken in stays, and so do folders that are of no period."""
    settings = sqlite_council.settings
    unread = settings.inbox / SLUG / "2024-04" / "late.xlsx"
    unread.write_bytes(b"nobody has seen this")
    (settings.outbox / SLUG / "notes").mkdir(parents=True)
    tidy(settings, now=LATER)
    assert [path for path in (settings.inbox / SLUG).rglob("*") if path.is_file()] == [unread]
    assert not (settings.outbox / SLUG / "2024-04").exists()
    assert (settings.outbox / SLUG / "notes").exists()


def test_an_outbox_stays_its_months(sqlite_council: Council) -> None:
    """Two years after the end of its period, and not a day before."""
    path = f"outbox/{SLUG}/2024-04"
    assert path not in reasons(sqlite_council, now=datetime(2026, 4, 30, tzinfo=UTC))
    assert path in reasons(sqlite_council, now=datetime(2026, 5, 1, tzinfo=UTC))


def test_half_written_files_go_after_an_hour(sqlite_council: Council) -> None:
    """What a killed task left is removed whole; what is being written now is not."""
    settings = sqlite_council.settings
    old, young = settings.store / ".tmp-old", settings.outbox / ".tmp-young"
    old.mkdir()
    (old / "part").write_bytes(b"half")
    young.write_bytes(b"half")
    aged(old, SOON - timedelta(hours=2))
    aged(young, SOON - timedelta(minutes=30))
    tidy(settings, now=SOON)
    assert (old.exists(), young.exists()) == (False, True)


def test_a_half_written_link_goes_and_what_it_leads_to_stays(sqlite_council: Council) -> None:
    """A publication killed before it swapped its link in leaves one: it is removed, and the release is not."""
    release = sqlite_council.settings.published / SLUG / ".releases" / "a"
    release.mkdir(parents=True)
    link = sqlite_council.settings.published / SLUG / ".tmp-link"
    link.symlink_to(release)
    os.utime(link, (SOON.timestamp() - 7200,) * 2, follow_symlinks=False)
    tidy(sqlite_council.settings, now=SOON)
    assert (link.is_symlink(), release.is_dir()) == (False, True)


def test_the_command_lists_and_removes_only_when_asked(sqlite_council: Council) -> None:
    """Without ``--apply`` nothing is touched; with it, it is as listed."""
    digest = put(sqlite_council.settings.store, b"left behind")
    path = aged(address(sqlite_council.settings.store, digest), SOON)
    environment = {"PMF_HOME": str(sqlite_council.settings.home), "PMF_KEEP_OUTBOX_MONTHS": "1200"}
    listed = CliRunner().invoke(app, ["housekeeping"], env=environment)
    assert (listed.exit_code, path.exists()) == (0, True)
    assert f"{path} (11 bytes): nothing speaks of it" in listed.output
    assert "May go: 1 files and folders" in listed.output
    done = CliRunner().invoke(app, ["housekeeping", "--apply"], env=environment)
    assert (done.exit_code, path.exists()) == (0, False)
    assert "Removed: 1 files and folders" in done.output
