"""Killed anywhere in a publication, the site is the whole old release or the whole new one, for every reader at every moment."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cycle.council import SLUG
from cycle.publishing import Q2, Publisher
from faults.size import only_in_make_faults
from pmf.cycle.verifying import verify_published
from postgresql_cluster import fastest_folder

HERE = Path(__file__).parent


@pytest.fixture
def home() -> Iterator[Path]:
    """A home in memory: what a killed process has written is in the kernel's hands, and need not be on a disk."""
    with tempfile.TemporaryDirectory(prefix="pmf-kill-", dir=fastest_folder()) as folder:
        yield Path(folder) / "home"


@pytest.mark.parametrize(("kills", "stride"), [(20, 4), pytest.param(100, 1, marks=[pytest.mark.slow, only_in_make_faults])])
def test_no_reader_ever_sees_half_a_release(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int, stride: int) -> None:
    """Publications killed -9 at their writes one after the other, beside a process that hashes the live site: no torn read."""
    monkeypatch.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
    publisher = Publisher.at(home)
    publisher.rate("220", "38.4", "red", hours=0)
    publisher.paper("Q1", hours=0)
    stop = tmp_path / "stop"
    with subprocess.Popen([sys.executable, HERE / "site_reader.py", publisher.site, stop], stdout=subprocess.PIPE, text=True) as reader:
        try:
            script = [sys.executable, HERE / "killed_publication.py", home, str(kills), str(stride)]
            done = subprocess.run(script, capture_output=True, text=True, timeout=300, check=False)
        finally:
            stop.touch()
        reads, releases, torn = map(int, reader.communicate(timeout=30)[0].split())
    assert done.returncode == 0, done.stderr
    killed, editions = map(int, done.stdout.split())
    assert (torn, killed) == (0, kills)
    assert reads > kills
    assert releases > 1

    found = verify_published(SLUG, settings=publisher.council.settings)
    assert found.faults == ()
    assert found.releases == editions + 1, "each edition is one release, however often it was killed, and the first"
    assert f"Edition {editions - 1}" in publisher.read(f"{Q2.key}/paper-communities-social-mobility-inclusion.html")
    assert {path.name for path in publisher.site.iterdir()} == {".releases", "current"}
