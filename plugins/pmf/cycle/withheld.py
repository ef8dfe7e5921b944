"""What public editions leave out, as noted in the warehouse when they were made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace
from pmf.period import Period
from pmf.reporting.disclosure.guard import Suppression


def suppression_rows(workspace: Workspace, period: Period, decided: Iterable[Suppression], *, as_at: datetime) -> list[dict[str, Any]]:
    """Lay out for table ``suppression`` what the editions made at a moment leave out."""
    return [{"organisation": workspace.organisation, "period": period.key, "as_at": as_at} | asdict(item) for item in decided]


def withheld_parts(workspace: Workspace, connection: Connection, period: Period, *, made_at: datetime) -> dict[str, frozenset[str]]:
    """Load what the public editions that were made at a moment leave out: parts by kpi_ref."""
    rows = workspace.read(connection, "suppressions_at", period=period.key, as_at=made_at)
    return parts_by_ref((row["kpi_ref"], row["part"]) for row in rows)


def refs_ever_withheld(workspace: Workspace, connection: Connection, period: Period, *, by: datetime) -> frozenset[str]:
    """Name the KPIs of which any public edition of a period that was made by a moment leaves something out."""
    rows = workspace.read(connection, "suppressed_refs", period=period.key, as_at=by)
    return frozenset(row["kpi_ref"] for row in rows)


def parts_by_ref(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Gather parts by the KPI they are of."""
    parts: dict[str, set[str]] = {}
    for ref, part in pairs:
        parts.setdefault(ref, set()).add(part)
    return {ref: frozenset(own) for ref, own in parts.items()}
