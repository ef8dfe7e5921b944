"""Entries of the performance team: a figure corrected or taken back, by post and with a reason, never an edit (rulings 8).

An entry is bytes in the store like any file that comes in, so what it states has a source of its own; the return it
corrects stays as it was. Whatever comes in later for the same KPI and month counts instead.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pmf.cycle.admission import known_files, known_of
from pmf.cycle.intake import ENTRY, line_row, observation_row
from pmf.cycle.tracker import write_tracker
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.form.model import ReturnedLine
from pmf.period import Month
from pmf.register import Kpi
from pmf.settings import Settings
from pmf.store import put
from pmf.value import plain
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import observation, received_file, returned_line

_SHEET = "entry"


class EntryError(Exception):
    """An entry cannot be made; the message says what to give instead."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A corrected figure: a value, or numerator and denominator. ``comment`` empty: the form's still holds."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    comment: str = ""
    is_provisional: bool = False


@dataclass(frozen=True)
class Entered(Summary):
    """What was entered (corrected or withdrawn), for which KPI and month; ``is_new`` is False when it had been before."""

    kind: str
    kpi_ref: str
    period: str
    is_new: bool


def enter_correction(
    organisation: str, kpi_ref: str, month: Month, figure: Figure, *, post: str, reason: str, as_at: datetime, settings: Settings
) -> Entered:
    """State another figure for a KPI's month than came in; it counts until something newer comes in.

    Raises:
        EntryError: when the KPI is not due, the post is not the performance team's, or there is no figure or no reason.
    """
    if figure.value is None and (figure.numerator is None or figure.denominator is None):
        raise EntryError("a correction needs a figure: give a value, or a numerator and a denominator")
    return _enter("correction", organisation, kpi_ref, month, figure, post=post, reason=reason, as_at=as_at, settings=settings)


def enter_withdrawal(
    organisation: str, kpi_ref: str, month: Month, *, post: str, reason: str, as_at: datetime, settings: Settings
) -> Entered:
    """Take a KPI's figure for a month back: it then awaits data, until something newer comes in.

    Raises:
        EntryError: when the KPI is not due, the post is not the performance team's, or there is no reason.
    """
    return _enter("withdrawal", organisation, kpi_ref, month, Figure(), post=post, reason=reason, as_at=as_at, settings=settings)


def _enter(
    kind: str,
    organisation: str,
    kpi_ref: str,
    month: Month,
    figure: Figure,
    *,
    post: str,
    reason: str,
    as_at: datetime,
    settings: Settings,
) -> Entered:
    workspace = open_workspace(organisation, settings)
    kpi = _due(workspace, kpi_ref, month)
    if post != workspace.profile.performance_team:
        raise EntryError(f"entries are made by the performance team ({workspace.profile.performance_team}), not by {post!r}")
    if not reason.strip():
        raise EntryError("give a reason: it is printed where the figure is")
    content = _content(kind, workspace, kpi, month, figure, post=post, reason=reason, as_at=as_at)
    digest = hashlib.sha256(content).hexdigest()
    received = _received(workspace, kpi, month, kind, digest=digest, size_bytes=len(content), post=post, as_at=as_at)
    line = _line(kpi, figure, reason)
    withdrawn = kind == "withdrawal"
    with reading(workspace.engine) as connection:
        known = known_of(workspace, connection, month.key, as_at=as_at)
        before = known_files(workspace, connection, [], as_at=as_at)
    received["sequence"] = len(before)
    stated = observation_row(received, _SHEET, line, kpi=kpi, known=known, is_withdrawn=withdrawn)
    put(settings.store, content)
    with workspace.engine.begin() as connection:
        new = append_new(connection, received_file, [received])
        append_new(connection, returned_line, [line_row(received, _SHEET, line, is_withdrawn=withdrawn)])
        append_new(connection, observation, [stated] if stated else [])
    write_tracker(organisation, month, as_at=as_at, settings=settings)
    return Entered(kind="corrected" if figure != Figure() else "withdrawn", kpi_ref=kpi_ref, period=month.key, is_new=bool(new))


def _due(workspace: Workspace, kpi_ref: str, month: Month) -> Kpi:
    for kpi in workspace.register.due(month):
        if kpi.kpi_ref == kpi_ref:
            return kpi
    raise EntryError(f"no figure of KPI {kpi_ref!r} is due from {workspace.profile.name} for {month.label}: look it up in kpis.csv")


def _content(kind: str, workspace: Workspace, kpi: Kpi, month: Month, figure: Figure, *, post: str, reason: str, as_at: datetime) -> bytes:
    """Write an entry down as a document: what is said, by whom, when and why."""
    figures = {name: getattr(figure, name) for name in ("value", "numerator", "denominator")}
    said = {
        "entry": kind,
        "organisation": workspace.organisation,
        "kpi_ref": kpi.kpi_ref,
        "period": month.key,
        **{name: None if number is None else plain(number) for name, number in figures.items()},
        "comment": figure.comment,
        "is_provisional": figure.is_provisional,
        "reason": reason,
        "post": post,
        "entered_at": as_at.replace(microsecond=0).isoformat(),
    }
    return json.dumps(said, sort_keys=True, ensure_ascii=False, indent=1).encode()


def _received(
    workspace: Workspace, kpi: Kpi, month: Month, kind: str, *, digest: str, size_bytes: int, post: str, as_at: datetime
) -> dict[str, Any]:
    nothing = dict.fromkeys(("problem", "message", "fix", "message_hash"))
    return nothing | {
        "organisation": workspace.organisation,
        "file_hash": digest,
        "file_name": f"{kind}-{kpi.kpi_ref}-{month.key}.json",
        "size_bytes": size_bytes,
        "received_at": as_at,
        "sequence": 0,
        "sender": post,
        "inbox_period": month.key,
        "outcome": "accepted",
        "period": month.key,
        "service_id": kpi.service_id,
        "form_version": _SHEET,
        "is_late": False,
        "channel": f"{ENTRY}{kpi.kpi_ref}",
        "needs_release": False,
    }


def _line(kpi: Kpi, figure: Figure, reason: str) -> ReturnedLine:
    given = [name for name in ("value", "numerator", "denominator") if getattr(figure, name) is not None]
    return ReturnedLine(
        kpi_ref=kpi.kpi_ref,
        row=1,
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        forecast=None,
        not_available=False,
        reason=reason,
        comment=figure.comment,
        cells={name: name for name in given},
        raw={},
        is_provisional=figure.is_provisional,
    )
