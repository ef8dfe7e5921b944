"""Answers that came back in a form, taken to the threads of the queries they answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmf.cycle.querythread import Kind, State, Thread, asked_with
from pmf.form.column import FieldName
from pmf.form.item import Answer
from pmf.form.model import CellProblem, Returned


def take_answers(
    form: Returned, received: Mapping[str, Any], threads: Mapping[str, Thread]
) -> tuple[tuple[Thread, ...], tuple[CellProblem, ...]]:
    """Add a form's answers to the threads of its service and period; give the threads that grew, and the answers to no such query.

    ``received`` is the form's row of ``received_file``, ``threads`` the known queries by name. A closed query takes no more
    answers, and what was answered before it was asked again is no new answer.
    """
    grown: dict[str, Thread] = {}
    problems, periods = [], asked_with(form.period)
    for answer in form.answers:
        thread = grown.get(answer.query_id) or threads.get(answer.query_id)
        if thread is None or thread.service_id != form.service_id or thread.key.period not in periods:
            problems.append(_foreign(answer))
        elif _is_news(thread, answer.text):
            cell = f"{answer.sheet}!{answer.cell}"
            grown[thread.query_id] = thread.then(
                Kind.ANSWERED,
                author=received["sender"],
                text=answer.text,
                at=received["received_at"],
                file_hash=received["file_hash"],
                cell=cell,
            )
    return tuple(grown.values()), tuple(problems)


def _is_news(thread: Thread, words: str) -> bool:
    if thread.state is State.OPEN:
        return words not in {event.text for event in thread.events if event.kind is Kind.ANSWERED}
    return thread.state is State.ANSWERED


def _foreign(answer: Answer) -> CellProblem:
    return CellProblem(
        code="foreign_question",
        sheet=answer.sheet,
        cell=answer.cell,
        field=FieldName.ANSWER.value,
        kpi_ref=None,
        found=answer.query_id,
        message=f"{answer.query_id} is no question that was put to this service about this period, so its answer was not taken.",
        fix="Answer in the form that was e-mailed to you for this period, or tell the performance team which question it is about.",
    )
