"""Housekeeping: what nobody needs any more and the law does not ask us to keep. It is named first, and removed only when asked.

Nothing that a figure, a rating, a document, a release or a decision traces to is ever removed, however old: published papers
stay for as long as the site's chain of releases does, which is longer than the six years the law asks for (Local Government
Act 1972, s. 100C).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from pmf import store
from pmf.cycle.workspace import Summary
from pmf.operations.references import files_in_use, files_spoken_of
from pmf.period import Month, parse_period
from pmf.settings import Settings
from pmf.warehouse.engine import look_at_warehouse, reading

# No task takes this long from a file in the store to the row that names it.
_SETTLED = timedelta(days=1)
_DIGITS = 64


@dataclass(frozen=True)
class Removable:
    """Something that may go: a file or folder, how large it is, and why nobody needs it."""

    path: Path
    size_bytes: int
    reason: str


@dataclass(frozen=True)
class Tidied(Summary):
    """How many files and folders went, and how many bytes."""

    removed: int
    bytes: int


def removable(settings: Settings, *, now: datetime) -> tuple[Removable, ...]:
    """List what may go, and touch nothing.

    Half-written files older than an hour; files of the store that no row speaks of, a day old; refused files and e-mails that
    brought nothing else, and inbox files that were taken in, after ``keep_raw_months``; outbox folders of periods that ended
    ``keep_outbox_months`` ago, which can be made again.

    Raises:
        WarehouseError: when the warehouse is not there, or not at the schema this release knows.
    """
    raw_before = _months_before(now.date(), settings.keep_raw_months)
    outbox_before = _months_before(now.date(), settings.keep_outbox_months)
    with reading(look_at_warehouse(settings)) as connection:
        spoken_of = files_spoken_of(connection)
        in_use = files_in_use(connection, since=now - (now.date() - raw_before))
    return (
        *_half_written(settings, now=now),
        *_store(settings, spoken_of, in_use, now=now),
        *_inbox(settings, spoken_of, ended_before=raw_before),
        *_outbox(settings, ended_before=outbox_before),
    )


def tidy(settings: Settings, *, now: datetime) -> Tidied:
    """Remove what may go."""
    return remove(removable(settings, now=now))


def remove(found: Sequence[Removable]) -> Tidied:
    """Remove what was listed."""
    for item in found:
        store.remove(item.path)
    return Tidied(len(found), sum(item.size_bytes for item in found))


def _half_written(settings: Settings, *, now: datetime) -> Iterator[Removable]:
    for name in ("store", "published", "outbox", "pulse"):
        for path in store.leftovers(settings.home / name, now=now):
            yield Removable(path, _size(path), "left half-written by a task that was killed")


def _store(settings: Settings, spoken_of: set[str], in_use: set[str], *, now: datetime) -> Iterator[Removable]:
    settled = (now - _SETTLED).timestamp()
    for path in sorted(settings.store.glob("??/*")):
        digest = f"{path.parent.name}{path.name}"
        if len(digest) != _DIGITS or digest in in_use or path.stat().st_mtime >= settled:
            continue
        why = (
            f"came in more than {settings.keep_raw_months} months ago and led to nothing" if digest in spoken_of else "nothing speaks of it"
        )
        yield Removable(path, _size(path), why)


def _inbox(settings: Settings, spoken_of: set[str], *, ended_before: date) -> Iterator[Removable]:
    """List files of old months that were taken in; what was not, nobody else has."""
    for folder in sorted(settings.inbox.glob("*/*")):
        if not _ended_before(folder, ended_before):
            continue
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and sha256(path.read_bytes()).hexdigest() in spoken_of:
                yield Removable(path, _size(path), f"taken in, of a month that ended before {ended_before:%-d %B %Y}")


def _outbox(settings: Settings, *, ended_before: date) -> Iterator[Removable]:
    for folder in sorted(settings.outbox.glob("*/*")):
        if folder.is_dir() and _ended_before(folder, ended_before):
            yield Removable(folder, _size(folder), f"can be made again; its period ended before {ended_before:%-d %B %Y}")


def _ended_before(folder: Path, day: date) -> bool:
    """Tell whether a folder is of a period that ended before a day; one that is of no period is left alone."""
    try:
        return folder.is_dir() and parse_period(folder.name).last_day < day
    except ValueError:
        return False


def _months_before(day: date, months: int) -> date:
    month = Month.of(day)
    for _ in range(months):
        month = month.previous
    return month.first_day


def _size(path: Path) -> int:
    if path.is_dir() and not path.is_symlink():
        return sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir())
    return path.lstat().st_size
