"""Collect: every file of the inbox is stored by its hash first, then read; what counts becomes observations."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pmf.cycle.admission import Arrival, admit, arrival
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
    summary = _collect(workspace, month, as_at=as_at)
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
    collected = [_collect(workspace, month, as_at=as_at) for month in months]
    collected.append(_collect_astray(workspace, months, as_at=as_at))
    with reading(workspace.engine) as connection:
        waiting = workspace.read(connection, "returns_awaiting_cycle", as_at=as_at)
    return Scanned(
        accepted=sum(item.accepted for item in collected),
        rejected=sum(item.rejected for item in collected),
        quarantined=sum(item.quarantined for item in collected),
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


def _collect(workspace: Workspace, month: Month, *, as_at: datetime) -> Collected:
    folder = workspace.settings.inbox / workspace.organisation / month.key
    paths = _files(folder)
    intakes = admit(workspace, [_arrival(path, month, workspace.settings) for path in paths], as_at=as_at)
    return _counted(intakes, files=len(paths))


def _counted(intakes: Sequence[Intake], *, files: int) -> Collected:
    outcomes = [intake.received["outcome"] for intake in intakes]
    return Collected(
        files=files,
        accepted=outcomes.count("accepted"),
        rejected=outcomes.count("rejected"),
        quarantined=outcomes.count("quarantined"),
        already_received=files - len(intakes),
    )


def _collect_astray(workspace: Workspace, months: Sequence[Month], *, as_at: datetime) -> Collected:
    """Take in what lies in no month's folder: a form says itself which month it is for, and nothing may lie there unanswered."""
    folder = workspace.settings.inbox / workspace.organisation
    in_order = {folder / month.key for month in months}
    paths = [path for path in _files(folder) if not in_order & set(path.parents)]
    intakes = admit(workspace, [_arrival(path, None, workspace.settings) for path in paths], as_at=as_at)
    return _counted(intakes, files=len(paths))


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
