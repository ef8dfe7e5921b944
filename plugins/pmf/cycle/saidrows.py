"""Rows of what a form says beside its figures: of plan actions, of the lines of panels, and of cells that make no sense."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pmf.form.model import CellProblem, ReturnedActions, ReturnedPanels
from pmf.period import parse_month
from pmf.register import Register

_PROBLEM_FIELDS = ("code", "sheet", "cell", "field", "kpi_ref", "found", "message", "fix")


def place_of(received: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns every row of a file begins with."""
    return {name: received[name] for name in ("organisation", "file_hash", "period")}


def problem_row(received: Mapping[str, Any], problem: CellProblem) -> dict[str, Any]:
    """Lay out what is wrong with a cell as a row of ``cell_problem``."""
    return place_of(received) | {"service_id": received["service_id"]} | {name: getattr(problem, name) for name in _PROBLEM_FIELDS}


def action_rows(received: Mapping[str, Any], form: ReturnedActions) -> Iterator[dict[str, Any]]:
    """State what is said of each action; an action of which nothing is said is left out."""
    for line in form.lines:
        if line.update or line.rag or line.impact:
            yield place_of(received) | {
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


def panel_rows(received: Mapping[str, Any], form: ReturnedPanels, register: Register) -> Iterator[dict[str, Any]]:
    """State what is reported of each line its service still reports on; a line of which nothing is said is left out."""
    items = {item.line_ref: item for item in register.panel_items(parse_month(form.period), form.service_id)}
    for line in form.lines:
        item = items.get(line.line_ref)
        if item and (line.rag or line.figure is not None or line.comment):
            yield place_of(received) | {
                "line_ref": line.line_ref,
                "panel": item.panel.value,
                "directorate_id": item.directorate_id,
                "rag": line.rag.casefold() or None,
                "figure": line.figure if item.panel.asks_for_figure else None,
                "comment": line.comment,
                "sheet": form.sheet,
                "cells": json.dumps(line.cells, sort_keys=True),
                "sender": received["sender"],
                "recorded_at": received["received_at"],
                "sequence": received["sequence"],
            }
