"""Whether a month's figure has changed since it was rated: columns of the observation dataset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pmf.validation.datasets.figuretext import figure_text
from pmf.validation.datasets.history import Figure
from pmf.validation.inputs import ReturnInputs
from pmf.value import quotient


@dataclass(frozen=True, kw_only=True)
class RestatementColumns:
    """A figure beside the one its month was rated on before; empty where there was none or it was provisional.

    ``unexplained_restatement_pct`` is how far the two lie apart in per cent of the one rated (of the new one, where that was 0).
    It is empty where the comment is another than then, or where a reason is given.
    """

    rated_text: str | None = None
    unexplained_restatement_pct: Decimal | None = None


def restatements(figures: Iterable[Figure], inputs: ReturnInputs) -> dict[str, dict[str, Any]]:
    """Work out the columns of ``RestatementColumns`` for figures whose month has been rated, by kpi_ref."""
    rated = {row["kpi_ref"]: row for row in inputs.rated if row["value"] is not None and row["status"] != "provisional"}
    columns = {}
    for figure in figures:
        kpi = figure.said.kpi
        before = rated.get(kpi.kpi_ref)
        if before is None or figure.value == before["value"]:
            continue
        moved = quotient(abs(figure.value - before["value"]), abs(before["value"] or figure.value), multiplier=100)
        is_explained = figure.said.comment not in ("", before["comment"].strip()) or bool(figure.said.reason)
        columns[kpi.kpi_ref] = {
            "rated_text": figure_text(before["value"], kpi),
            "unexplained_restatement_pct": None if is_explained else moved,
        }
    return columns
