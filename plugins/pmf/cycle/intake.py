"""From what came in to rows: what each file is, which figures it states, and what its sender must be told.

Shared by every verb that takes something in; touches no database, so the rows of a file can be looked at in a test.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from pmf.cycle.answers import take_answers
from pmf.cycle.querythread import Thread
from pmf.form.model import CellProblem, ReturnedActions, ReturnedForm, ReturnedLine, Unreadable
from pmf.period import parse_month, parse_period
from pmf.register import Kpi, Profile, Register
from pmf.value import plain, quotient

# The channels by which figures come in, beside the ids of declared sources (docs/architecture.md, "Ways in").
FORM, ACTIONS, ENTRY = "form", "actions", "entry:"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a file does not count, with the way out."""

    problem: str
    message: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A file as it came in, its bytes' address, and what the reader made of it.

    ``content`` is a ``Refusal`` when the file itself was not read (a link, too large); ``file_hash`` is then no address.
    ``inbox_period`` is the month it was sent in for. ``sender`` None: whoever holds the service.
    """

    file_hash: str
    file_name: str
    size_bytes: int
    inbox_period: str
    content: ReturnedForm | ReturnedActions | Unreadable | Refusal
    sequence: int
    channel: str = FORM
    sender: str | None = None
    message_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a period when something comes in for it.

    ``in_time_services`` have already returned before the deadline, so what they send later is a correction and not late.
    ``rated`` maps KPIs already rated for the period to the figure used and whether it was provisional then: another
    figure is a restatement, but not of a provisional one. A KPI rated without a figure (None) has nothing to restate.
    ``threads`` are the period's queries by name.
    """

    in_time_services: frozenset[str] = frozenset()
    rated: Mapping[str, tuple[Decimal | None, bool]] = field(default_factory=dict)
    threads: Mapping[str, Thread] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The rows of one delivery, by table. ``received`` is one row; the others are empty unless it was accepted.

    ``threads`` are the queries it answers, with its answers.
    """

    received: dict[str, Any]
    lines: tuple[dict[str, Any], ...] = ()
    problems: tuple[dict[str, Any], ...] = ()
    observations: tuple[dict[str, Any], ...] = ()
    actions: tuple[dict[str, Any], ...] = ()
    threads: tuple[Thread, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Tell whether the return counts, at once or when it is released."""
        return bool(self.received["outcome"] == "accepted")


def take_in(delivery: Delivery, register: Register, *, as_at: datetime, known: Known) -> Intake:
    """Turn a delivery into rows."""
    profile, form = register.profile, delivery.content
    row = _as_it_came(delivery, profile.slug, as_at)
    if isinstance(form, Unreadable | Refusal):
        return Intake(received=row | {"outcome": "quarantined", "problem": str(form.problem), "message": form.message, "fix": form.fix})
    refusal = _refusal(form, delivery, register)
    if refusal is not None:
        channel = ACTIONS if isinstance(form, ReturnedActions) else delivery.channel
        whose = {"outcome": "rejected", "service_id": _own_service(form, profile), "channel": channel}
        return Intake(received=row | whose | asdict(refusal))
    accepted = row | {
        "sender": delivery.sender or profile.service(form.service_id).holder,
        "period": form.period,
        "service_id": form.service_id,
        "form_version": form.form_version,
        "is_late": _is_late(form, profile, as_at) and form.service_id not in known.in_time_services,
        "needs_release": _needs_release(form, delivery, profile),
    }
    threads, unasked = take_answers(form, accepted, known.threads)
    problems = tuple(_problem_row(accepted, problem) for problem in (*form.problems, *unasked))
    if isinstance(form, ReturnedActions):
        actions = tuple(_action_rows(accepted, form))
        return Intake(received=accepted | {"channel": ACTIONS}, problems=problems, actions=actions, threads=threads)
    return Intake(
        received=accepted,
        threads=threads,
        lines=tuple(line_row(accepted, form.sheet, line) for line in form.lines),
        problems=problems,
        observations=tuple(_observations(accepted, form, register, known)),
    )


def _is_late(form: ReturnedForm | ReturnedActions, profile: Profile, as_at: datetime) -> bool:
    return as_at > profile.deadline(parse_period(form.period).months[-1])


def _needs_release(form: ReturnedForm | ReturnedActions, delivery: Delivery, profile: Profile) -> bool:
    """Ask for a release where the council wants one, of a form that did not come from who would release it."""
    post = profile.releasing_post(form.service_id)
    return post is not None and delivery.channel == FORM and isinstance(form, ReturnedForm) and delivery.sender != post


def _as_it_came(delivery: Delivery, organisation: str, as_at: datetime) -> dict[str, Any]:
    """Lay out what is known of any file, whatever it turns out to be."""
    nothing = dict.fromkeys(("problem", "message", "fix", "period", "service_id", "form_version"))
    return nothing | {
        "organisation": organisation,
        "file_hash": delivery.file_hash,
        "file_name": delivery.file_name,
        "size_bytes": delivery.size_bytes,
        "received_at": as_at,
        "sequence": delivery.sequence,
        "sender": delivery.sender,
        "inbox_period": delivery.inbox_period,
        "outcome": "accepted",
        "is_late": False,
        "channel": delivery.channel,
        "needs_release": False,
        "message_hash": delivery.message_hash,
    }


_PROBLEM_FIELDS = ("code", "sheet", "cell", "field", "kpi_ref", "found", "message", "fix")


def _refusal(form: ReturnedForm | ReturnedActions, delivery: Delivery, register: Register) -> Refusal | None:
    profile = register.profile
    if form.organisation != profile.slug:
        return Refusal(
            problem="wrong_council",
            message=f"The form was made for another council ({form.organisation}).",
            fix=f"Send it to that council, and fill in the form that {profile.name} sent you.",
        )
    # A form of actions is for a quarter and may lie in any month's folder: its signature says which quarter.
    if isinstance(form, ReturnedForm) and form.period != delivery.inbox_period:
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


def _own_service(form: ReturnedForm | ReturnedActions, profile: Profile) -> str | None:
    """Name the service whose form was refused, so that it is told and the tracker shows it; None: not one of this council's."""
    is_ours = form.organisation == profile.slug and form.service_id in {service.id for service in profile.services}
    return form.service_id if is_ours else None


def _place(received: Mapping[str, Any]) -> dict[str, Any]:
    return {name: received[name] for name in ("organisation", "file_hash", "period")}


def line_row(received: Mapping[str, Any], sheet: str, line: ReturnedLine, *, is_withdrawn: bool = False) -> dict[str, Any]:
    """Lay out one KPI's line as a row of ``returned_line``."""
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
        "is_withdrawn": is_withdrawn,
        "reason": line.reason,
        "is_provisional": line.is_provisional,
        "comment": line.comment,
        "cells": json.dumps(line.cells, sort_keys=True),
        "raw": json.dumps(line.raw, sort_keys=True, ensure_ascii=False),
        "received_at": received["received_at"],
    }


def _problem_row(received: Mapping[str, Any], problem: CellProblem) -> dict[str, Any]:
    return _place(received) | {"service_id": received["service_id"]} | {name: getattr(problem, name) for name in _PROBLEM_FIELDS}


def _action_rows(received: Mapping[str, Any], form: ReturnedActions) -> Iterator[dict[str, Any]]:
    """State what is said of each action; an action of which nothing is said is left out."""
    for line in form.lines:
        if line.update or line.rag or line.impact:
            yield _place(received) | {
                "action_ref": line.action_ref,
                "service_id": received["service_id"],
                "rag": line.rag.casefold() or None,
                "update_text": line.update,
                "impact": line.impact,
                "sheet": form.sheet,
                "cells": json.dumps(line.cells, sort_keys=True),
                "sender": received["sender"],
                "recorded_at": received["received_at"],
                "sequence": received["sequence"],
            }


def _observations(received: Mapping[str, Any], form: ReturnedForm, register: Register, known: Known) -> Iterator[dict[str, Any]]:
    """State the figures and nil returns of the KPIs that are due; a line that says neither states nothing.

    A KPI whose figure comes from a declared source is stated by that source alone.
    """
    channel = received["channel"]
    kpis = {kpi.kpi_ref: kpi for kpi in register.due(parse_month(form.period), form.service_id) if kpi.source_id in (None, channel)}
    for line in form.lines:
        if line.kpi_ref in kpis:
            row = observation_row(received, form.sheet, line, kpi=kpis[line.kpi_ref], known=known)
            if row is not None:
                yield row


def observation_row(
    received: Mapping[str, Any], sheet: str, line: ReturnedLine, *, kpi: Kpi, known: Known, is_withdrawn: bool = False
) -> dict[str, Any] | None:
    """State a line's figure, nil return or withdrawal as a row of ``observation``. None: the line says none of them."""
    value = line.value
    if line.numerator is not None and line.denominator is not None:
        value = quotient(line.numerator, line.denominator, multiplier=kpi.ratio_multiplier)
    if value is None and not (line.not_available or is_withdrawn):
        return None
    absence = None if value is not None else "withdrawn" if is_withdrawn else "nil_return"
    parts = [line.kpi_ref, "" if value is None else plain(value), absence or "", received["file_hash"]]
    return _place(received) | {
        "kpi_ref": line.kpi_ref,
        "version_id": hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16],
        "value": value,
        "numerator": line.numerator,
        "denominator": line.denominator,
        "absence": absence,
        "reason": line.reason or None,
        "forecast": line.forecast,
        "comment": line.comment,
        "status": _figure_status(line, value, known),
        "source": {FORM: "return"}.get(received["channel"], "entry" if received["channel"].startswith(ENTRY) else "source"),
        "provenance": None,
        "sheet": sheet,
        "cell": line.cells.get("value"),
        "sender": received["sender"],
        "recorded_at": received["received_at"],
        "sequence": received["sequence"],
    }


def _figure_status(line: ReturnedLine, value: Decimal | None, known: Known) -> str:
    if line.is_provisional and value is not None:
        return "provisional"
    before, was_provisional = known.rated.get(line.kpi_ref, (None, False))
    return "final" if before is None or before == value or was_provisional else "restated"
