"""Letting in what has come: stored by its hash, then read, turned into rows, answered where it cannot be used, and saved.

Every way in - the inbox folder, a mailbox, a declared source - ends here. Bytes that are known already change nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.intake import FORM, PANELS, Delivery, Intake, Known, Refusal, take_in
from pmf.cycle.intervention.paperwork import decision_letters, write_intervention_page
from pmf.cycle.intervention.record import load_interventions, save_interventions
from pmf.cycle.keyring import earlier_keys
from pmf.cycle.letters import Occasion, printed_moment, write_letters
from pmf.cycle.querythread import asked_with, load_threads, save_threads
from pmf.cycle.tracker import write_tracker
from pmf.cycle.workspace import Workspace
from pmf.form.layout import load_layouts
from pmf.form.model import Problem, Returned, ReturnedForm, Unreadable
from pmf.form.reader import read_forms
from pmf.mail import Attachment, Letter, queue_rows
from pmf.mail.letter import XLSX_SUBTYPE
from pmf.period import Month, parse_month, parse_period
from pmf.register.source import Source
from pmf.source.lines import read_source
from pmf.source.recognise import named_like, recognise
from pmf.store import put
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import action_update, cell_problem, mail_queue, observation, panel_update, received_file, returned_line

Read = Returned | Unreadable | Refusal
# What a file is that is none of our forms, and may still be a table the register declares.
_NO_FORM_OF_OURS = frozenset({Problem.NOT_A_WORKBOOK, Problem.NO_FORM, Problem.PROTECTED_OR_OLD})


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A file as it came in, before anything has read it.

    ``content`` is a ``Refusal`` when the file may not even be opened. ``period`` is the month of the folder it lay in;
    None: whatever it says itself. ``sender`` is the post it came from (None: whoever holds the service). ``read`` is what
    whoever fetched it from a declared source read in it (None: a form, or a file that has yet to be recognised).
    """

    file_name: str
    content: bytes | Refusal
    file_hash: str
    size_bytes: int
    period: Month | None
    sender: str | None = None
    message_hash: str | None = None
    read: ReturnedForm | Unreadable | None = None
    channel: str = FORM


def arrival(file_name: str, content: bytes, *, period: Month | None, **where: Any) -> Arrival:
    """Make an arrival of bytes in hand."""
    digest = hashlib.sha256(content).hexdigest()
    return Arrival(file_name=file_name, content=content, file_hash=digest, size_bytes=len(content), period=period, **where)


def admit(workspace: Workspace, arrivals: Sequence[Arrival], *, as_at: datetime) -> list[Intake]:
    """Let in what is new among the arrivals, in the order given, and give what became of each; the rest is left alone."""
    with reading(workspace.engine) as connection:
        known = known_files(workspace, connection, [item.file_hash for item in arrivals], as_at=as_at)
    new = _new(arrivals, {(row["file_hash"], row["inbox_period"]) for row in known})
    if not new:
        return []
    for item in new:
        if isinstance(item.content, bytes):
            put(workspace.settings.store, item.content)
    before = sum(row["received_at"] == as_at.replace(microsecond=0) for row in known)
    read = _read(workspace, new, as_at=as_at)
    deliveries = [_delivery(workspace, item, *what, sequence=number, as_at=as_at) for number, (item, what) in enumerate(read, start=before)]
    with reading(workspace.engine) as connection:
        intakes = _take_in(workspace, connection, deliveries, as_at=as_at)
    letters = [letter for item, intake in zip(new, intakes, strict=True) for letter in _answers(workspace, item, intake, as_at)]
    with workspace.engine.begin() as connection:
        _save(connection, intakes, letters)
    if any(intake.interventions for intake in intakes):
        write_intervention_page(workspace, as_at=as_at)
    return intakes


def known_files(workspace: Workspace, connection: Connection, hashes: Sequence[str], *, as_at: datetime) -> list[dict[str, Any]]:
    """Load which of these contents came in before, and whatever came in at this same instant."""
    return workspace.read(connection, "known_file_hashes", file_hashes=list(hashes), as_at=as_at)


def renew_trackers(workspace: Workspace, *, as_at: datetime) -> None:
    """Write the tracker of every month that something came in for at a moment: once, when all of it is in.

    What came in is asked of the warehouse: a task that is tried again finds nothing new, and may have been stopped just before this.
    """
    with reading(workspace.engine) as connection:
        rows = known_files(workspace, connection, [], as_at=as_at)
    for month in sorted({parse_period(row["period"] or row["inbox_period"]).months[-1] for row in rows}):
        write_tracker(workspace.organisation, month, as_at=as_at, settings=workspace.settings)


def _new(arrivals: Sequence[Arrival], known: set[tuple[str, str]]) -> list[Arrival]:
    """Keep the first of each content for each month; what is for no month in particular is known if it ever came."""
    hashes = {file_hash for file_hash, _ in known}
    new: dict[tuple[str, str], Arrival] = {}
    for item in arrivals:
        period = item.period.key if item.period else ""
        is_known = (item.file_hash, period) in known if item.period else item.file_hash in hashes
        if not is_known:
            new.setdefault((item.file_hash, period), item)
    return list(new.values())


def _read(workspace: Workspace, arrivals: Sequence[Arrival], *, as_at: datetime) -> list[tuple[Arrival, tuple[Read, str]]]:
    """Read each arrival, and say by which channel it comes in."""
    forms = [item.content for item in arrivals if isinstance(item.content, bytes) and item.read is None]
    as_forms = iter(_read_forms(workspace, forms, as_at=as_at))
    results: list[tuple[Arrival, tuple[Read, str]]] = []
    for item in arrivals:
        if isinstance(item.content, Refusal):
            results.append((item, (item.content, item.channel)))
            continue
        if item.read is not None:
            results.append((item, (item.read, item.channel)))
            continue
        as_form = next(as_forms)
        source = _declared(workspace, item.file_name, item.content) if _may_be_declared(as_form) else None
        if source is None:
            results.append((item, (as_form, FORM)))
        else:
            month = item.period or workspace.profile.month_in_collection(as_at)
            read = read_source(item.content, source, organisation=workspace.organisation, period=month)
            results.append((item, (read, source.id)))
    return results


def _may_be_declared(read: Read) -> bool:
    return isinstance(read, Unreadable) and read.problem in _NO_FORM_OF_OURS


def _declared(workspace: Workspace, file_name: str, content: bytes) -> Source | None:
    """Find the declared source a file is from: by its name, and where that fits more than one by its columns."""
    named = named_like(file_name, workspace.register.sources)
    return named[0] if len(named) == 1 else recognise(content, file_name, named)


def _read_forms(workspace: Workspace, contents: Sequence[bytes], *, as_at: datetime) -> list[Returned | Unreadable]:
    if not contents:
        return []
    layouts, earlier = load_layouts(workspace.settings.forms), earlier_keys(workspace.settings, as_at=as_at)
    return read_forms(contents, layouts=layouts, key=workspace.signing_key(), earlier=earlier)


def _delivery(workspace: Workspace, item: Arrival, content: Read, channel: str, *, sequence: int, as_at: datetime) -> Delivery:
    if item.period is not None:
        period = item.period.key
    elif isinstance(content, Returned):
        period = content.period
    else:
        period = workspace.profile.month_in_collection(as_at).key
    return Delivery(
        file_hash=item.file_hash,
        file_name=item.file_name,
        size_bytes=item.size_bytes,
        inbox_period=period,
        content=content,
        sequence=sequence,
        channel=channel,
        sender=item.sender,
        message_hash=item.message_hash,
    )


def _take_in(workspace: Workspace, connection: Connection, deliveries: Sequence[Delivery], *, as_at: datetime) -> list[Intake]:
    @cache
    def known(period: str) -> Known:
        return known_of(workspace, connection, period, as_at=as_at)

    intakes: list[Intake] = []
    interventions = {item.intervention_id: item for item in load_interventions(workspace, connection, as_at=as_at)}
    for delivery in deliveries:
        period = getattr(delivery.content, "period", delivery.inbox_period)
        intakes.append(take_in(delivery, workspace.register, as_at=as_at, known=replace(known(period), interventions=interventions)))
        # Of two forms about one intervention, the second adds to what the first has said.
        interventions |= {item.intervention_id: item for item in intakes[-1].interventions}
    return intakes


def known_of(workspace: Workspace, connection: Connection, period: str, *, as_at: datetime) -> Known:
    """Load what is known of a period before something comes in for it."""
    return Known(
        in_time=frozenset(
            (row["service_id"], row["channel"] == PANELS)
            for row in workspace.read(connection, "received_files", period=period, as_at=as_at)
            if row["outcome"] == "accepted" and not row["is_late"]
        ),
        rated={
            row["kpi_ref"]: (row["value"], row["status"] == "provisional")
            for row in workspace.read(connection, "observed_versions", period=period, as_at=as_at)
        },
        threads={thread.query_id: thread for thread in load_threads(workspace, connection, as_at=as_at, periods=asked_with(period))},
    )


def _answers(workspace: Workspace, item: Arrival, intake: Intake, as_at: datetime) -> list[Letter]:
    """Tell the sender what cannot be used, and ask for the release of what must be released."""
    if not intake.is_accepted:
        return _refusal_letters(workspace, intake, as_at)
    if intake.received["needs_release"] and isinstance(item.content, bytes):
        return _release_letters(workspace, intake, item.content, as_at)
    return decision_letters(workspace, intake.interventions, as_at=as_at)


def _refusal_letters(workspace: Workspace, intake: Intake, as_at: datetime) -> list[Letter]:
    profile, row = workspace.profile, intake.received
    period = parse_period(row["inbox_period"])
    # A file's name only says whom to tell; it never says whose figures these are.
    told = {row["service_id"]} if row["service_id"] else {item.id for item in profile.services if item.id in row["file_name"]}
    holders = [post for service in profile.services if service.id in told for post in (service.holder, service.deputy)]
    senders = [row["sender"]] if row["sender"] else []
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(event="unreadable", period=period.key, subject=row["file_hash"][:16], version="1", at=as_at),
        recipients=[*senders, *holders, profile.performance_team],
        template="unreadable",
        context={"period_label": period.label, "file_name": row["file_name"], "message": row["message"], "fix": row["fix"]},
    )


def _release_letters(workspace: Workspace, intake: Intake, content: bytes, as_at: datetime) -> list[Letter]:
    profile, row = workspace.profile, intake.received
    month = parse_month(row["period"])
    post = profile.releasing_post(row["service_id"])
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(event="release", period=month.key, subject=row["file_hash"][:16], version="1", at=as_at),
        recipients=[post] if post else [],
        template="release",
        context={
            "period_label": month.label,
            "service_name": profile.service(row["service_id"]).name,
            "sender_title": profile.post(row["sender"]).title,
            "file_name": row["file_name"],
            "figures": sum(line["value"] is not None or line["numerator"] is not None for line in intake.lines),
            "deadline": printed_moment(profile.deadline(month), profile),
        },
        attachments=(Attachment(row["file_name"], content, XLSX_SUBTYPE),),
    )


def _save(connection: Connection, intakes: Sequence[Intake], letters: Sequence[Letter]) -> None:
    append_new(connection, received_file, [intake.received for intake in intakes])
    append_new(connection, returned_line, [row for intake in intakes for row in intake.lines])
    append_new(connection, cell_problem, [row for intake in intakes for row in intake.problems])
    append_new(connection, observation, [row for intake in intakes for row in intake.observations])
    append_new(connection, action_update, [row for intake in intakes for row in intake.actions])
    append_new(connection, panel_update, [row for intake in intakes for row in intake.panels])
    for intake in intakes:
        save_threads(connection, intake.received["organisation"], intake.threads)
        save_interventions(connection, intake.received["organisation"], intake.interventions)
    append_new(connection, mail_queue, queue_rows(letters))
