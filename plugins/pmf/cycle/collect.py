"""Collect: every file of the inbox is stored by its hash first, then read; what counts becomes observations."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pmf.cycle.admission import Arrival, admit, arrival, renew_trackers
from pmf.cycle.intake import Intake, Refusal
from pmf.cycle.tracker import write_tracker
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.form.preflight import RETURN_FORM
from pmf.period import Month, parse_month
from pmf.settings import Settings
from pmf.store import RefusedFileError, clear_leftovers, read_untrusted
from pmf.warehouse.engine import reading


@dataclass(frozen=True)
class Collected(Summary):
    """What the inbox held: files by outcome, and how many had been received before."""

    files: int
    accepted: int
    rejected: int
    quarantined: int
    already_received: int


@dataclass(frozen=True)
class Scanned(Summary):
    """What a look into every month's inbox found.

    ``cycles_due`` names each month whose cycle should run (again) with the moment its newest return came in, which is
    the business clock of that run. It is read from the warehouse, so a scan that was killed after saving loses nothing.
    """

    accepted: int
    rejected: int
    quarantined: int
    cycles_due: tuple[dict[str, str], ...]


def collect_month(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> Collected:
    """Take in everything new in a month's inbox. What was received before is counted and left alone.

    What killed tasks left half-written more than an hour ago is cleared away.
    """
    workspace = open_workspace(organisation, settings)
    for folder in (settings.store, settings.outbox / organisation / month.key):
        clear_leftovers(folder, now=as_at)
    paths = _files(settings.inbox / organisation / month.key)
    intakes = _collect(workspace, paths, month, as_at=as_at)
    summary = Collected(files=len(paths), already_received=len(paths) - len(intakes), **_outcomes(intakes))
    with workspace.engine.begin() as connection:
        workspace.finish(connection, "collect", month, as_at=as_at, summary={"files": summary.files})
    write_tracker(organisation, month, as_at=as_at, settings=settings)
    return summary


def scan_inbox(organisation: str, *, as_at: datetime, settings: Settings) -> Scanned:
    """Take in what is new in the inbox of every month, and name the months whose cycle should run again.

    A month whose own cycle is still to come is not named: that cycle will find the return.
    """
    workspace = open_workspace(organisation, settings)
    folder = settings.inbox / organisation
    months = _months_with_inbox(folder)
    intakes = [intake for month in months for intake in _collect(workspace, _files(folder / month.key), month, as_at=as_at)]
    intakes += _collect(workspace, _astray(folder, months), None, as_at=as_at)
    renew_trackers(workspace, as_at=as_at)
    with reading(workspace.engine) as connection:
        waiting = workspace.read(connection, "returns_awaiting_cycle", as_at=as_at)
    return Scanned(
        **_outcomes(intakes),
        cycles_due=tuple(
            {"period": row["period"], "as_at": row["received_at"].isoformat()}
            for row in waiting
            if workspace.profile.cycle_at(parse_month(row["period"])) <= as_at
        ),
    )


def _months_with_inbox(folder: Path) -> list[Month]:
    months = []
    for path in sorted(folder.glob("*")):
        try:
            months.append(parse_month(path.name))
        except ValueError:
            continue  # what lies in a folder that is no month is taken in as what it says itself
    return months


def _collect(workspace: Workspace, paths: Iterable[Path], month: Month | None, *, as_at: datetime) -> list[Intake]:
    return admit(workspace, [_arrival(path, month, workspace.settings) for path in paths], as_at=as_at)


def _outcomes(intakes: Iterable[Intake]) -> dict[str, int]:
    counts = Counter(intake.received["outcome"] for intake in intakes)
    return {outcome: counts[outcome] for outcome in ("accepted", "rejected", "quarantined")}


def _astray(folder: Path, months: Sequence[Month]) -> list[Path]:
    """List what lies in no month's folder: a form says itself which month it is for, and nothing may lie there unanswered."""
    in_order = {folder / month.key for month in months}
    return [path for path in _files(folder) if not in_order & set(path.parents)]


def _files(folder: Path) -> list[Path]:
    """List an inbox folder in the order the files came in; names break ties, so that the order is always the same."""
    paths = [path for path in folder.rglob("*") if not path.is_dir() and not path.name.startswith((".", "~$"))]
    return sorted(paths, key=lambda path: (path.lstat().st_mtime_ns, path.name))


def _arrival(path: Path, month: Month | None, settings: Settings) -> Arrival:
    """Read a file that somebody put into the inbox, and name it by its bytes, or by what it is where it is refused."""
    try:
        return arrival(path.name, read_untrusted(path, root=settings.inbox, limit_bytes=RETURN_FORM.file_bytes), period=month)
    except RefusedFileError as refused:
        status = path.lstat()
        name = f"{path.name}:{status.st_size}:{status.st_mtime_ns}".encode()
        return Arrival(
            file_name=path.name,
            content=Refusal(problem=refused.code, message=refused.message + ".", fix=refused.fix),
            file_hash=f"refused-{hashlib.sha256(name).hexdigest()[:32]}",
            size_bytes=status.st_size,
            period=month,
        )
