"""Who has returned a month and who has not, as known at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pmf.cycle.workspace import Workspace, open_workspace
from pmf.period import Month
from pmf.register import Service
from pmf.settings import Settings
from pmf.warehouse.engine import reading


@dataclass(frozen=True, kw_only=True)
class ServiceState:
    """One service's month. ``label``: Not requested, Requested, Returned, Returned late, Rejected.

    ``unanswered`` counts due KPIs with neither a figure nor a nil return; ``received_at`` is in the council's own time,
    None: no return that counts has come in.
    """

    service_id: str
    name: str
    label: str
    is_returned: bool
    received_at: datetime | None
    due: int
    figures: int
    nil_returns: int

    @property
    def unanswered(self) -> int:
        """How many due KPIs have no answer at all."""
        return self.due - self.figures - self.nil_returns

    def as_dict(self) -> dict[str, Any]:
        """Give the state as JSON values."""
        received = self.received_at.isoformat() if self.received_at else None
        return {**self.__dict__, "received_at": received, "unanswered": self.unanswered}


def service_states(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> list[ServiceState]:
    """List every service that has KPIs due in a month, in the profile's order."""
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        accepted = {row["service_id"]: row for row in workspace.read(connection, "accepted_returns", period=month.key, as_at=as_at)}
        refused = {
            row["service_id"] for row in workspace.read(connection, "received_files", period=month.key, as_at=as_at) if row["service_id"]
        }
        observations = workspace.read(connection, "observations_as_known", first_period=month.key, last_period=month.key, as_at=as_at)
        runs = workspace.read(connection, "stage_runs", as_at=as_at)
    is_open = any(row["period"] == month.key and row["stage"] == "open" for row in runs)
    answers = {row["kpi_ref"]: row for row in observations}
    return [
        _state(workspace, service, month, accepted.get(service.id), answers, is_open=is_open, is_refused=service.id in refused)
        for service in workspace.profile.services
        if workspace.register.due(month, service.id)
    ]


def _state(
    workspace: Workspace,
    service: Service,
    month: Month,
    received: Mapping[str, Any] | None,
    answers: Mapping[str, Mapping[str, Any]],
    *,
    is_open: bool,
    is_refused: bool,
) -> ServiceState:
    due = [kpi.kpi_ref for kpi in workspace.register.due(month, service.id)]
    answered = [answers[kpi_ref] for kpi_ref in due if kpi_ref in answers]
    figures = sum(row["value"] is not None for row in answered)
    return ServiceState(
        service_id=service.id,
        name=service.name,
        label=_label(received, is_open=is_open, is_refused=is_refused),
        is_returned=received is not None,
        received_at=received["received_at"].astimezone(ZoneInfo(workspace.profile.timezone)) if received else None,
        due=len(due),
        figures=figures,
        nil_returns=len(answered) - figures,
    )


def _label(received: Mapping[str, Any] | None, *, is_open: bool, is_refused: bool) -> str:
    if received is not None:
        return "Returned late" if received["is_late"] else "Returned"
    if is_refused:
        return "Rejected"
    return "Requested" if is_open else "Not requested"


def outstanding(states: Sequence[ServiceState]) -> list[str]:
    """Name the services that have not returned."""
    return [state.name for state in states if not state.is_returned]
