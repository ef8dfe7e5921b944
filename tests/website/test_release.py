"""The published site: whole releases, swapped in at one instant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pmf.website import release

OLD = {"paper.html": b"old", "paper.pdf": b"old pdf"}
NEW = {"paper.html": b"new", "extra.html": b"more"}


def live(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site / "2024-25-Q2").iterdir()}


class KilledError(BaseException):
    """Stands for the kill: nothing in the product catches it."""


def test_a_release_is_live_under_its_name(tmp_path: Path) -> None:
    """The files are found under the name of the period, and no other period's change."""
    assert release(tmp_path, "2024-25-Q1", OLD) is True
    assert release(tmp_path, "2024-25-Q2", NEW) is True
    assert live(tmp_path) == NEW
    assert (tmp_path / "2024-25-Q1" / "paper.html").read_bytes() == b"old"


def test_a_new_release_replaces_the_whole_of_the_old(tmp_path: Path) -> None:
    """What the new release does not hold is gone from the live folder; the old release itself is kept aside."""
    release(tmp_path, "2024-25-Q2", OLD)
    before = (tmp_path / "2024-25-Q2").resolve()
    release(tmp_path, "2024-25-Q2", NEW)
    assert live(tmp_path) == NEW
    assert {path.name: path.read_bytes() for path in before.iterdir()} == OLD


def test_the_same_release_again_changes_nothing(tmp_path: Path) -> None:
    """The same files, in whatever order, are recognised and nothing is written."""
    release(tmp_path, "2024-25-Q2", NEW)
    state = sorted((str(path), path.lstat().st_mtime_ns) for path in tmp_path.rglob("*"))
    assert release(tmp_path, "2024-25-Q2", dict(reversed(NEW.items()))) is False
    assert sorted((str(path), path.lstat().st_mtime_ns) for path in tmp_path.rglob("*")) == state


def test_an_old_release_can_be_brought_back(tmp_path: Path) -> None:
    """Releasing the earlier files again makes their release live again."""
    release(tmp_path, "2024-25-Q2", OLD)
    release(tmp_path, "2024-25-Q2", NEW)
    assert release(tmp_path, "2024-25-Q2", OLD) is True
    assert live(tmp_path) == OLD


@pytest.mark.parametrize("place", ["write_bytes", "rename", "symlink_to", "replace"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_half_way_the_site_shows_the_whole_old_or_the_whole_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, moment: str
) -> None:
    """Stopped before or after any of its writes the live folder is one release or the other, and running again finishes."""
    release(tmp_path, "2024-25-Q2", OLD)
    original = getattr(Path, place)

    def killing(*args: object, **kwargs: object) -> None:
        if moment == "after":
            original(*args, **kwargs)
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Path, place, killing)
        with pytest.raises(KilledError):
            release(tmp_path, "2024-25-Q2", NEW)
    assert live(tmp_path) == (NEW if (place, moment) == ("replace", "after") else OLD)
    monkeypatch.setattr(os, "getpid", lambda: 1)  # run again by another process
    release(tmp_path, "2024-25-Q2", NEW)
    assert live(tmp_path) == NEW


def test_readers_never_find_the_name_missing(tmp_path: Path) -> None:
    """While releases are swapped over and over, whoever opens the name finds a whole release each time."""
    import threading

    release(tmp_path, "2024-25-Q2", OLD)
    stop, seen = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            folder = (tmp_path / "2024-25-Q2").resolve(strict=True)
            seen.append({path.name: path.read_bytes() for path in folder.iterdir()})

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(60):
        release(tmp_path, "2024-25-Q2", NEW if number % 2 == 0 else OLD)
    stop.set()
    reader.join()
    assert seen
    assert all(files in (OLD, NEW) for files in seen)
