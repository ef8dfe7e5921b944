"""Putting a release on the site: written beside the others, then swapped in at one instant.

Killed anywhere, the site shows the whole old release or the whole new one, and running again finishes the job.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

RELEASES, CURRENT = ".releases", "current"
_UNFINISHED = ".tmp-"


@contextmanager
def alone_on(site: Path) -> Iterator[None]:
    """Let one publication of a site at a time through: two at once would both follow the same release."""
    site.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(site, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def folder_of(site: Path, digest: str) -> Path:
    """Name the folder of a release."""
    return site / RELEASES / digest


def live_digest(site: Path) -> str | None:
    """Say which release is live. None: there is none yet."""
    link = site / CURRENT
    return link.readlink().name if link.is_symlink() else None


def prepare_release(folder: Path, files: Mapping[str, bytes], *, like: Path | None = None) -> None:
    """Write a whole release, its manifest among ``files`` (path -> bytes), under a passing name beside its place.

    Files that the release ``like`` (None: no other) holds with the same bytes are linked to its own and take no room. They are never
    linked to the store: what is done to a published file must not reach the bytes it can be restored from.
    """
    beside = _beside(folder)
    shutil.rmtree(beside, ignore_errors=True)
    for name, content in files.items():
        path = beside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if like is None or not _linked(path, like / name, content):
            _write(path, content)
    for written in sorted({beside, *(path.parent for path in beside.rglob("*"))}):
        _sync(written)


def place_release(folder: Path) -> None:
    """Put a prepared release in its place; one that is there already is left alone."""
    if not folder.exists():
        _beside(folder).rename(folder)
        _sync(folder.parent)


def make_live(site: Path, digest: str) -> bool:
    """Swap a release in; tell whether it was not live already."""
    return _point(site / CURRENT, Path(RELEASES) / digest)


def bring_along(site: Path, periods: Collection[str]) -> None:
    """Let the link of each of these periods, which an older ``pmf`` made, lead into the live release.

    One whose folder held a file that the live release lacks stays as it is, so that no address is lost.
    """
    for name in periods:
        link, now = site / name, site / CURRENT / name
        if link.is_symlink() and {path.name for path in link.glob("*")} <= {path.name for path in now.glob("*")}:
            _point(link, Path(CURRENT) / name)


def clear_unfinished(site: Path) -> None:
    """Delete what a killed publication left under passing names; releases are never deleted."""
    for folder in (site / RELEASES).glob(f"{_UNFINISHED}*"):
        shutil.rmtree(folder)
    for link in site.glob(f"{_UNFINISHED}*"):
        link.unlink()


def _beside(folder: Path) -> Path:
    return folder.with_name(f"{_UNFINISHED}{folder.name}")


def _linked(path: Path, other: Path, content: bytes) -> bool:
    """Link to a file of another release where it still holds these bytes; a file system that cannot is no error."""
    with suppress(OSError):
        if other.is_file() and not other.is_symlink() and other.read_bytes() == content:
            path.hardlink_to(other)
            return True
    return False


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), 0o444)
        os.fsync(file.fileno())


def _point(link: Path, target: Path) -> bool:
    if link.is_symlink() and link.readlink() == target:
        return False
    beside = _beside(link)
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    _sync(link.parent)
    return True


def _sync(folder: Path) -> None:
    """Make new names in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
