"""The dataset of what services say: one row per KPI due, with every quantity the checks compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from pmf.register import Kpi
from pmf.register.kpi import Aggregation
from pmf.validation.datasets.counting import FIGURE_FIELDS
from pmf.validation.datasets.figuretext import decimals_given, figure_text, unit_text
from pmf.validation.datasets.forecasts import ForecastColumns, look_ahead
from pmf.validation.datasets.frame import to_frame
from pmf.validation.datasets.history import Figure, HistoryColumns, is_in_doubt, look_back
from pmf.validation.datasets.restatement import RestatementColumns, restatements
from pmf.validation.datasets.returns import printed_day
from pmf.validation.datasets.said import Said, everything_said
from pmf.validation.definitions import Definition
from pmf.validation.inputs import ReturnInputs, Row
from pmf.value import plain, quotient


@dataclass(frozen=True, kw_only=True)
class ObservationRow(ForecastColumns, RestatementColumns, HistoryColumns, Definition):
    """One row per KPI due in a month: its definition, what the return that counts says of it, and what its past says of that.

    ``answer``: figure; not available; unreadable; blank (neither figure nor "not available"); no row (the return lacks
    the KPI's row); no return; no source (its declared source has given nothing); withdrawn (the performance team has taken
    the figure back); not expected (nothing was said, and the KPI is suspended or in development); not yet due (nothing was
    said, and the figure cannot be had before a later day of its own); overdue (nothing was said, and that day has passed).
    ``answers_given`` counts the rows of the KPI that say different things. ``found`` is what was written. Columns ending
    in ``_text`` print a figure with its unit.

    Only where the answer is a figure: ``value`` is the one rated (numerator/denominator where both are given, else as
    typed) and ``cell_figure`` where it begins; ``decimals_given`` are those of the figure typed, ``parts_given`` counts
    numerator and denominator, of a weighted figure that is typed as if the numerator were: it needs its weight only.
    ``quotient_gap`` is how far the figure typed lies from the one worked out, in half units of the last printed decimal.

    Only where the answer is "not available": ``figures_beside`` counts figures given all the same, ``reason_words`` the
    words of the reason; only where it is "withdrawn": ``withdrawn_because`` the reason of that. ``source_title`` names the
    declared source a KPI's figure comes from; ``own_due_day`` is the day it can be had, where that comes after the deadline.
    """

    kpi_ref: str
    title: str
    service_id: str
    period_label: str
    file_hash: str | None
    file_name: str | None
    sheet: str | None
    cell_value: str | None
    cell_figure: str | None = None
    cell_numerator: str | None
    cell_not_available: str | None
    cell_reason: str | None
    cell_comment: str | None
    cell_missing_part: str | None = None
    answer: str
    answers_given: int
    found: str | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    value_text: str | None = None
    worked_out_text: str | None = None
    decimals_given: int | None = None
    parts_given: int | None = None
    missing_part: str | None = None
    quotient_gap: Decimal | None = None
    figures_beside: int | None = None
    reason_words: int | None = None
    withdrawn_because: str | None = None
    unit_text: str
    source_title: str | None
    own_due_day: str | None
    minimum_text: str | None
    maximum_text: str | None


def observation_frame(inputs: ReturnInputs) -> pd.DataFrame:
    """Lay out what was said of each KPI due. One row per kpi_ref; columns of ``ObservationRow``."""
    everything = everything_said(inputs)
    columns = {said.kpi.kpi_ref: _columns(said) for said in everything}
    figures = [_figure(said, columns[said.kpi.kpi_ref]) for said in everything if columns[said.kpi.kpi_ref].get("value") is not None]
    looked_back = look_back(figures, inputs)
    looked_ahead = look_ahead([figure for figure in figures if not is_in_doubt(figure, looked_back[figure.kpi.kpi_ref])], inputs)
    restated = restatements(figures, inputs)
    rows = [
        ObservationRow(
            **_shared(said, inputs.month.label),
            **columns[said.kpi.kpi_ref],
            **looked_back.get(said.kpi.kpi_ref, {}),
            **looked_ahead.get(said.kpi.kpi_ref, {}),
            **restated.get(said.kpi.kpi_ref, {}),
        )
        for said in everything
    ]
    return to_frame(ObservationRow, rows)


def _shared(said: Said, period_label: str) -> dict[str, Any]:
    """Say whose figure it is and how the KPI stands, whatever the answer."""
    kpi, line = said.kpi, said.line
    cells: Mapping[str, str] = line["cells"] if line else {}
    return {
        **vars(said.definition),
        **{f"cell_{name}": cells.get(name) for name in ("value", "numerator", "not_available", "reason", "comment")},
        "kpi_ref": kpi.kpi_ref,
        "title": kpi.title,
        "service_id": kpi.service_id,
        "period_label": period_label,
        "file_hash": said.file["file_hash"] if said.file else None,
        "file_name": said.file["file_name"] if said.file else None,
        "sheet": line["sheet"] if line else None,
        "answer": said.answer,
        "answers_given": said.answers_given,
        "found": _found(line) if line else None,
        "unit_text": unit_text(kpi),
        "source_title": said.source_title,
        "own_due_day": printed_day(said.own_due_at) if said.own_due_at else None,
        "minimum_text": figure_text(said.definition.minimum, kpi),
        "maximum_text": figure_text(said.definition.maximum, kpi),
    }


def _columns(said: Said) -> dict[str, Any]:
    """Say what is to be said of the answer itself."""
    line, answer = said.line, said.answer
    if line is None:
        return {}
    if answer == "figure":
        return _figure_columns(said.kpi, line)
    if answer == "not available":
        given = sum(line[name] is not None for name in FIGURE_FIELDS)
        return {"figures_beside": given, "reason_words": len(line["reason"].split())}
    return {"withdrawn_because": line["reason"]} if answer == "withdrawn" else {}


def _found(line: Row) -> str | None:
    """Print the figure as it was written: as typed, else as numerator and denominator, else the text that is no figure."""
    if line["value"] is not None:
        return plain(line["value"])
    if line["numerator"] is not None or line["denominator"] is not None:
        return " / ".join("?" if line[name] is None else plain(line[name]) for name in ("numerator", "denominator"))
    return line["raw"].get("value") or None


def _figure_columns(kpi: Kpi, line: Row) -> dict[str, Any]:
    typed, numerator, denominator = line["value"], line["numerator"], line["denominator"]
    worked_out = None
    if numerator is not None and denominator is not None:
        worked_out = quotient(numerator, denominator, multiplier=kpi.ratio_multiplier)
    value = typed if worked_out is None else worked_out
    missing = _missing_parts(kpi, line)
    return {
        "numerator": numerator,
        "denominator": denominator,
        "value": value,
        "value_text": figure_text(value, kpi),
        "worked_out_text": figure_text(worked_out, kpi),
        "decimals_given": None if typed is None else decimals_given(typed),
        "parts_given": 2 - len(missing),
        "missing_part": missing[0] if len(missing) == 1 else None,
        "cell_missing_part": line["cells"].get(missing[0]) if len(missing) == 1 else None,
        "cell_figure": line["cells"].get("value" if worked_out is None else "numerator"),
        "quotient_gap": _gap(typed, worked_out, kpi.decimals),
    }


def _missing_parts(kpi: Kpi, line: Row) -> list[str]:
    """Name what is not given of numerator and denominator, as far as it is needed once the other is."""
    is_weighted = kpi.aggregation is Aggregation.WEIGHTED and line["value"] is not None
    return [name for name in (("denominator",) if is_weighted else ("numerator", "denominator")) if line[name] is None]


def _gap(typed: Decimal | None, worked_out: Decimal | None, decimals: int) -> Decimal | None:
    """Measure how far two figures lie apart, in half units of the last printed decimal. None: there are not two."""
    if typed is None or worked_out is None:
        return None
    return abs(typed - worked_out).scaleb(decimals) * 2


def _figure(said: Said, columns: Mapping[str, Any]) -> Figure:
    """Hand on a figure to those who look at what was before and what is to come."""
    definition, value = said.definition, columns["value"]
    breaks_a_limit = (
        (definition.minimum is not None and value < definition.minimum)
        or (definition.maximum is not None and value > definition.maximum)
        or (columns["quotient_gap"] or 0) > 1
        or columns["missing_part"] is not None
        or (definition.needs_numerator and columns["parts_given"] == 0)
    )
    return Figure(said=said, value=value, denominator=columns["denominator"], breaks_a_limit=breaks_a_limit)
