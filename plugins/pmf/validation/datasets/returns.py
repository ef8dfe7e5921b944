"""Datasets about files: the returns that are due, the files that came in, and the cells that make no sense."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from pmf.form.column import FieldName
from pmf.register import Kpi
from pmf.validation.datasets.counting import FIGURE_FIELDS, Counting, counting
from pmf.validation.datasets.frame import to_frame
from pmf.validation.inputs import ReturnInputs, Row

ANSWER_FIELD = FieldName.ANSWER.value


@dataclass(frozen=True, kw_only=True)
class ReturnRow:
    """One row per service a return is due from.

    ``state`` is returned, not released (it came in and waits for that), not yet due (nor is any of its figures to be had yet)
    or no return; ``returned`` 1 or 0. The file is the one that counts.
    """

    service_id: str
    service_name: str
    period: str
    period_label: str
    deadline: str
    figures_due: int
    state: str
    returned: int
    file_hash: str | None
    file_name: str | None


def return_frame(inputs: ReturnInputs) -> pd.DataFrame:
    """Lay out the returns due for a month. One row per service with a KPI due; columns of ``ReturnRow``."""
    due: dict[str, list[Kpi]] = {}
    for kpi in inputs.due:
        due.setdefault(kpi.service_id, []).append(kpi)
    rows = [_return_row(inputs, service_id, kpis, inputs.returned_by(service_id)) for service_id, kpis in due.items()]
    return to_frame(ReturnRow, rows)


def _return_row(inputs: ReturnInputs, service_id: str, kpis: Sequence[Kpi], file: Row | None) -> ReturnRow:
    is_asked = inputs.as_at > inputs.deadline and any(inputs.is_asked(kpi) for kpi in kpis)
    absent = "no return" if is_asked else "not yet due"
    if any(row["service_id"] == service_id and row["outcome"] == "accepted" and not row["is_released"] for row in inputs.files):
        absent = "not released"
    return ReturnRow(
        service_id=service_id,
        service_name=inputs.register.profile.service(service_id).name,
        period=inputs.month.key,
        period_label=inputs.month.label,
        deadline=printed_day(inputs.deadline),
        figures_due=len(kpis),
        state="returned" if file else absent,
        returned=1 if file else 0,
        file_hash=file["file_hash"] if file else None,
        file_name=file["file_name"] if file else None,
    )


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """One row per file that came in for a month. ``arrival`` is in time, late, or replaced by a later return."""

    file_hash: str
    file_name: str
    service_id: str | None
    outcome: str
    problem_message: str | None
    problem_fix: str | None
    arrival: str
    received: str
    deadline: str


def file_frame(inputs: ReturnInputs) -> pd.DataFrame:
    """Lay out the files of a month, refused ones included. One row per file; columns of ``FileRow``."""
    counting = {file["file_hash"] for file in inputs.in_force.values()}
    return to_frame(FileRow, [_file_row(inputs, file, counts=file["file_hash"] in counting) for file in inputs.files])


def _file_row(inputs: ReturnInputs, file: Row, *, counts: bool) -> FileRow:
    return FileRow(
        file_hash=file["file_hash"],
        file_name=file["file_name"],
        service_id=file["service_id"],
        outcome=file["outcome"],
        problem_message=file["message"],
        problem_fix=file["fix"],
        arrival=("late" if file["is_late"] else "in time") if counts or not file["is_released"] else "replaced",
        received=printed_day(file["received_at"]),
        deadline=printed_day(inputs.deadline),
    )


@dataclass(frozen=True, kw_only=True)
class CellRow:
    """One row per cell of a return that counts which holds what the form has no room for, and per row out of place.

    ``kind`` is figure (the KPI's figure cannot be read), other (something beside it cannot), answer (the answer to a question
    cannot), unknown row (the row's hidden mark is broken) or not due (the row is for a KPI that is not due from the service).
    """

    kind: str
    kpi_ref: str | None
    service_id: str
    file_hash: str
    file_name: str
    sheet: str
    cell: str
    found: str
    problem_message: str
    problem_fix: str


def cell_frame(inputs: ReturnInputs) -> pd.DataFrame:
    """Lay out the cells and rows of a month's returns that make no sense; columns of ``CellRow``."""
    files = {file["file_hash"]: file for file in inputs.in_force.values()}
    return to_frame(CellRow, [*_problem_rows(inputs, files), *_misplaced_rows(inputs, files)])


def _problem_rows(inputs: ReturnInputs, files: dict[str, Row]) -> Iterator[CellRow]:
    counts = counting(inputs)
    for problem in inputs.problems:
        if problem["file_hash"] in files:
            # What cannot be read there leaves the KPI without a figure, unless another file states it.
            counted = counts.get(problem["kpi_ref"] or "", Counting())
            is_figure = problem["field"] in FIGURE_FIELDS and counted.is_in(problem["file_hash"])
            of_nobody = "answer" if problem["field"] == ANSWER_FIELD else "unknown row"
            yield CellRow(
                kind=of_nobody if problem["kpi_ref"] is None else "figure" if is_figure else "other",
                kpi_ref=problem["kpi_ref"],
                service_id=problem["service_id"],
                file_hash=problem["file_hash"],
                file_name=files[problem["file_hash"]]["file_name"],
                sheet=problem["sheet"],
                cell=problem["cell"],
                found=problem["found"],
                problem_message=problem["message"],
                problem_fix=problem["fix"],
            )


def _misplaced_rows(inputs: ReturnInputs, files: dict[str, Row]) -> Iterator[CellRow]:
    due = {(kpi.service_id, kpi.kpi_ref) for kpi in inputs.due}
    for line in inputs.lines:
        if line["file_hash"] in files and line["kpi_ref"] is not None and (line["service_id"], line["kpi_ref"]) not in due:
            yield CellRow(
                kind="not due",
                kpi_ref=line["kpi_ref"],
                service_id=line["service_id"],
                file_hash=line["file_hash"],
                file_name=files[line["file_hash"]]["file_name"],
                sheet=line["sheet"],
                cell=line["cells"].get("value", ""),
                found=line["kpi_ref"],
                problem_message="",
                problem_fix="",
            )


def printed_day(moment: datetime) -> str:
    """Print an instant's day for a letter: "8 October 2024"."""
    return f"{moment.day} {moment:%B %Y}"
