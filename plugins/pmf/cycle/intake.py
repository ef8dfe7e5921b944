"""From files in an inbox to rows: what each file is, which figures it states, and what its sender must be told.

Shared by the two verbs of ``collect``; touches no database, so the rows of a file can be looked at in a test.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pmf.form.model import CellProblem, ReturnedForm, ReturnedLine, Unreadable
from pmf.period import parse_month
from pmf.register import Kpi, Profile, Register
from pmf.value import plain, quotient


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a file does not count, with the way out."""

    problem: str
    message: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A file as it lay in the inbox: its month's folder, its bytes' address, and what the reader made of it.

    ``content`` is a ``Refusal`` when the file itself was not read (a link, too large); ``file_hash`` is then no address.
    """

    file_hash: str
    file_name: str
    size_bytes: int
    inbox_period: str
    content: ReturnedForm | Unreadable | Refusal
    sequence: int


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The rows of one delivery, by table. ``received`` is one row; the others are empty unless it was accepted."""

    received: dict[str, Any]
    lines: tuple[dict[str, Any], ...] = ()
    problems: tuple[dict[str, Any], ...] = ()
    observations: tuple[dict[str, Any], ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Tell whether the return counts."""
        return bool(self.received["outcome"] == "accepted")


def take_in(
    delivery: Delivery,
    register: Register,
    *,
    as_at: datetime,
    in_time_services: frozenset[str],
    rated: Mapping[str, Decimal | None],
) -> Intake:
    """Turn a delivery into rows.

    ``in_time_services`` have already returned before the deadline, so what they send later is a correction and not
    late; ``rated`` maps KPIs already rated for the period to the figure used, so that another figure is a restatement. A
    KPI rated without a figure (None) has nothing to restate.
    """
    profile, form = register.profile, delivery.content
    row = _as_it_came(delivery, profile.slug, as_at)
    if not isinstance(form, ReturnedForm):
        return Intake(received=row | {"outcome": "quarantined", "problem": str(form.problem), "message": form.message, "fix": form.fix})
    refusal = _refusal(form, delivery, register)
    if refusal is not None:
        return Intake(received=row | {"outcome": "rejected", "service_id": _own_service(form, profile)} | asdict(refusal))
    is_late = as_at > profile.deadline(parse_month(form.period)) and form.service_id not in in_time_services
    sender = profile.service(form.service_id).holder
    accepted = row | {
        "sender": sender,
        "period": form.period,
        "service_id": form.service_id,
        "form_version": form.form_version,
        "is_late": is_late,
    }
    return Intake(
        received=accepted,
        lines=tuple(_line_row(accepted, form.sheet, line) for line in form.lines),
        problems=tuple(_problem_row(accepted, problem) for problem in form.problems),
        observations=tuple(_observations(accepted, form, register, rated)),
    )


def _as_it_came(delivery: Delivery, organisation: str, as_at: datetime) -> dict[str, Any]:
    """Lay out what is known of any file, whatever it turns out to be."""
    nothing = dict.fromkeys(("sender", "problem", "message", "fix", "period", "service_id", "form_version"))
    return nothing | {
        "organisation": organisation,
        "file_hash": delivery.file_hash,
        "file_name": delivery.file_name,
        "size_bytes": delivery.size_bytes,
        "received_at": as_at,
        "sequence": delivery.sequence,
        "inbox_period": delivery.inbox_period,
        "outcome": "accepted",
        "is_late": False,
    }


_PROBLEM_FIELDS = ("code", "sheet", "cell", "field", "kpi_ref", "found", "message", "fix")


def _refusal(form: ReturnedForm, delivery: Delivery, register: Register) -> Refusal | None:
    profile = register.profile
    if form.organisation != profile.slug:
        return Refusal(
            problem="wrong_council",
            message=f"The form was made for another council ({form.organisation}).",
            fix=f"Send it to that council, and fill in the form that {profile.name} sent you.",
        )
    if form.period != delivery.inbox_period:
        label, expected = parse_month(form.period).label, parse_month(delivery.inbox_period).label
        return Refusal(
            problem="wrong_month",
            message=f"The form is for {label}, but it was sent in for {expected}.",
            fix=f"Fill in the form for {expected}. If the figures are meant for {label}, send the file in as {label}'s return.",
        )
    if form.service_id not in {service.id for service in profile.services}:
        return Refusal(
            problem="unknown_service",
            message=f"The form is for a service that {profile.name} no longer has ({form.service_id}).",
            fix="Ask the performance team for the current form.",
        )
    return None


def _own_service(form: ReturnedForm, profile: Profile) -> str | None:
    """Name the service whose form was refused, so that it is told and the tracker shows it; None: not one of this council's."""
    is_ours = form.organisation == profile.slug and form.service_id in {service.id for service in profile.services}
    return form.service_id if is_ours else None


def _place(received: Mapping[str, Any]) -> dict[str, Any]:
    return {name: received[name] for name in ("organisation", "file_hash", "period")}


def _line_row(received: Mapping[str, Any], sheet: str, line: ReturnedLine) -> dict[str, Any]:
    return _place(received) | {
        "line_number": line.row,
        "kpi_ref": line.kpi_ref,
        "service_id": received["service_id"],
        "sheet": sheet,
        "value": line.value,
        "numerator": line.numerator,
        "denominator": line.denominator,
        "forecast": line.forecast,
        "not_available": line.not_available,
        "reason": line.reason,
        "comment": line.comment,
        "cells": json.dumps(line.cells, sort_keys=True),
        "raw": json.dumps(line.raw, sort_keys=True, ensure_ascii=False),
        "received_at": received["received_at"],
    }


def _problem_row(received: Mapping[str, Any], problem: CellProblem) -> dict[str, Any]:
    return _place(received) | {"service_id": received["service_id"]} | {name: getattr(problem, name) for name in _PROBLEM_FIELDS}


def _observations(
    received: Mapping[str, Any], form: ReturnedForm, register: Register, rated: Mapping[str, Decimal | None]
) -> Iterator[dict[str, Any]]:
    """State the figures and nil returns of the KPIs that are due; a line that says neither states nothing."""
    kpis = {kpi.kpi_ref: kpi for kpi in register.due(parse_month(form.period), form.service_id)}
    stamp = _place(received) | {
        "sender": received["sender"],
        "sheet": form.sheet,
        "recorded_at": received["received_at"],
        "sequence": received["sequence"],
    }
    for line in form.lines:
        observed = _observation(line, kpis[line.kpi_ref], received["file_hash"]) if line.kpi_ref in kpis else None
        if observed is not None:
            yield stamp | observed | {"status": _figure_status(line.kpi_ref, observed["value"], rated)}


def _observation(line: ReturnedLine, kpi: Kpi, file_hash: str) -> dict[str, Any] | None:
    """State the line's figure or nil return. None: the line says neither, which validation will point out."""
    value = line.value
    if line.numerator is not None and line.denominator is not None:
        value = quotient(line.numerator, line.denominator, multiplier=kpi.ratio_multiplier)
    if value is None and not line.not_available:
        return None
    absence = "nil_return" if value is None else None
    parts = [line.kpi_ref, "" if value is None else plain(value), absence or "", file_hash]
    return {
        "kpi_ref": line.kpi_ref,
        "version_id": hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16],
        "value": value,
        "numerator": line.numerator,
        "denominator": line.denominator,
        "absence": absence,
        "reason": line.reason or None,
        "forecast": line.forecast,
        "comment": line.comment,
        "source": "return",
        "provenance": None,
        "cell": line.cells.get("value"),
    }


def _figure_status(kpi_ref: str, value: Decimal | None, rated: Mapping[str, Decimal | None]) -> str:
    before = rated.get(kpi_ref)
    return "final" if before is None or before == value else "restated"
