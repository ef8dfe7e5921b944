"""One figure at two moments: as published on a day, and as known on it. The past is never edited, so both can always be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pmf.cycle.printed import printed_kpis
from pmf.cycle.publications import live_publications
from pmf.cycle.releases import publications_so_far
from pmf.cycle.withheld import withheld_parts
from pmf.cycle.workspace import open_workspace
from pmf.period import Month, Period
from pmf.settings import Settings
from pmf.status import Status
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


def figures_as_published(organisation: str, period: Period, *, on: datetime, settings: Settings) -> dict[str, PublishedFigure]:
    """Give every KPI's figure for a period as the documents that were live at a moment printed it, whatever became known since.

    A KPI that more than one live document prints is given as the one that went out last has it. Nothing published: nothing.
    """
    workspace = open_workspace(organisation, settings)
    policy_id = workspace.profile.policy_id(period)
    own = [item for item in publications_so_far(workspace, on=on) if item.period == period.key]
    figures: dict[str, PublishedFigure] = {}
    for item in sorted(live_publications(own), key=lambda item: (item.published_at, item.document_id)):
        printed = {kpi.kpi_ref for kpi in printed_kpis(workspace.register, period, item.document_id)}
        with reading(workspace.engine) as connection:
            ratings = workspace.read(connection, "ratings_at", period=period.key, policy_id=policy_id, as_at=item.made_at)
            withheld = withheld_parts(workspace, connection, period, made_at=item.made_at)
        for row in ratings:
            if row["kpi_ref"] in printed:
                is_told = "value" not in withheld.get(row["kpi_ref"], ())
                figures[row["kpi_ref"]] = PublishedFigure(
                    kpi_ref=row["kpi_ref"],
                    period=period.key,
                    value=row["value"] if is_told else None,
                    target=row["target"],
                    status=row["status"] if is_told else Status.CONFIDENTIAL.value,
                    policy_id=policy_id,
                    document_id=item.document_id,
                    made_at=item.made_at,
                    published_at=item.published_at,
                )
    return figures
