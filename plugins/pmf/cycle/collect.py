"""Collect: every file of the inbox is stored by its hash first, then read; what counts becomes observations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from pmf.cycle.intake import Delivery, Intake, Refusal, take_in
from pmf.cycle.letters import Occasion, write_letters
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.form.layout import load_layouts
from pmf.form.model import ReturnedForm, Unreadable
from pmf.form.preflight import RETURN_FORM
from pmf.form.reader import read_forms
from pmf.mail import Letter, queue_rows
from pmf.period import Month, parse_month
from pmf.settings import Settings
from pmf.store import RefusedFileError, clear_leftovers, put, read_untrusted
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import cell_problem, mail_queue, observation, received_file, returned_line


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
    return summary


def scan_inbox(organisation: str, *, as_at: datetime, settings: Settings) -> Scanned:
    """Take in what is new in the inbox of every month, and name the months whose cycle should run again.

    A month whose own cycle is still to come is not named: that cycle will find the return.
    """
    workspace = open_workspace(organisation, settings)
    collected = [_collect(workspace, month, as_at=as_at) for month in _months_with_inbox(settings.inbox / organisation)]
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
            continue  # a folder that is no month is not ours to read
    return months


def _collect(workspace: Workspace, month: Month, *, as_at: datetime) -> Collected:
    settings = workspace.settings
    with reading(workspace.engine) as connection:
        known = {row["file_hash"]: row["received_at"] for row in workspace.read(connection, "known_file_hashes", inbox_period=month.key)}
        in_time = frozenset(
            row["service_id"]
            for row in workspace.read(connection, "received_files", period=month.key, as_at=as_at)
            if row["outcome"] == "accepted" and not row["is_late"]
        )
        rated = {row["kpi_ref"]: row["value"] for row in workspace.read(connection, "observed_versions", period=month.key, as_at=as_at)}

    paths = _files(settings.inbox / workspace.organisation / month.key)
    before = sum(received_at == as_at.replace(microsecond=0) for received_at in known.values())
    deliveries = _deliveries(workspace, month, paths, known=frozenset(known), before=before)
    intakes = [take_in(item, workspace.register, as_at=as_at, in_time_services=in_time, rated=rated) for item in deliveries]
    letters = [letter for intake in intakes if not intake.is_accepted for letter in _refusal_letters(workspace, month, intake, as_at)]

    if intakes:
        with workspace.engine.begin() as connection:
            _save(connection, intakes, letters)
    return _summary(intakes, files=len(paths))


def _files(folder: Path) -> list[Path]:
    """List an inbox folder in the order the files came in; names break ties, so that the order is always the same."""
    paths = [path for path in folder.rglob("*") if not path.is_dir() and not path.name.startswith((".", "~$"))]
    return sorted(paths, key=lambda path: (path.lstat().st_mtime_ns, path.name))


def _deliveries(workspace: Workspace, month: Month, paths: Iterable[Path], *, known: frozenset[str], before: int) -> list[Delivery]:
    """Keep what is new in the store, then read it; a file that may not even be opened is delivered as refused.

    ``known`` are the files received already, ``before`` counts those received at this same instant.
    """
    settings = workspace.settings
    new: dict[str, tuple[Path, bytes | Refusal]] = {}
    for path in paths:
        digest, content = _content(path, settings)
        if digest not in known and digest not in new:
            new[digest] = (path, content)
            if isinstance(content, bytes):
                put(settings.store, content)
    read = iter(_read([content for _, content in new.values() if isinstance(content, bytes)], workspace))
    return [
        Delivery(
            file_hash=digest,
            file_name=path.name,
            size_bytes=path.lstat().st_size,
            inbox_period=month.key,
            content=next(read) if isinstance(content, bytes) else content,
            sequence=sequence,
        )
        for sequence, (digest, (path, content)) in enumerate(new.items(), start=before)
    ]


def _content(path: Path, settings: Settings) -> tuple[str, bytes | Refusal]:
    """Read a file that somebody put into the inbox, and name it by its bytes, or by what it is where it is refused."""
    try:
        content = read_untrusted(path, root=settings.inbox, limit_bytes=RETURN_FORM.file_bytes)
    except RefusedFileError as refused:
        status = path.lstat()
        name = f"{path.name}:{status.st_size}:{status.st_mtime_ns}".encode()
        return f"refused-{hashlib.sha256(name).hexdigest()[:32]}", Refusal(
            problem=refused.code, message=refused.message + ".", fix=refused.fix
        )
    return hashlib.sha256(content).hexdigest(), content


def _read(contents: Sequence[bytes], workspace: Workspace) -> list[ReturnedForm | Unreadable]:
    if not contents:
        return []
    return read_forms(contents, layouts=load_layouts(workspace.settings.forms), key=workspace.signing_key())


def _refusal_letters(workspace: Workspace, month: Month, intake: Intake, as_at: datetime) -> list[Letter]:
    profile, row = workspace.profile, intake.received
    # A file's name only says whom to tell; it never says whose figures these are.
    told = {row["service_id"]} if row["service_id"] else {item.id for item in profile.services if item.id in row["file_name"]}
    holders = [post for service in profile.services if service.id in told for post in (service.holder, service.deputy)]
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(event="unreadable", period=month.key, subject=row["file_hash"][:16], version="1", at=as_at),
        recipients=[*holders, profile.performance_team],
        template="unreadable",
        context={"period_label": month.label, "file_name": row["file_name"], "message": row["message"], "fix": row["fix"]},
    )


def _save(connection: Connection, intakes: Sequence[Intake], letters: Sequence[Letter]) -> None:
    append_new(connection, received_file, [intake.received for intake in intakes])
    append_new(connection, returned_line, [row for intake in intakes for row in intake.lines])
    append_new(connection, cell_problem, [row for intake in intakes for row in intake.problems])
    append_new(connection, observation, [row for intake in intakes for row in intake.observations])
    append_new(connection, mail_queue, queue_rows(letters))


def _summary(intakes: Sequence[Intake], *, files: int) -> Collected:
    outcomes = [intake.received["outcome"] for intake in intakes]
    return Collected(
        files=files,
        accepted=outcomes.count("accepted"),
        rejected=outcomes.count("rejected"),
        quarantined=outcomes.count("quarantined"),
        already_received=files - len(intakes),
    )
