"""Datasets of the corporate plan's actions: what is said of each in a quarter, and the cells of its forms that make no sense.

Whether an update bears out its status is told by words alone, few and plain: they find what is worth asking about, and
what they find is asked, never refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from pmf.period import Quarter
from pmf.register import Register
from pmf.register.action import PlanAction
from pmf.validation.commentary.path import parts_given
from pmf.validation.commentary.personal import masked, named, own_addresses, personal_data
from pmf.validation.datasets.frame import to_frame
from pmf.validation.datasets.returns import ANSWER_FIELD, printed_day
from pmf.validation.inputs import Row

_COMPLETE = "complete"


def _shortly_before(words: str) -> re.Pattern[str]:
    return re.compile(rf"(\b({words})|n['’]t)(\W+\w+){{0,3}}\W*$", re.IGNORECASE)


# Words that say another status than the one chosen, and words shortly before them that turn them round: "not yet complete",
# "will be delivered", "once the survey is finished" and "no longer at risk" speak for the status.
_AGAINST = {
    "not started": (
        re.compile(r"\b(completed?|finished|delivered)\b", re.IGNORECASE),
        _shortly_before("not|no|nor|never|without|be|until|once|when|before|after|if"),
    ),
    "green": (
        re.compile(
            r"\b(delayed|at risk|off track|behind (schedule|plan|target|time|programme)|(fell|fallen|falling|running) behind)\b"
            r"|\bbehind(?=\s*([.,;:!?]|$))",
            re.IGNORECASE,
        ),
        _shortly_before("not|no|nor|never|without|if|avoid"),
    ),
}
_END_OF_CLAUSE = re.compile(r"[.;:!?\n]")


@dataclass(frozen=True, kw_only=True)
class ActionInputs:
    """What is known of a quarter's plan actions.

    ``files`` are rows of ``received_file`` for the quarter and ``in_force`` those of them that count, one for each service
    that has sent its form; ``said`` and ``before`` rows of ``action_update`` for the quarter and the one before, the last of
    each action, with ``cells`` as a dictionary; ``problems`` rows of ``cell_problem`` of the files that count.
    ``service_id`` (None: all) looks at one service alone.
    """

    register: Register
    quarter: Quarter
    as_at: datetime
    files: Sequence[Row]
    in_force: Sequence[Row]
    said: Sequence[Row]
    before: Sequence[Row] = ()
    problems: Sequence[Row] = ()
    service_id: str | None = None

    @property
    def deadline(self) -> datetime:
        """The deadline of the quarter's last month, which the form of actions goes out with."""
        return self.register.profile.deadline(self.quarter.months[-1])


@dataclass(frozen=True, kw_only=True)
class ActionRow:
    """One row per plan action in force on the last day of a quarter.

    ``answer``: said (update and status); no update; no status; blank (neither); unreadable (the cell of one of them cannot
    be read); no return; not yet due. ``rag_label`` and ``update`` are what was written. ``service_actions`` counts the
    actions its service reports on: that its form has not come in is one finding, however many of their rows show it, and so
    is that the form that counts came in after the deadline (``arrival`` late; ``received`` is the day).

    Only where the answer is "said": ``rag`` is the status as stored; ``path_signs`` counts which of cause, next step and date the
    update shows any sign of, ``dates_named`` 1 or 0 whether a date; ``word_against`` is the first word of it that says
    another status; ``repeats_last`` says whether it is that of the quarter before, but for spaces and capitals;
    ``is_overdue`` whether the action was due by the quarter's end and is not complete.
    """

    action_ref: str
    title: str
    service_id: str
    service_name: str
    service_actions: int
    period_label: str
    deadline: str
    due_on: str | None
    file_hash: str | None
    file_name: str | None
    arrival: str | None
    received: str | None
    sheet: str | None
    cell_update: str | None
    cell_rag: str | None
    cell_impact: str | None
    answer: str
    rag_label: str | None
    update: str | None
    personal_data: str | None
    rag: str | None = None
    update_words: int | None = None
    impact_words: int | None = None
    path_signs: int | None = None
    dates_named: int | None = None
    word_against: str | None = None
    repeats_last: bool = False
    is_overdue: bool = False


def action_frame(inputs: ActionInputs) -> pd.DataFrame:
    """Lay out what is said of a quarter's plan actions. One row per action_ref; columns of ``ActionRow``."""
    actions = inputs.register.actions(inputs.quarter, inputs.service_id)
    of_service = Counter(action.service_id for action in actions)
    said = {row["action_ref"]: row for row in inputs.said}
    before = {row["action_ref"]: row["update_text"] for row in inputs.before}
    rows = [
        _action_row(
            inputs,
            action,
            said=said.get(action.action_ref),
            before=before.get(action.action_ref, ""),
            service_actions=of_service[action.service_id],
        )
        for action in actions
    ]
    return to_frame(ActionRow, rows)


def _action_row(inputs: ActionInputs, action: PlanAction, *, said: Row | None, before: str, service_actions: int) -> ActionRow:
    answer = _answer(inputs, action, said)
    in_force = next((file for file in inputs.in_force if file["service_id"] == action.service_id), None)
    file = next((file for file in inputs.files if said is not None and file["file_hash"] == said["file_hash"]), in_force)
    cells: Mapping[str, str] = said["cells"] if said else {}
    allowed = own_addresses(inputs.register.profile)
    return ActionRow(
        action_ref=action.action_ref,
        title=action.title,
        service_id=action.service_id,
        service_name=inputs.register.profile.service(action.service_id).name,
        service_actions=service_actions,
        period_label=inputs.quarter.label,
        deadline=printed_day(inputs.deadline),
        due_on=f"{action.due_on.day} {action.due_on:%B %Y}" if action.due_on else None,
        file_hash=file["file_hash"] if file else None,
        file_name=file["file_name"] if file else None,
        arrival=None if in_force is None else "late" if in_force["is_late"] else "in time",
        received=printed_day(in_force["received_at"]) if in_force else None,
        sheet=said["sheet"] if said else None,
        cell_update=cells.get("update"),
        cell_rag=cells.get("rag"),
        cell_impact=cells.get("impact"),
        answer=answer,
        rag_label=(said["rag"] or "").capitalize() or None if said else None,
        update=masked(said["update_text"], allowed=allowed) or None if said else None,
        personal_data=named(personal_data(f"{said['update_text']}\n{said['impact']}", allowed=allowed)) if said else None,
        **(_said_columns(inputs, action, said=said, before=before) if said and answer == "said" else {}),
    )


def _answer(inputs: ActionInputs, action: PlanAction, said: Row | None) -> str:
    if any(problem["kpi_ref"] == action.action_ref and problem["field"] in ("update", "rag") for problem in inputs.problems):
        return "unreadable"
    has_update, has_status = bool(said and said["update_text"]), bool(said and said["rag"])
    if has_update or has_status:
        return "said" if has_update and has_status else "no status" if has_update else "no update"
    if any(file["service_id"] == action.service_id for file in inputs.in_force):
        return "blank"
    return "no return" if inputs.as_at > inputs.deadline else "not yet due"


def _said_columns(inputs: ActionInputs, action: PlanAction, *, said: Row, before: str) -> dict[str, Any]:
    rag, update = said["rag"], said["update_text"]
    signs = parts_given(update) - {"owner"}
    words = update.casefold().split()
    return {
        "rag": rag,
        "update_words": len(words),
        "impact_words": len(said["impact"].split()),
        "path_signs": len(signs),
        "dates_named": int("date" in signs),
        "word_against": word_against(rag, update),
        "repeats_last": words == before.casefold().split(),
        "is_overdue": rag != _COMPLETE and action.due_on is not None and action.due_on <= inputs.quarter.last_day,
    }


def word_against(rag: str, update: str) -> str | None:
    """Find the first word of an update that says another status than the one chosen, unless the words before it turn it round."""
    if rag not in _AGAINST:
        return None
    words, turned_round = _AGAINST[rag]
    against = (match for match in words.finditer(update) if not turned_round.search(_END_OF_CLAUSE.split(update[: match.start()])[-1]))
    return next((match.group() for match in against), None)


@dataclass(frozen=True, kw_only=True)
class ActionCellRow:
    """One row per cell of a form of actions that counts which holds what the form has no room for, and per row that is nobody's.

    ``kind`` is action (a cell of an action's row), answer (that of a question's) or unknown row (the row's hidden mark is broken).
    """

    kind: str
    action_ref: str | None
    service_id: str
    file_hash: str
    file_name: str
    sheet: str
    cell: str
    found: str
    problem_message: str
    problem_fix: str


def action_cell_frame(inputs: ActionInputs) -> pd.DataFrame:
    """Lay out the cells and rows of a quarter's forms of actions that make no sense; columns of ``ActionCellRow``."""
    names = {file["file_hash"]: file["file_name"] for file in inputs.files}
    rows = [
        ActionCellRow(
            kind=_problem_kind(problem),
            action_ref=problem["kpi_ref"],
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
    return to_frame(ActionCellRow, rows)


def _problem_kind(problem: Row) -> str:
    if problem["kpi_ref"] is not None:
        return "action"
    return "answer" if problem["field"] == ANSWER_FIELD else "unknown row"
