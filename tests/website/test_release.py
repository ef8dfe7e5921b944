"""Releases on disk: written whole beside the others, swapped in at one instant, never written again."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pmf.website.release import (
    alone_on,
    bring_along,
    clear_unfinished,
    folder_of,
    live_digest,
    make_live,
    place_release,
    prepare_release,
)

OLD = {"manifest.json": b"old", "2024-25-Q1/paper.html": b"same", "2024-25-Q1/paper.pdf": b"old pdf"}
NEW = {"manifest.json": b"new", "2024-25-Q1/paper.html": b"same", "extra.html": b"more"}


def release(site: Path, digest: str, files: dict[str, bytes]) -> None:
    """Do what a publication does, without the warehouse."""
    clear_unfinished(site)
    live = live_digest(site)
    if not folder_of(site, digest).exists():
        prepare_release(folder_of(site, digest), files, like=folder_of(site, live) if live else None)
    place_release(folder_of(site, digest))
    make_live(site, digest)


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class KilledError(BaseException):
    """Stands for the kill: nothing in the product catches it."""


def test_a_new_release_replaces_the_whole_of_the_old(tmp_path: Path) -> None:
    """What the new release does not hold is gone from the live site; the old release itself is kept."""
    release(tmp_path, "a", OLD)
    release(tmp_path, "b", NEW)
    assert content(tmp_path / "current") == NEW
    assert content(folder_of(tmp_path, "a")) == OLD
    assert live_digest(tmp_path) == "b"


def test_files_that_stay_the_same_take_no_room(tmp_path: Path) -> None:
    """A file with the bytes it had in the release before is the same file on disk; nobody can write to it by mistake."""
    release(tmp_path, "a", OLD)
    release(tmp_path, "b", NEW)
    old, new = (folder_of(tmp_path, digest) / "2024-25-Q1" / "paper.html" for digest in "ab")
    assert old.samefile(new)
    assert new.stat().st_mode & 0o222 == 0


def test_an_altered_file_is_not_taken_over(tmp_path: Path) -> None:
    """A file of the live release that somebody has changed is written anew, not linked to."""
    release(tmp_path, "a", OLD)
    altered = tmp_path / "current" / "2024-25-Q1" / "paper.html"
    altered.chmod(0o644)
    altered.write_bytes(b"altered")
    release(tmp_path, "b", NEW)
    assert content(tmp_path / "current") == NEW


def test_where_files_cannot_be_linked_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without hard links a release is whole all the same."""
    release(tmp_path, "a", OLD)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    release(tmp_path, "b", NEW)
    assert content(tmp_path / "current") == NEW


def test_the_same_release_again_changes_nothing(tmp_path: Path) -> None:
    """A release that is live stays as it is, to the time of its files."""
    release(tmp_path, "a", OLD)
    state = sorted((str(path), path.lstat().st_mtime_ns) for path in tmp_path.rglob("*"))
    place_release(folder_of(tmp_path, "a"))
    assert make_live(tmp_path, "a") is False
    assert sorted((str(path), path.lstat().st_mtime_ns) for path in tmp_path.rglob("*")) == state


@pytest.mark.parametrize("place", ["open", "rename", "symlink_to", "replace", "hardlink_to"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_half_way_the_site_shows_the_whole_old_or_the_whole_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, moment: str
) -> None:
    """Stopped before or after any of its writes the live site is one release or the other, and running again finishes."""
    release(tmp_path, "a", OLD)
    original = getattr(Path, place)

    def killing(*args: object, **kwargs: object) -> object:
        if moment == "after":
            original(*args, **kwargs)
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Path, place, killing)
        with pytest.raises(KilledError):
            release(tmp_path, "b", NEW)
    assert content(tmp_path / "current") == (NEW if (place, moment) == ("replace", "after") else OLD)
    release(tmp_path, "b", NEW)
    assert content(tmp_path / "current") == NEW
    assert {path.name for path in (tmp_path / ".releases").iterdir()} == {"a", "b"}
    assert {path.name for path in tmp_path.iterdir()} == {".releases", "current"}


def test_readers_never_find_the_name_missing(tmp_path: Path) -> None:
    """While releases are swapped over and over, whoever opens the site finds a whole release each time."""
    release(tmp_path, "a", OLD)
    stop, seen = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            seen.append(content((tmp_path / "current").resolve(strict=True)))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(60):
        release(tmp_path, "ab"[number % 2], (OLD, NEW)[number % 2])
    stop.set()
    reader.join()
    assert seen
    assert all(files in (OLD, NEW) for files in seen)


def test_one_publication_at_a_time(tmp_path: Path) -> None:
    """A second publication of the same site waits until the first has done."""
    order = []

    def second() -> None:
        with alone_on(tmp_path):
            order.append("second")

    with alone_on(tmp_path):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_links_of_an_older_layout_lead_into_the_site(tmp_path: Path) -> None:
    """An address of a period goes on working: its link leads into the live release, unless a file of it would be lost."""
    for period, names in (("2024-25-Q1", ("paper.html",)), ("2023-24-Q4", ("lost.html",))):
        folder = tmp_path / ".releases" / f"{period}-0123456789abcdef"
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).write_bytes(b"earlier")
        (tmp_path / period).symlink_to(folder.relative_to(tmp_path))
    release(tmp_path, "a", OLD)
    bring_along(tmp_path, {"2024-25-Q1", "2023-24-Q4", "2024-25-Q3"})
    assert (tmp_path / "2024-25-Q1" / "paper.html").read_bytes() == b"same"
    assert (tmp_path / "2023-24-Q4" / "lost.html").read_bytes() == b"earlier"
    assert not (tmp_path / "2024-25-Q3").exists()
