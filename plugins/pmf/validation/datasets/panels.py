"""Datasets of the risk, finance and change panels: what is reported of each line in a month, and the cells that make no sense.

A line's colour is its directorate's word. What is looked at is whether the word has reasons beside it and agrees with the
figure; what is found is asked, never refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from pmf.period import Month
from pmf.register import Register
from pmf.register.dated import decimals_of
from pmf.register.panel import Panel, PanelItem
from pmf.validation.commentary.path import parts_given
from pmf.validation.commentary.personal import masked, named, own_addresses, personal_data
from pmf.validation.datasets.actions import word_against
from pmf.validation.datasets.frame import to_frame
from pmf.validation.datasets.returns import ANSWER_FIELD, printed_day
from pmf.validation.inputs import Row
from pmf.value import printed, quotient

_COMPLETE = "complete"


@dataclass(frozen=True, kw_only=True)
class PanelInputs:
    """What is known of a month's panels.

    ``files`` are rows of ``received_file`` for the month's forms of panels and ``in_force`` those of them that count, one for each
    service that has sent its form; ``said`` and ``before`` rows of ``panel_update`` for the month and the one before, the last of
    each line, with ``cells`` as a dictionary; ``problems`` rows of ``cell_problem`` of the files that count.
    ``service_id`` (None: all) looks at one service alone.
    """

    register: Register
    month: Month
    as_at: datetime
    files: Sequence[Row]
    in_force: Sequence[Row]
    said: Sequence[Row]
    before: Sequence[Row] = ()
    problems: Sequence[Row] = ()
    service_id: str | None = None

    @property
    def deadline(self) -> datetime:
        """The month's deadline, which the form goes out with."""
        return self.register.profile.deadline(self.month)


@dataclass(frozen=True, kw_only=True)
class PanelFrameRow:
    """One row per line of a panel in force on the last day of a month.

    ``answer``: said (status and comment); no comment; no status; blank (neither); unreadable (the cell of one of them cannot be
    read); no return; not yet due. ``figure_answer``: given, missing, unreadable, or none where none is asked for. ``lines`` counts
    those its directorate reports on: that its form has not come in is one finding, however many of their rows show it, and so is
    that the form that counts came in after the deadline (``arrival`` late; ``received`` is the day).

    Only where the answer is "said": ``rag`` is the status as stored; ``path_signs`` counts which of cause, next step and date the
    comment shows any sign of, ``dates_named`` 1 or 0 whether a date; ``word_against`` is the first word of it that says another
    status (not of a risk, whose comment may well speak of what is at risk); ``repeats_last`` says whether it is that of the month
    before, but for spaces and capitals; ``over_budget_pct`` by how much the forecast is above the budget, in per cent of it;
    ``over_target`` by how much a score is above its target; ``is_overdue`` whether a project was due by the month's end and is
    not complete. ``score`` is a risk's.
    """

    line_ref: str
    panel: str
    title: str
    service_id: str
    directorate_name: str
    lines: int
    period_label: str
    deadline: str
    aim: str
    file_hash: str | None
    file_name: str | None
    arrival: str | None
    received: str | None
    sheet: str | None
    cell_rag: str | None
    cell_amount: str | None
    cell_comment: str | None
    answer: str
    figure_answer: str
    figure_label: str | None
    rag_label: str | None
    comment: str | None
    personal_data: str | None
    score: Decimal | None = None
    is_whole_score: bool = True
    rag: str | None = None
    comment_words: int | None = None
    path_signs: int | None = None
    dates_named: int | None = None
    word_against: str | None = None
    repeats_last: bool = False
    over_budget_pct: Decimal | None = None
    over_target: Decimal | None = None
    is_overdue: bool = False


def panel_frame(inputs: PanelInputs) -> pd.DataFrame:
    """Lay out what is reported of a month's panels. One row per line_ref; columns of ``PanelFrameRow``."""
    items = inputs.register.panel_items(inputs.month, inputs.service_id)
    of_directorate = Counter(item.directorate_id for item in items)
    said = {row["line_ref"]: row for row in inputs.said}
    before = {row["line_ref"]: row["comment"] for row in inputs.before}
    rows = [
        _row(inputs, item, said=said.get(item.line_ref), before=before.get(item.line_ref, ""), lines=of_directorate[item.directorate_id])
        for item in items
    ]
    return to_frame(PanelFrameRow, rows)


def _row(inputs: PanelInputs, item: PanelItem, *, said: Row | None, before: str, lines: int) -> PanelFrameRow:
    directorate = next(one for one in inputs.register.profile.directorates if one.id == item.directorate_id)
    answer = _answer(inputs, item, str(directorate.panels_service), said)
    in_force = next((file for file in inputs.in_force if file["service_id"] == directorate.panels_service), None)
    file = next((file for file in inputs.files if said is not None and file["file_hash"] == said["file_hash"]), in_force)
    return PanelFrameRow(
        line_ref=item.line_ref,
        panel=item.panel.value,
        title=item.title,
        service_id=str(directorate.panels_service),
        directorate_name=directorate.name,
        lines=lines,
        period_label=inputs.month.label,
        deadline=printed_day(inputs.deadline),
        aim=_aim(item),
        file_hash=file["file_hash"] if file else None,
        file_name=file["file_name"] if file else None,
        arrival=None if in_force is None else "late" if in_force["is_late"] else "in time",
        received=printed_day(in_force["received_at"]) if in_force else None,
        answer=answer,
        figure_answer=_figure_answer(inputs, item, answer, said),
        **_written(inputs, item, said),
        **(_said_columns(inputs, item, said=said, before=before) if said and answer == "said" else {}),
    )


def _aim(item: PanelItem) -> str:
    if item.panel is Panel.CHANGE:
        return f"{item.due_on.day} {item.due_on:%B %Y}" if item.due_on else ""
    return printed(item.target_score) if item.panel is Panel.RISK else printed(item.budget, unit="£")


def _written(inputs: PanelInputs, item: PanelItem, said: Row | None) -> dict[str, Any]:
    """Lay out what was written of a line, and where."""
    cells: Mapping[str, str] = said["cells"] if said else {}
    allowed = own_addresses(inputs.register.profile)
    figure: Decimal | None = said["figure"] if said else None
    score = figure if item.panel is Panel.RISK else None
    unit = "£" if item.panel is Panel.FINANCE else ""
    return {
        "sheet": said["sheet"] if said else None,
        "cell_rag": cells.get("rag"),
        "cell_amount": cells.get("amount"),
        "cell_comment": cells.get("comment"),
        "figure_label": None if figure is None else printed(figure, unit=unit, decimals=decimals_of(figure)),
        "rag_label": (said["rag"] or "").capitalize() or None if said else None,
        "comment": masked(said["comment"], allowed=allowed) or None if said else None,
        "personal_data": named(personal_data(said["comment"], allowed=allowed)) if said else None,
        "score": score,
        "is_whole_score": score is None or decimals_of(score) == 0,
    }


def _unreadable(inputs: PanelInputs, item: PanelItem, *fields: str) -> bool:
    return any(problem["kpi_ref"] == item.line_ref and problem["field"] in fields for problem in inputs.problems)


def _answer(inputs: PanelInputs, item: PanelItem, service_id: str, said: Row | None) -> str:
    if _unreadable(inputs, item, "rag", "comment"):
        return "unreadable"
    has_comment, has_status = bool(said and said["comment"]), bool(said and said["rag"])
    if has_comment or has_status:
        return "said" if has_comment and has_status else "no status" if has_comment else "no comment"
    if any(file["service_id"] == service_id for file in inputs.in_force):
        return "blank"
    return "no return" if inputs.as_at > inputs.deadline else "not yet due"


def _figure_answer(inputs: PanelInputs, item: PanelItem, answer: str, said: Row | None) -> str:
    """Say whether the figure is there; a line of which nothing else is said is not asked for it twice, nor one that is closed."""
    if not item.panel.asks_for_figure or answer not in ("said", "no status", "no comment") or (said and said["rag"] == _COMPLETE):
        return "none"
    if _unreadable(inputs, item, "amount"):
        return "unreadable"
    return "given" if said and said["figure"] is not None else "missing"


def _said_columns(inputs: PanelInputs, item: PanelItem, *, said: Row, before: str) -> dict[str, Any]:
    rag, comment, figure = said["rag"], said["comment"], said["figure"]
    signs = parts_given(comment) - {"owner"}
    words = comment.casefold().split()
    return {
        "rag": rag,
        "comment_words": len(words),
        "path_signs": len(signs),
        "dates_named": int("date" in signs),
        "word_against": None if item.panel is Panel.RISK else word_against(rag, comment),
        "repeats_last": words == before.casefold().split(),
        "over_budget_pct": quotient(figure - item.budget, abs(item.budget), multiplier=100) if figure is not None and item.budget else None,
        "over_target": figure - item.target_score if figure is not None and item.target_score is not None else None,
        "is_overdue": rag != _COMPLETE and item.due_on is not None and item.due_on <= inputs.month.last_day,
    }


@dataclass(frozen=True, kw_only=True)
class PanelCellRow:
    """One row per cell of a form of panels that counts which holds what the form has no room for, and per row that is nobody's.

    ``kind`` is line (a cell of a line's row), answer (that of a question's) or unknown row (the row's hidden mark is broken).
    """

    kind: str
    line_ref: str | None
    service_id: str
    file_hash: str
    file_name: str
    sheet: str
    cell: str
    found: str
    problem_message: str
    problem_fix: str


def panel_cell_frame(inputs: PanelInputs) -> pd.DataFrame:
    """Lay out the cells and rows of a month's forms of panels that make no sense; columns of ``PanelCellRow``."""
    names = {file["file_hash"]: file["file_name"] for file in inputs.files}
    rows = [
        PanelCellRow(
            kind=_problem_kind(problem),
            line_ref=problem["kpi_ref"],
            service_id=problem["service_id"],
            file_hash=problem["file_hash"],
            file_name=names[problem["file_hash"]],
            sheet=problem["sheet"],
            cell=problem["cell"],
            found=problem["found"],
            problem_message=problem["message"],
            problem_fix=problem["fix"],
        )
        for problem in inputs.problems
    ]
    return to_frame(PanelCellRow, rows)


def _problem_kind(problem: Row) -> str:
    if problem["kpi_ref"] is not None:
        return "line"
    return "answer" if problem["field"] == ANSWER_FIELD else "unknown row"
