"""What services were asked to send in, and how far each form has come: what the tracker shows and reminders are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.intake import ACTIONS, FORM, PANELS
from pmf.cycle.workspace import Workspace
from pmf.form.model import Kind
from pmf.period import Month, Quarter, parse_month, parse_quarter
from pmf.register import Service

Row = Mapping[str, Any]
CHANNELS = {Kind.KPIS: FORM, Kind.ACTIONS: ACTIONS, Kind.PANELS: PANELS}
# What is asked for by the forms of each kind, as named in a sentence.
MATTERS = {Kind.KPIS: "figures", Kind.ACTIONS: "plan actions", Kind.PANELS: "risk, finance and change panels"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One form a service is asked for: its figures of a month, its directorate's panels of a month, or its plan actions of a quarter.

    ``in_force`` is the form that counts, ``waiting`` a newer one that waits to be released, ``refused`` the last file that
    could not be used since (rows of ``received_file``; None: there is none); ``arrived_at`` is when the first form that
    could be used came in. ``answers`` are the rows of the due KPIs (actions, lines) known by whatever channel, by reference.
    ``lacking`` is what a form that came in leaves to be desired (rows of ``finding``); ``deadline`` is then by when that is to be put
    right.
    """

    service: Service
    period: Month | Quarter
    kind: Kind
    deadline: datetime
    due_refs: tuple[str, ...]
    in_force: Row | None
    waiting: Row | None
    refused: Row | None
    arrived_at: datetime | None
    answers: Mapping[str, Row]
    lacking: tuple[Row, ...] = ()

    @property
    def is_in(self) -> bool:
        """Tell whether there is nothing left to ask for: the form counts, or every figure came in another way.

        A figure imported as earlier history is none that the service has returned.
        """
        returned = {ref for ref, row in self.answers.items() if row.get("source") != "import"}
        return self.in_force is not None or returned == set(self.due_refs)

    @property
    def is_done(self) -> bool:
        """Tell whether nobody need be reminded of it."""
        return self.is_in and not self.lacking

    @property
    def matter(self) -> str:
        """Name what reminders are about: that forms of a period are missing, or that this one is not complete."""
        return f"{self.period.key}/{self.service.id}" if self.lacking else self.period.key

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The due KPIs with neither a figure nor a nil return."""
        return tuple(ref for ref in self.due_refs if ref not in self.answers)

    @property
    def what(self) -> str:
        """Name what is asked for in a sentence: "April 2024 figures"."""
        return f"{self.period.label} {MATTERS[self.kind]}"


def form_file_name(organisation: str, service_id: str, period: Month | Quarter, *, kind: Kind = Kind.KPIS) -> str:
    """Name a form's file: council, period and service, and that it is about panels; safe for any mail system."""
    return f"{organisation}-{period.key}-{service_id}{'-panels' if kind is Kind.PANELS else ''}.xlsx"


def opened_periods(runs: Iterable[Row]) -> dict[Month | Quarter, datetime]:
    """Say when collection of each month and quarter was first opened (rows of ``stage_run``)."""
    opened: dict[Month | Quarter, datetime] = {}
    for row in runs:
        if row["stage"] == "open":
            period = parse_quarter(row["period"]) if "Q" in row["period"] else parse_month(row["period"])
            opened[period] = min(row["as_at"], opened.get(period, row["as_at"]))
    return opened


def asked_forms(workspace: Workspace, connection: Connection, period: Month | Quarter, *, as_at: datetime) -> list[Asked]:
    """List what every service is asked for in a period, kind by kind in the profile's order, as known at ``as_at``.

    A service nothing is due from is left out.
    """
    files = workspace.read(connection, "received_files", period=period.key, as_at=as_at)
    kinds = (Kind.KPIS, Kind.PANELS) if isinstance(period, Month) else (Kind.ACTIONS,)
    return [item for kind in kinds for item in _asked_of(workspace, connection, period, kind, files=files, as_at=as_at)]


def _asked_of(
    workspace: Workspace, connection: Connection, period: Month | Quarter, kind: Kind, *, files: Sequence[Row], as_at: datetime
) -> list[Asked]:
    due = {service: _due_refs(workspace, period, kind, service.id) for service in workspace.profile.services}
    stands = {service: _stand(service, [row for row in files if row["channel"] == CHANNELS[kind]]) for service in due}
    answers = _answers(workspace, connection, period, kind, as_at=as_at)
    return [
        Asked(
            service=service,
            period=period,
            kind=kind,
            deadline=workspace.profile.deadline(period.months[-1]),
            due_refs=refs,
            answers={ref: answers[ref] for ref in refs if ref in answers},
            **stands[service],
        )
        for service, refs in due.items()
        if refs
    ]


def _due_refs(workspace: Workspace, period: Month | Quarter, kind: Kind, service_id: str) -> tuple[str, ...]:
    register = workspace.register
    if kind is Kind.PANELS:
        return tuple(item.line_ref for item in register.panel_items(period, service_id))
    if isinstance(period, Month):
        return tuple(kpi.kpi_ref for kpi in register.due(period, service_id))
    return tuple(action.action_ref for action in register.actions(period, service_id))


def _answers(workspace: Workspace, connection: Connection, period: Month | Quarter, kind: Kind, *, as_at: datetime) -> dict[str, Row]:
    """Load what is known of a month's KPIs, or was said of its panels or of a quarter's actions.

    A figure the performance team has taken back answers nothing, nor does an action or line without a status.
    """
    if kind is Kind.PANELS:
        said = workspace.read(connection, "panels_as_known", period=period.key, as_at=as_at)
        return {row["line_ref"]: row for row in said if row["rag"] is not None}
    if isinstance(period, Quarter):
        said = workspace.read(connection, "actions_as_known", period=period.key, as_at=as_at)
        return {row["action_ref"]: row for row in said if row["rag"] is not None}
    known = workspace.read(connection, "observations_as_known", first_period=period.key, last_period=period.key, as_at=as_at)
    return {row["kpi_ref"]: row for row in known if row["absence"] != "withdrawn"}


def _stand(service: Service, files: Sequence[Row]) -> dict[str, Any]:
    """Say how a service's form stands, from the files of its channel in the order they came."""
    stand: dict[str, Any] = {"in_force": None, "waiting": None, "refused": None, "arrived_at": None}
    for row in files:
        if row["outcome"] != "accepted":
            stand["refused"] = row if _is_from(row, service) else stand["refused"]
        elif row["service_id"] == service.id:
            stand |= {"in_force": row, "waiting": None} if row["is_released"] else {"waiting": row}
            stand |= {"refused": None, "arrived_at": stand["arrived_at"] or row["received_at"]}
    return stand


def _is_from(row: Row, service: Service) -> bool:
    """Tell whether a refused file concerns a service: by its form, else by who sent it or what it is called.

    A file that could not be read says nothing of itself; whom its refusal was told is whom it concerns.
    """
    if row["service_id"]:
        return bool(row["service_id"] == service.id)
    return row["sender"] in (service.holder, service.deputy) or service.id in row["file_name"]
