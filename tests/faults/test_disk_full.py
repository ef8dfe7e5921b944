"""Fault 4: no room on the disk, at any file and of any size: said in plain words, nothing torn, and done when there is room again."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.disk import fill_the_disk, limit_files
from faults.fresh import Fresh
from faults.homes import Installation

_PLAIN = (
    "the disk is full",
    "files may not grow",
    "disk is full",
    "disk I/O error",
    "No space left",
    "File too large",
    "could not be sent",
)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes; skipped where none may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    if shutil.which("mount") is None or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], check=False).returncode:
        pytest.skip("no file system can be mounted here: that takes root")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.slow
def test_files_that_may_not_grow_stop_a_task_and_tear_nothing(
    fresh: Fresh, installation: Installation, record_property: Callable[[str, object], None]
) -> None:
    """Under twenty limits to the size of files each stage ends by itself or says why not; without them it then ends as ever."""
    failures, wrong = fresh.do(limit_files, installation)
    found = installation.check()
    record_property("saw", f"{len(failures)} tasks stopped by a limit; {found}")
    assert (wrong, found.breaches) == ([], ())
    assert len(failures) >= 20
    assert [words for words in failures if not any(plain in words for plain in _PLAIN)] == []


@pytest.mark.slow
def test_a_full_disk_leaves_the_live_release_whole(fresh: Fresh, small_disk: Path, record_property: Callable[[str, object], None]) -> None:
    """The site on a disk without room: publication fails and says so, readers find the old release, and with room it goes out."""
    words, wrong = fresh.do(fill_the_disk, small_disk)
    record_property("saw", f"failed with {words!r}; the live release stayed whole")
    assert wrong == []
    assert any(plain in words for plain in _PLAIN), words
