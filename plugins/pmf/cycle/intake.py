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
from pmf.cycle.intervention.record import Intervention
from pmf.cycle.intervention.returned import UnusableFormError, take_form
from pmf.cycle.querythread import Thread
from pmf.cycle.saidrows import action_rows, panel_rows, place_of, problem_row
from pmf.form.model import (
    Returned,
    ReturnedActions,
    ReturnedForm,
    ReturnedIntervention,
    ReturnedLine,
    ReturnedPanels,
    Unreadable,
)
from pmf.period import parse_month, parse_period
from pmf.register import Kpi, Profile, Register
from pmf.value import plain, quotient

# The channels by which figures come in, beside the ids of declared sources (docs/architecture.md, "Ways in").
FORM, ACTIONS, PANELS, INTERVENTION, ENTRY = "form", "actions", "panels", "intervention", "entry:"


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
    content: Returned | Unreadable | Refusal
    sequence: int
    channel: str = FORM
    sender: str | None = None
    message_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a period when something comes in for it.

    ``in_time`` names the services, and whether it was their panels, that have already returned before the deadline, so what they
    send later is a correction and not late.
    ``rated`` maps KPIs already rated for the period to the figure used and whether it was provisional then: another
    figure is a restatement, but not of a provisional one. A KPI rated without a figure (None) has nothing to restate.
    ``threads`` are the period's queries by name, ``interventions`` all there are.
    """

    in_time: frozenset[tuple[str, bool]] = frozenset()
    rated: Mapping[str, tuple[Decimal | None, bool]] = field(default_factory=dict)
    threads: Mapping[str, Thread] = field(default_factory=dict)
    interventions: Mapping[str, Intervention] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The rows of one delivery, by table. ``received`` is one row; the others are empty unless it was accepted.

    ``threads`` are the queries it answers, with its answers; ``interventions`` those it is about, with what it adds.
    """

    received: dict[str, Any]
    lines: tuple[dict[str, Any], ...] = ()
    problems: tuple[dict[str, Any], ...] = ()
    observations: tuple[dict[str, Any], ...] = ()
    actions: tuple[dict[str, Any], ...] = ()
    panels: tuple[dict[str, Any], ...] = ()
    threads: tuple[Thread, ...] = ()
    interventions: tuple[Intervention, ...] = ()

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
        whose = {"outcome": "rejected", "service_id": _own_service(form, profile), "channel": _channel(form, delivery)}
        return Intake(received=row | whose | asdict(refusal))
    accepted = row | {
        "sender": delivery.sender or profile.service(form.service_id).holder,
        "period": form.period,
        "service_id": form.service_id,
        "form_version": form.form_version,
        "channel": _channel(form, delivery),
        "is_late": _is_late(form, profile, as_at) and (form.service_id, isinstance(form, ReturnedPanels)) not in known.in_time,
        "needs_release": _needs_release(form, delivery, profile),
    }
    threads, unasked = take_answers(form, accepted, known.threads)
    problems = tuple(problem_row(accepted, problem) for problem in (*form.problems, *unasked))
    if isinstance(form, ReturnedActions):
        actions = tuple(action_rows(accepted, form))
        return Intake(received=accepted, problems=problems, actions=actions, threads=threads)
    if isinstance(form, ReturnedIntervention):
        return _intervention(accepted, form, register, known)
    if isinstance(form, ReturnedPanels):
        panels = tuple(panel_rows(accepted, form, register))
        return Intake(received=accepted, problems=problems, panels=panels, threads=threads)
    return Intake(
        received=accepted,
        threads=threads,
        lines=tuple(line_row(accepted, form.sheet, line) for line in form.lines),
        problems=problems,
        observations=tuple(_observations(accepted, form, register, known)),
    )


def _channel(form: Returned, delivery: Delivery) -> str:
    if isinstance(form, ReturnedActions):
        return ACTIONS
    if isinstance(form, ReturnedIntervention):
        return INTERVENTION
    return PANELS if isinstance(form, ReturnedPanels) else delivery.channel


def _intervention(accepted: dict[str, Any], form: ReturnedIntervention, register: Register, known: Known) -> Intake:
    """Take an intervention form: what it says is added whole, or it is refused whole and its sender told why."""
    try:
        grown = take_form(form, accepted, known.interventions, register)
    except UnusableFormError as problem:
        told = {"problem": "intervention_form", "message": problem.message, "fix": problem.fix}
        return Intake(received=accepted | told | {"outcome": "rejected"})
    return Intake(received=accepted, interventions=(grown,))


def _is_late(form: Returned, profile: Profile, as_at: datetime) -> bool:
    if isinstance(form, ReturnedIntervention):
        return False  # it has no deadline of the month's
    return as_at > profile.deadline(parse_period(form.period).months[-1])


def _needs_release(form: Returned, delivery: Delivery, profile: Profile) -> bool:
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


def _refusal(form: Returned, delivery: Delivery, register: Register) -> Refusal | None:
    profile = register.profile
    if form.organisation != profile.slug:
        return Refusal(
            problem="wrong_council",
            message=f"The form was made for another council ({form.organisation}).",
            fix=f"Send it to that council, and fill in the form that {profile.name} sent you.",
        )
    # A form of actions or of an intervention may lie in any month's folder: its signature says what it is about.
    if not isinstance(form, ReturnedActions | ReturnedIntervention) and form.period != delivery.inbox_period:
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


def _own_service(form: Returned, profile: Profile) -> str | None:
    """Name the service whose form was refused, so that it is told and the tracker shows it; None: not one of this council's."""
    is_ours = form.organisation == profile.slug and form.service_id in {service.id for service in profile.services}
    return form.service_id if is_ours else None


def line_row(received: Mapping[str, Any], sheet: str, line: ReturnedLine, *, is_withdrawn: bool = False) -> dict[str, Any]:
    """Lay out one KPI's line as a row of ``returned_line``."""
    return place_of(received) | {
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
    return place_of(received) | {
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
