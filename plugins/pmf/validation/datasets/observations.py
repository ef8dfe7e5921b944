"""The dataset of what services say: one row per KPI due, with every quantity the checks compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from pmf.period import parse_month
from pmf.register import Kpi, Target
from pmf.register.kpi import StatusType
from pmf.validation.datasets.counting import FIGURE_FIELDS, counting
from pmf.validation.datasets.frame import to_frame
from pmf.validation.definitions import Definition, define, templates_in_force
from pmf.validation.inputs import ReturnInputs, Row
from pmf.value import plain, printed, quotient

# Nobody is asked for figures of these; what comes in all the same is checked like any other.
_NOT_COLLECTED = frozenset({StatusType.SUSPENDED, StatusType.IN_DEVELOPMENT})


@dataclass(frozen=True, kw_only=True)
class ObservationRow(Definition):
    """One row per KPI due in a month: its definition, and what the return that counts says of it.

    ``answer``: figure; not available; unreadable; blank (neither figure nor "not available"); no row (the return lacks
    the KPI's row); no return; no source (its declared source has given nothing); withdrawn (the performance team has taken
    the figure back); not expected (nothing was said, and the KPI is suspended or in development).
    ``answers_given`` counts the rows of the KPI that say different things. ``found`` is what was written. Columns ending
    in ``_text`` print a figure with its unit.

    Only where the answer is a figure: ``value`` is the one rated (numerator/denominator where both are given, else as
    typed) and ``cell_figure`` where it begins; ``decimals_given`` are those of the figure typed, ``parts_given`` counts
    numerator and denominator; ``quotient_gap`` is how far the figure typed lies from the one worked out, in half units of
    the last printed decimal; ``previous`` is the latest earlier figure (of a cumulative KPI: of the financial year) and
    ``unexplained_movement_pct`` the change on it in per cent of its size (empty when it is 0, and where there is a comment);
    ``usual`` is that earlier figure or, where there is none, the target, and ``usual_text`` says which.

    Only where the answer is "not available": ``figures_beside`` counts figures given all the same, ``reason_words`` the
    words of the reason; only where it is "withdrawn": ``withdrawn_because`` the reason of that. ``source_title`` names the
    declared source a KPI's figure comes from.
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
    previous: Decimal | None = None
    previous_text: str | None = None
    previous_label: str | None = None
    unexplained_movement_pct: Decimal | None = None
    usual: Decimal | None = None
    usual_text: str | None = None
    figures_beside: int | None = None
    reason_words: int | None = None
    withdrawn_because: str | None = None
    source_title: str | None
    minimum_text: str | None
    maximum_text: str | None


def observation_frame(inputs: ReturnInputs) -> pd.DataFrame:
    """Lay out what was said of each KPI due. One row per kpi_ref; columns of ``ObservationRow``."""
    counts = counting(inputs)
    templates = templates_in_force(inputs.register, inputs.month)
    unreadable = {(row["kpi_ref"], row["file_hash"]) for row in inputs.problems if row["field"] in FIGURE_FIELDS}
    previous = _latest_earlier(inputs)
    titles: dict[str | None, str] = {source.id: source.title for source in inputs.register.sources}
    rows = []
    for kpi in inputs.due:
        counted = counts[kpi.kpi_ref]
        file = counted.file or inputs.returned_by(kpi.service_id)
        said = _Said(
            kpi=kpi,
            definition=define(kpi, templates.get(kpi.kpi_ref)),
            file=file,
            line=counted.lines[0] if counted.lines else None,
            is_unreadable=file is not None and (kpi.kpi_ref, file["file_hash"]) in unreadable and kpi.source_id is None,
            previous=previous.get(kpi.kpi_ref),
            source_title=titles.get(kpi.source_id),
            target=inputs.register.target(kpi.kpi_ref, inputs.month),
        )
        rows.append(_row(said, inputs.month.label, answers_given=len({_statement(line) for line in counted.lines})))
    return to_frame(ObservationRow, rows)


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What there is to say of one KPI: its definition, the return that counts, its line in it, the figure before."""

    kpi: Kpi
    definition: Definition
    file: Row | None
    line: Row | None
    is_unreadable: bool
    previous: Row | None
    source_title: str | None
    target: Target | None

    @property
    def answer(self) -> str:
        if self.is_unreadable:
            return "unreadable"
        if self.line is not None and self.line["is_withdrawn"]:
            return "withdrawn"
        if self.line is not None and self.line["not_available"]:
            return "not available"
        if self.line is not None and any(self.line[name] is not None for name in FIGURE_FIELDS):
            return "figure"
        if self.kpi.status_type in _NOT_COLLECTED:
            return "not expected"
        if self.kpi.source_id is not None:
            return "no source"
        if self.line is not None:
            return "blank"
        return "no return" if self.file is None else "no row"


def _latest_earlier(inputs: ReturnInputs) -> dict[str, Row]:
    """Map each KPI to its latest earlier observation that has a figure; of a cumulative KPI, within the financial year."""
    cumulative = {kpi.kpi_ref for kpi in inputs.due if kpi.is_cumulative}
    this_month, first_of_year = inputs.month.key, inputs.month.financial_year.months[0].key
    latest: dict[str, Row] = {}
    for row in inputs.history:
        since = first_of_year if row["kpi_ref"] in cumulative else ""
        known = latest.get(row["kpi_ref"])
        if row["value"] is not None and since <= row["period"] < this_month and (known is None or known["period"] < row["period"]):
            latest[row["kpi_ref"]] = row
    return latest


def _statement(line: Row) -> tuple[Any, ...]:
    return (*(line[name] for name in FIGURE_FIELDS), line["not_available"])


def _row(said: _Said, period_label: str, *, answers_given: int) -> ObservationRow:
    kpi, line, answer = said.kpi, said.line, said.answer
    cells: Mapping[str, str] = line["cells"] if line else {}
    columns: dict[str, Any] = {}
    if line is not None and answer == "figure":
        columns = _figure_columns(said, line)
    elif line is not None and answer == "not available":
        given = sum(line[name] is not None for name in FIGURE_FIELDS)
        columns = {"figures_beside": given, "reason_words": len(line["reason"].split())}
    elif line is not None and answer == "withdrawn":
        columns = {"withdrawn_because": line["reason"]}
    shared: dict[str, Any] = {
        **vars(said.definition),
        **{f"cell_{name}": cells.get(name) for name in ("value", "numerator", "not_available", "reason", "comment")},
        "kpi_ref": kpi.kpi_ref,
        "title": kpi.title,
        "service_id": kpi.service_id,
        "period_label": period_label,
        "file_hash": said.file["file_hash"] if said.file else None,
        "file_name": said.file["file_name"] if said.file else None,
        "sheet": line["sheet"] if line else None,
        "answer": answer,
        "answers_given": answers_given,
        "found": _found(line) if line else None,
        "source_title": said.source_title,
        "minimum_text": _text(said.definition.minimum, kpi),
        "maximum_text": _text(said.definition.maximum, kpi),
    }
    return ObservationRow(**(shared | columns))


def _found(line: Row) -> str | None:
    """Print the figure as it was written: as typed, else as numerator and denominator, else the text that is no figure."""
    if line["value"] is not None:
        return plain(line["value"])
    if line["numerator"] is not None or line["denominator"] is not None:
        return " / ".join("?" if line[name] is None else plain(line[name]) for name in ("numerator", "denominator"))
    return line["raw"].get("value") or None


def _figure_columns(said: _Said, line: Row) -> dict[str, Any]:
    kpi, typed, numerator, denominator = said.kpi, line["value"], line["numerator"], line["denominator"]
    worked_out = None
    if numerator is not None and denominator is not None:
        worked_out = quotient(numerator, denominator, multiplier=kpi.ratio_multiplier)
    value = typed if worked_out is None else worked_out
    missing = [name for name in ("numerator", "denominator") if line[name] is None]
    return {
        "numerator": numerator,
        "denominator": denominator,
        "value": value,
        "value_text": _text(value, kpi),
        "worked_out_text": _text(worked_out, kpi),
        "decimals_given": None if typed is None else _decimals(typed),
        "parts_given": 2 - len(missing),
        "missing_part": missing[0] if len(missing) == 1 else None,
        "cell_missing_part": line["cells"].get(missing[0]) if len(missing) == 1 else None,
        "cell_figure": line["cells"].get("value" if worked_out is None else "numerator"),
        "quotient_gap": _gap(typed, worked_out, kpi.decimals),
        **_movement(value, said.previous, kpi=kpi, is_explained=bool(line["comment"].strip())),
        **_usual(said),
    }


def _decimals(figure: Decimal) -> int:
    """Count the decimals of a figure as written, without trailing zeros."""
    return len(plain(figure).partition(".")[2].rstrip("0"))


def _gap(typed: Decimal | None, worked_out: Decimal | None, decimals: int) -> Decimal | None:
    """Measure how far two figures lie apart, in half units of the last printed decimal. None: there are not two."""
    if typed is None or worked_out is None:
        return None
    return abs(typed - worked_out).scaleb(decimals) * 2


def _movement(value: Decimal | None, previous: Row | None, *, kpi: Kpi, is_explained: bool) -> dict[str, Any]:
    if previous is None:
        return {}
    before: Decimal = previous["value"]
    change = None if value is None or is_explained else quotient(abs(value - before), abs(before), multiplier=100)
    return {
        "previous": before,
        "previous_text": _text(before, kpi),
        "previous_label": parse_month(previous["period"]).label,
        "unexplained_movement_pct": change,
    }


def _usual(said: _Said) -> dict[str, Any]:
    """Say how large figures of the KPI are: as the one before or, in its first month, as its target."""
    if said.previous is not None:
        before: Decimal = said.previous["value"]
        return {"usual": before, "usual_text": f"after {_text(before, said.kpi)} in {parse_month(said.previous['period']).label}"}
    if said.target is not None:
        return {"usual": said.target.bounds[0], "usual_text": f"against a target of {said.target.printed(said.kpi)}"}
    return {}


def _text(figure: Decimal | None, kpi: Kpi) -> str | None:
    """Print a figure with its unit and the decimals it has, but no more than two beyond those its KPI is printed with."""
    return None if figure is None else printed(figure, unit=kpi.unit, decimals=min(_decimals(figure), kpi.decimals + 2))
