"""Validate: returns before rating, ratings after it. Findings are saved, people are told, and the gate is answered.

The verb itself succeeds whatever it finds; stopping the run is the gate's task in the DAG (rulings 10 and 14).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.conclusion import RATINGS, RETURNS, Occasion, Validated, conclude
from pmf.cycle.figures import earlier_figures
from pmf.cycle.intake import PANELS
from pmf.cycle.judgedpast import rewritten_past
from pmf.cycle.signatures import states_of_month
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.period import Month, Quarter
from pmf.settings import Settings
from pmf.status import Status
from pmf.validation.datasets.actions import ActionInputs
from pmf.validation.datasets.counting import counting
from pmf.validation.datasets.panels import PanelInputs
from pmf.validation.inputs import RatingInputs, ReturnInputs
from pmf.validation.language import Lexicon, glossary_of, open_lexicon
from pmf.validation.points import check_ratings, check_returns
from pmf.warehouse.engine import reading

# The service has said that there is no figure, or has given one that is withheld.
_ANSWERED_WITHOUT_FIGURE = frozenset({Status.NIL_RETURN, Status.UNDER_QUERY})


def validate_returns(organisation: str, month: Month, *, as_at: datetime, settings: Settings, run_link: str | None = None) -> Validated:
    """Check a month's returns against the register and each KPI's data-quality template; tell services and engineers.

    What was reported of risk, finance and change is scrutinised with them, and in the month that ends a quarter the updates on
    the corporate plan's actions. ``run_link`` is where engineers find the run (None: nowhere).
    """
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        inputs = _return_inputs(workspace, connection, month, as_at)
        actions = _action_inputs(workspace, connection, month, as_at)
        panels = _panel_inputs(workspace, connection, month, as_at)
        earlier = _earlier_findings(workspace, connection, month, RETURNS, as_at)

    checked = check_returns(inputs, suites=settings.expectations, actions=actions, panels=panels)

    answered = _answered(inputs)
    occasion = Occasion(
        workspace, month, RETURNS, as_at, due=inputs.due, answered=answered, returned=len(answered), earlier=earlier, run_link=run_link
    )
    return conclude(occasion, checked)


def validate_ratings(
    organisation: str, period: Month | Quarter, *, as_at: datetime, settings: Settings, run_link: str | None = None
) -> Validated:
    """Check a period's ratings, and its comments against the colours and the period before.

    ``run_link`` is where engineers find the run (None: nowhere).
    """
    workspace = open_workspace(organisation, settings)
    profile = workspace.profile
    policy_id = profile.policy_id(period)
    with reading(workspace.engine) as connection:
        ratings = workspace.read(connection, "ratings_at", period=period.key, policy_id=policy_id, as_at=as_at)
        before = workspace.read(connection, "ratings_at", period=period.previous.key, policy_id=policy_id, as_at=as_at)
        waived = _waived(workspace, connection, period, as_at)
        earlier = _earlier_findings(workspace, connection, period, RATINGS, as_at)

    comments = {row["kpi_ref"]: row["comment"] for row in before}
    inputs = RatingInputs(
        register=workspace.register,
        period=period,
        ratings=ratings,
        previous_comments=comments,
        waived=waived,
        lexicon=_lexicon(workspace),
    )
    checked = check_ratings(inputs, suites=settings.expectations)

    due = {kpi.kpi_ref for kpi in inputs.due}
    figures = {row["kpi_ref"] for row in ratings if row["value"] is not None and row["kpi_ref"] in due}
    answered = figures | {row["kpi_ref"] for row in ratings if row["status"] in _ANSWERED_WITHOUT_FIGURE}
    occasion = Occasion(
        workspace, period, RATINGS, as_at, due=inputs.due, answered=answered, returned=len(figures), earlier=earlier, run_link=run_link
    )
    return conclude(occasion, checked)


def _lexicon(workspace: Workspace) -> Lexicon | None:
    """Open what comments are read with, knowing the words of the register, of local government and of the council's own list."""
    lists = (workspace.settings.house_glossary, workspace.settings.organisations / workspace.organisation / "glossary.txt")
    return open_lexicon(glossary_of(workspace.register, lists))


def _return_inputs(workspace: Workspace, connection: Connection, month: Month, as_at: datetime) -> ReturnInputs:
    accepted = workspace.read(connection, "accepted_returns", period=month.key, as_at=as_at)
    files = workspace.read(connection, "received_files", period=month.key, as_at=as_at)
    hashes = [row["file_hash"] for row in accepted if row["channel"] != PANELS]
    lines = workspace.read(connection, "returned_lines", file_hashes=hashes) if hashes else []
    return ReturnInputs(
        register=workspace.register,
        month=month,
        as_at=as_at,
        deadline=workspace.profile.deadline(month),
        # What is found of forms of panels that came in is found by suites of their own.
        files=[row for row in _not_made_good(files, accepted) if row["outcome"] != "accepted" or row["channel"] != PANELS],
        lines=[{**row, "cells": json.loads(row["cells"]), "raw": json.loads(row["raw"])} for row in lines],
        problems=workspace.read(connection, "cell_problems", file_hashes=hashes) if hashes else [],
        history=earlier_figures(workspace, connection, month, as_at=as_at),
        waived=_waived(workspace, connection, month, as_at),
        template_states=states_of_month(workspace, connection, month, as_at=as_at),
        rewritten=rewritten_past(workspace, connection, as_at=as_at),
        rated=workspace.read(connection, "observed_versions", period=month.key, as_at=as_at),
    )


def _action_inputs(workspace: Workspace, connection: Connection, month: Month, as_at: datetime) -> ActionInputs | None:
    """Load what was said of the quarter's plan actions. None: the month does not end a quarter, or the register has no actions."""
    quarter = month.quarter
    if month != quarter.months[-1] or not workspace.register.actions(quarter):
        return None
    in_force = workspace.read(connection, "accepted_returns", period=quarter.key, as_at=as_at)
    hashes = [row["file_hash"] for row in in_force]
    said = workspace.read(connection, "actions_as_known", period=quarter.key, as_at=as_at)
    return ActionInputs(
        register=workspace.register,
        quarter=quarter,
        as_at=as_at,
        files=workspace.read(connection, "received_files", period=quarter.key, as_at=as_at),
        in_force=in_force,
        said=[{**row, "cells": json.loads(row["cells"])} for row in said],
        before=workspace.read(connection, "actions_as_known", period=quarter.previous.key, as_at=as_at),
        problems=workspace.read(connection, "cell_problems", file_hashes=hashes) if hashes else [],
    )


def _panel_inputs(workspace: Workspace, connection: Connection, month: Month, as_at: datetime) -> PanelInputs | None:
    """Load what was reported of a month's panels. None: the register has none."""
    if not workspace.register.panel_items(month):
        return None
    in_force = _of_panels(workspace.read(connection, "accepted_returns", period=month.key, as_at=as_at))
    hashes = [row["file_hash"] for row in in_force]
    said = workspace.read(connection, "panels_as_known", period=month.key, as_at=as_at)
    return PanelInputs(
        register=workspace.register,
        month=month,
        as_at=as_at,
        files=_of_panels(workspace.read(connection, "received_files", period=month.key, as_at=as_at)),
        in_force=in_force,
        said=[{**row, "cells": json.loads(row["cells"])} for row in said],
        before=workspace.read(connection, "panels_as_known", period=month.previous.key, as_at=as_at),
        problems=workspace.read(connection, "cell_problems", file_hashes=hashes) if hashes else [],
    )


def _of_panels(files: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in files if row["channel"] == PANELS]


def _not_made_good(files: Sequence[Mapping[str, Any]], accepted: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out refused files that the service has since followed by a return that counts: nobody need do anything about them."""

    def arrival(row: Mapping[str, Any]) -> tuple[datetime, int]:
        return row["received_at"], row["sequence"]

    latest = {(row["service_id"], row["channel"]): arrival(row) for row in accepted}
    return [
        row
        for row in files
        if row["outcome"] == "accepted" or latest.get((row["service_id"], row["channel"]), arrival(row)) <= arrival(row)
    ]


def _answered(inputs: ReturnInputs) -> frozenset[str]:
    """Name the due KPIs with a figure or a nil return in what counts of them."""
    return frozenset(
        kpi_ref
        for kpi_ref, counted in counting(inputs).items()
        if any(line["not_available"] or line["value"] is not None or line["numerator"] is not None for line in counted.lines)
    )


def _waived(workspace: Workspace, connection: Connection, period: Month | Quarter, as_at: datetime) -> frozenset[tuple[str, str]]:
    rows = workspace.read(connection, "waivers_at", period=period.key, as_at=as_at)
    return frozenset((row["rule_id"], row["kpi_ref"]) for row in rows)


def _earlier_findings(
    workspace: Workspace, connection: Connection, period: Month | Quarter, point: str, as_at: datetime
) -> tuple[Mapping[str, Any], ...]:
    """Load the findings of the validation before this one, to tell new ones from those still open and those resolved."""
    before = as_at - timedelta(seconds=1)
    runs = workspace.read(connection, "validation_at", period=period.key, point=point, as_at=before)
    if not runs:
        return ()
    rows = workspace.read(connection, "findings_at", period=period.key, point=point, as_at=runs[0]["as_at"])
    return tuple(row for row in rows if not row["is_waived"])
