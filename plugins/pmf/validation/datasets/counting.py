"""Which of a month's files says what counts of each KPI: the newest that states something, by whatever channel it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pmf.register import Kpi
from pmf.validation.inputs import FORM, ReturnInputs, Row

FIGURE_FIELDS = ("value", "numerator", "denominator")


@dataclass(frozen=True)
class Counting:
    """What counts of one KPI: a file and its lines about the KPI. None and no lines: no file says anything of it.

    ``form_line`` is what the service's form says of it (None: nothing), where comment and forecast stand also for a KPI whose
    figure has come in another way.
    """

    file: Row | None = None
    lines: tuple[Row, ...] = ()
    form_line: Row | None = None

    def is_in(self, file_hash: str) -> bool:
        """Tell whether a file is the one that counts."""
        return self.file is not None and bool(self.file["file_hash"] == file_hash)


def counting(inputs: ReturnInputs) -> dict[str, Counting]:
    """Say for each KPI due which file counts."""
    files = {file["file_hash"]: file for file in inputs.in_force.values()}
    lines: dict[tuple[str, str], list[Row]] = {}
    for line in inputs.lines:
        if line["file_hash"] in files:
            lines.setdefault((line["kpi_ref"], line["service_id"]), []).append(line)
    return {kpi.kpi_ref: _choose(kpi, lines.get((kpi.kpi_ref, kpi.service_id), ()), files) for kpi in inputs.due}


def _choose(kpi: Kpi, lines: Sequence[Row], files: Mapping[str, Row]) -> Counting:
    """Choose the newest file that states something of a KPI, else the newest that has a line about it.

    A KPI whose figure comes from a declared source is stated by that source and by entries alone; what its form has room
    for is a comment.
    """
    by_file: dict[str, list[Row]] = {}
    for line in lines:
        if kpi.source_id is None or files[line["file_hash"]]["channel"] != FORM:
            by_file.setdefault(line["file_hash"], []).append(line)
    in_order = sorted(by_file, key=lambda file_hash: _arrived(files[file_hash]))
    stating = [file_hash for file_hash in in_order if any(_states_something(line) for line in by_file[file_hash])]
    chosen = (stating or in_order)[-1:]
    form_line = next((line for line in lines if files[line["file_hash"]]["channel"] == FORM), None)
    if not chosen:
        return Counting(form_line=form_line)
    return Counting(files[chosen[0]], tuple(by_file[chosen[0]]), form_line)


def _arrived(file: Row) -> tuple[Any, ...]:
    return (file["received_at"], file["sequence"])


def _states_something(line: Row) -> bool:
    return bool(line["not_available"] or line["is_withdrawn"]) or any(line[name] is not None for name in FIGURE_FIELDS)
