"""One figure at two moments: as published on a day, and as known on it. The past is never edited, so both can always be told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pmf.cycle.editions import editions_at, signed_editions
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.period import Month, Quarter
from pmf.settings import Settings
from pmf.warehouse.engine import reading


@dataclass(frozen=True, kw_only=True)
class KnownFigure:
    """A KPI's figure for a month. ``value`` None: a nil return or a withdrawal (``absence`` says which, ``reason`` why).

    ``status`` is provisional, final or restated; file, sheet and cell say where it stands, ``sender`` who stated it.
    """

    kpi_ref: str
    period: str
    value: Decimal | None
    absence: str | None
    reason: str | None
    status: str
    source: str
    file_hash: str
    sheet: str | None
    cell: str | None
    sender: str | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class PublishedFigure:
    """A KPI's figure as a live document printed it: the rating it was made from, the document and when it went out."""

    kpi_ref: str
    period: str
    value: Decimal | None
    target: str | None
    status: str
    policy_id: str
    document_id: str
    made_at: datetime
    published_at: datetime


def figures_as_known(organisation: str, month: Month, *, on: datetime, settings: Settings) -> dict[str, KnownFigure]:
    """Give every KPI's figure for a month as it was known at a moment, whatever was published by then."""
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "observations_as_known", first_period=month.key, last_period=month.key, as_at=on)
    fields = KnownFigure.__dataclass_fields__
    return {row["kpi_ref"]: KnownFigure(**{name: row[name] for name in fields}) for row in rows}


def figures_as_published(organisation: str, period: Month | Quarter, *, on: datetime, settings: Settings) -> dict[str, PublishedFigure]:
    """Give every KPI's figure for a period as the documents that were live at a moment printed it, whatever became known since.

    A KPI that more than one live document prints is given as the one that went out last has it. Nothing published: nothing.
    """
    workspace = open_workspace(organisation, settings)
    policy_id = workspace.profile.policy_id(period)
    figures: dict[str, PublishedFigure] = {}
    for document_id, (made_at, published_at) in sorted(_live(workspace, period, on).items(), key=lambda item: (item[1][1], item[0])):
        with reading(workspace.engine) as connection:
            ratings = workspace.read(connection, "ratings_at", period=period.key, policy_id=policy_id, as_at=made_at)
        for row in ratings:
            if _prints(workspace, period, document_id, row):
                figures[row["kpi_ref"]] = PublishedFigure(
                    kpi_ref=row["kpi_ref"],
                    period=period.key,
                    value=row["value"],
                    target=row["target"],
                    status=row["status"],
                    policy_id=policy_id,
                    document_id=document_id,
                    made_at=made_at,
                    published_at=published_at,
                )
    return figures


def _live(workspace: Workspace, period: Month | Quarter, on: datetime) -> dict[str, tuple[datetime, datetime]]:
    """Say which edition of each document was on the site at a moment, by when it was made and when it went out."""
    with reading(workspace.engine) as connection:
        runs = [row for row in workspace.read(connection, "stage_runs", as_at=on) if _is_publication(row, period)]
    live: dict[str, tuple[datetime, datetime]] = {}
    for run in runs:
        signed = signed_editions(workspace, period, editions_at(workspace, period, run["as_at"]), run["as_at"])
        blocked = json.loads(run["summary"])["blocked"]
        for document_id, files in signed.items():
            made_at = files[0]["as_at"]
            if document_id not in blocked and live.get(document_id, (None,))[0] != made_at:
                live[document_id] = (made_at, run["as_at"])
    return live


def _is_publication(run: Mapping[str, Any], period: Month | Quarter) -> bool:
    return bool(run["stage"] == "publish" and run["period"] == period.key)


def _prints(workspace: Workspace, period: Month | Quarter, document_id: str, rating: Mapping[str, Any]) -> bool:
    """Tell whether a document prints a KPI: a paper those of its committee, a directorate's scorecard its own."""
    kpi = workspace.register.kpi(rating["kpi_ref"], period)
    kind, _, whose = document_id.partition("-")
    return kpi is not None and whose in ("organisation", kpi.committee_id if kind == "paper" else kpi.directorate_id)
