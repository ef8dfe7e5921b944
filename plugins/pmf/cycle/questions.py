"""The open queries of a period as the questions that go out with a service's letter and form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from pmf.cycle.queries import Problem, asking_rules
from pmf.cycle.querythread import PIPELINE, Key, State, Thread
from pmf.cycle.telling import kind_of
from pmf.cycle.workspace import Workspace
from pmf.finding import Finding, Severity
from pmf.form.address import position
from pmf.form.column import FieldName
from pmf.form.layout import Layout, load_layouts
from pmf.form.model import Kind, Question
from pmf.period import Month, Quarter
from pmf.register import Register
from pmf.validation.suites import Rule

_COMMENTARY = "commentary."


def questions_for(
    workspace: Workspace, period: Month | Quarter, threads: Iterable[Thread], problems: Mapping[Key, Problem]
) -> dict[str, tuple[Question, ...]]:
    """Map each service to what is asked of it: in the order of the register, then of the suites.

    A query that has been answered lies with the performance team and is not asked; nor is one of which nothing stands now.
    """
    register = workspace.register
    titles = titles_of(register, period)
    rules, layouts = asking_rules(workspace.settings.expectations), load_layouts(workspace.settings.forms)
    places = {name: place for place, name in enumerate(chain((ref for _, ref in titles), rules))}
    asked = [thread for thread in threads if thread.state is State.OPEN and thread.key in problems]
    asked.sort(key=lambda thread: (places.get(thread.key.subject, len(places)), places[thread.key.rule_id]))
    questions: dict[str, tuple[Question, ...]] = {}
    for thread in asked:
        problem, kind = problems[thread.key], kind_of(thread.key.rule_id)
        question = Question(
            query_id=thread.query_id,
            kpi_ref=thread.key.subject,
            title=titles.get((kind, thread.key.subject), ""),
            text=_text(thread, problem),
            fix=problem.first.fix,
            cell_field=_field(problem.first, rules[thread.key.rule_id], layouts.values()),
            is_failing=problem.severity is Severity.CRITICAL,
            kind=kind,
        )
        questions[thread.service_id] = (*questions.get(thread.service_id, ()), question)
    return questions


def titles_of(register: Register, period: Month | Quarter) -> dict[tuple[Kind, str], str]:
    """Map what is asked about in a period to its title; an action may have the reference of a KPI, and a line that of either."""
    titles = {(Kind.KPIS, kpi.kpi_ref): kpi.title for kpi in register.kpis(period)}
    titles |= {(Kind.ACTIONS, action.action_ref): action.title for action in register.actions(period.months[-1].quarter)}
    return titles | {(Kind.PANELS, item.line_ref): item.title for item in register.panel_items(period)}


def _text(thread: Thread, problem: Problem) -> str:
    """Say what was found and, where a person has asked since, what they asked."""
    return problem.text if thread.last.author == PIPELINE else f"{problem.text} {thread.last.text}"


def _field(found: Finding, rule: Rule, layouts: Iterable[Layout]) -> FieldName | None:
    """Name the field of the form a finding is about: as its rule says, else by the cell. None: the row as a whole."""
    if rule.meta.column_field in {*FieldName}:
        return FieldName(str(rule.meta.column_field))
    if rule.rule_id.startswith(_COMMENTARY):
        return FieldName.COMMENT
    layout = next((layout for layout in layouts if layout.form_sheet == found.sheet), None)
    if layout is None or not found.cell:
        return None
    _, number = position(found.cell)
    return next((column.field for column in layout.columns if column.number == number and column.input), None)
