"""Whatever people send: every odd file of the world through the real inbox at once, and one file sixty-four times."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, filled, mail, table
from pmf.cycle.collect import scan_inbox
from pmf.settings import read_settings
from pmf.store import address

pytestmark = pytest.mark.slow
NASTY = read_settings(os.environ).reference_data / "nasty_files"
SERVICES = ("libraries", "education", "finance")


@pytest.fixture
def council(tmp_path: Path, warehouse_url: str) -> Council:
    """April opened; three services' good returns are in the inbox."""
    council = council_at(tmp_path / "home", warehouse_url=warehouse_url)
    council.begin()
    council.open(APRIL)
    folder = council.settings.inbox / SLUG / APRIL.key
    folder.mkdir(parents=True)
    for service in SERVICES:
        (folder / f"{service}.xlsx").write_bytes(filled(council, APRIL, service))
    return council


@pytest.mark.skipif(not NASTY.is_dir(), reason=f"the reference data is not there: {NASTY} (set PMF_REFERENCE_DATA)")
def test_every_odd_file_ends_and_harms_no_other(council: Council, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them lie beside three good returns: each is kept, named with a reason and answered once; the good ones count whole."""
    folder = council.settings.inbox / SLUG / APRIL.key
    files = [path for path in sorted(NASTY.rglob("*")) if path.is_file() and path.parent != NASTY]
    for number, path in enumerate(files):
        (folder / f"{number:03}-{path.name}").write_bytes(path.read_bytes())
    at = council.teller.profile.deadline(APRIL).replace(hour=9)
    scanned = scan_inbox(SLUG, as_at=at, settings=council.settings)
    rows = table(council, "received_file")
    with capsys.disabled():
        sys.stdout.write("\n")
        for (outcome, problem), count in sorted(Counter((row["outcome"], row["problem"] or "") for row in rows).items()):
            sys.stdout.write(f"  {outcome:<12} {problem:<18} {count:>4}\n")
    contents = {path.read_bytes() for path in files}
    assert (scanned.accepted, scanned.rejected, scanned.quarantined) == (len(SERVICES), 0, len(contents))
    refused = [row for row in rows if row["outcome"] == "quarantined"]
    assert all(row["message"] and row["fix"] for row in refused)
    assert all(address(council.settings.store, row["file_hash"]).exists() for row in rows)
    assert len({letter.message_id for letter in mail(council, "unreadable")}) >= len(refused)
    due = {kpi.kpi_ref for kpi in _register(council).due(APRIL) if kpi.service_id in SERVICES}
    assert {row["kpi_ref"] for row in table(council, "observation", source="return")} == due
    assert scan_inbox(SLUG, as_at=at, settings=council.settings).quarantined == 0


def _register(council: Council):
    from pmf.register import load_register

    return load_register(council.settings.organisations / SLUG)


# Eight processes at once, from one that has loaded everything.
_COLLECT = """
import os, sys
from datetime import datetime
from pmf.cycle.collect import collect_month
from pmf.period import parse_month
from pmf.settings import read_settings
home, url, moment = sys.argv[1:]
settings = read_settings({"PMF_HOME": home, "PMF_WAREHOUSE_URL": url})
children = []
for _ in range(8):
    if not (child := os.fork()):
        collect_month("cambridgeshire", parse_month("2024-04"), as_at=datetime.fromisoformat(moment), settings=settings)
        os._exit(0)
    children.append(child)
print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


def test_one_file_sixty_four_times_at_once_counts_once(council: Council) -> None:
    """Eight processes take in sixty-four copies under different names at the same time: one return, one line of each KPI, one figure."""
    folder = council.settings.inbox / SLUG / APRIL.key
    for path in folder.iterdir():
        path.unlink()
    content = filled(council, APRIL, "libraries")
    for number in range(64):
        (folder / f"copy-{number}.xlsx").write_bytes(content)
    at = council.teller.profile.deadline(APRIL).replace(hour=9)
    url = council.settings.warehouse_url
    command = [sys.executable, "-c", _COLLECT, str(council.settings.home), url, at.isoformat()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.stdout.split() == ["0"] * 8, done.stderr
    (row,) = table(council, "received_file")
    assert row["outcome"] == "accepted"
    due = {kpi.kpi_ref for kpi in _register(council).due(APRIL) if kpi.service_id == "libraries"}
    lines = Counter(line["kpi_ref"] for line in table(council, "returned_line"))
    figures = Counter(figure["kpi_ref"] for figure in table(council, "observation", source="return"))
    assert lines == figures == dict.fromkeys(due, 1)
