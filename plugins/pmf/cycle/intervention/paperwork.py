"""The paperwork of interventions: the form as Word, page, PDF and workbook, the letters it goes out with, and the page of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pmf.cycle.documents import DOCX, HTML, INTERVENTION_FORM, PDF, XLSX, Edition, FinishedFile, finish_files
from pmf.cycle.intervention.record import Intervention, Kind, State, load_interventions
from pmf.cycle.intervention.returned import FORM_VERSION, form_items
from pmf.cycle.intervention.standing import Printer, load_states
from pmf.cycle.letters import Occasion, correction_deadline, digest_of, printed_moment, write_letters
from pmf.cycle.workspace import Workspace
from pmf.form.layout import load_layout
from pmf.form.model import InterventionForm
from pmf.form.writer import write_form
from pmf.mail import Attachment, Letter
from pmf.mail.letter import DOCX_SUBTYPE, XLSX_SUBTYPE
from pmf.page.web import render_html
from pmf.period import Month, parse_month
from pmf.register.intervention import approving_posts
from pmf.reporting.intervention import InterventionState, intervention_form, intervention_list
from pmf.store import place, put
from pmf.warehouse.engine import reading

_WORD_TEMPLATE = "intervention.docx"
_FORMATS = (HTML, PDF, DOCX)
EVENT = "intervention"
_PLAN, _APPROVE, _PROGRESS, _CLOSED = "plan", "approve", "progress", "closed"


@dataclass(frozen=True)
class Paperwork:
    """An intervention as it stands, with the files of its form."""

    item: Intervention
    state: InterventionState
    files: tuple[FinishedFile, ...]


def prepare(
    workspace: Workspace, printer: Printer, item: Intervention, *, folder: Path, formats: tuple[str, ...] = _FORMATS
) -> Paperwork | None:
    """Write an intervention's form, filled in as far as it is known. None: its month is not rated, so there is nothing to fill in."""
    state = printer.state(item)
    if state is None:
        return None
    document = intervention_form(state, workspace.profile, as_at=printed_moment(printer.as_at, workspace.profile))
    edition = Edition(f"{INTERVENTION_FORM}{item.intervention_id}", document, formats, _WORD_TEMPLATE)
    files = finish_files([edition], folder, workspace.settings)
    return Paperwork(item, state, (*files, _workbook(workspace, edition, state, folder, printer)))


def _workbook(workspace: Workspace, edition: Edition, state: InterventionState, folder: Path, printer: Printer) -> FinishedFile:
    """Write the form that comes back: signed, with a yellow cell for each answer."""
    profile, month = workspace.profile, parse_month(state.month)
    kpi = workspace.register.kpi(state.kpi_ref, month)
    form = InterventionForm(
        organisation=profile.slug,
        organisation_name=profile.name,
        period=state.month,
        period_label=f"{state.name}, {state.month_label}",
        service_id=state.service_id,
        service_name=state.service_name,
        deadline=correction_deadline(printer.as_at, profile),
        contact=profile.post(profile.performance_team).email,
        created=printer.as_at,
        notice=profile.notice,
        rows=form_items(state, approving_posts(profile, kpi) if kpi else {}),
    )
    content = write_form(form, layout=load_layout(workspace.settings.forms, FORM_VERSION), key=workspace.signing_key())
    path = folder / f"{edition.document_id}.{XLSX}"
    return FinishedFile(edition, XLSX, path, content, put(workspace.settings.store, content))


def month_letters(workspace: Workspace, papers: Sequence[Paperwork], month: Month, *, as_at: datetime) -> list[Letter]:
    """Write what a month asks for: a plan, approvals, or a word on how it went; to whose turn it is, with the form attached."""
    letters: list[Letter] = []
    for paper in papers:
        task = _task(paper, month)
        if task:
            letters += _letters(workspace, paper.item, paper.state, task, files=paper.files, as_at=as_at)
    return letters


def decision_letters(workspace: Workspace, items: Sequence[Intervention], *, as_at: datetime) -> list[Letter]:
    """Tell of what has just been decided: the approvers of a plan that is there now, the KPI holder of its approval or its end."""
    if not items:
        return []
    folder = Path("outbox") / workspace.organisation / "interventions"
    with reading(workspace.engine) as connection:
        printer = Printer(workspace, connection, as_at)
        papers = [paper for item in items if (paper := prepare(workspace, printer, item, folder=folder, formats=(DOCX,)))]
    letters: list[Letter] = []
    for paper in papers:
        task = _task_after(paper)
        if task:
            letters += _letters(workspace, paper.item, paper.state, task, files=paper.files, as_at=as_at)
    return letters


def _task_after(paper: Paperwork) -> str | None:
    """Say what follows from the last step. None: nobody is asked for anything new."""
    state, is_approval = State(paper.state.state), paper.item.steps[-1].kind is Kind.APPROVED
    if state is State.UNDER_WAY:
        return _PROGRESS if is_approval else None
    return {State.CLOSED: _CLOSED, State.TO_APPROVE: _APPROVE}.get(state)


def _task(paper: Paperwork, month: Month) -> str | None:
    """Say what a month's letter asks for. None: nothing is asked for now."""
    state = State(paper.state.state)
    if state is State.TO_PLAN:
        return _PLAN
    if state is State.TO_APPROVE:
        return _APPROVE
    followed = {item.month: item for item in paper.state.progress}
    is_over = bool(followed) and month.key >= max(followed)
    return _PROGRESS if is_over or (month.key in followed and not followed[month.key].said) else None


def _letters(
    workspace: Workspace, item: Intervention, state: InterventionState, task: str, *, files: Sequence[FinishedFile], as_at: datetime
) -> list[Letter]:
    profile, settings = workspace.profile, workspace.settings
    return write_letters(
        profile,
        settings,
        occasion=Occasion(event=EVENT, period=state.month, subject=state.intervention_id, version=_version(state, task), at=as_at),
        recipients=_recipients(workspace, item, task),
        template="intervention",
        context={
            "task": task,
            "intervention_id": state.intervention_id,
            "kpi_label": state.name,
            "service_name": state.service_name,
            "period_label": state.month_label,
            "fired_by": state.fired_by,
            "target": state.target,
            "tolerance": state.tolerance,
            "actual": state.actual,
            "cause": state.cause.printed,
            "steps": state.steps.printed,
            "progress": [f"{month.label}: target {month.target}, actual {month.actual}" for month in state.progress],
            "approvals": [f"{approval.label}, {approval.post}: {approval.on or 'not yet'}" for approval in state.approvals],
            "closed": state.closed,
            "deadline": printed_moment(correction_deadline(as_at, profile), profile),
            "workbook_name": f"{INTERVENTION_FORM}{state.intervention_id}.{XLSX}",
        },
        attachments=tuple(Attachment(file.path.name, file.content, _ATTACHED[file.format]) for file in files if file.format in _ATTACHED),
    )


_ATTACHED = {XLSX: XLSX_SUBTYPE, DOCX: DOCX_SUBTYPE}


def _version(state: InterventionState, task: str) -> str:
    """Name what a letter is about, so that nobody is told the same twice; each month that is rated since is something new."""
    months = [f"{item.actual} {item.said}" for item in state.progress]
    return digest_of([task, state.target, state.actual, state.cause.words, state.steps.words, state.closed, *months])


def _recipients(workspace: Workspace, item: Intervention, task: str) -> tuple[str, ...]:
    """Name whom a task is for: approvers for an approval, else whoever answers for the KPI; a start and an end its approvers too."""
    profile, kpi = workspace.profile, workspace.register.kpi(item.kpi_ref, item.month)
    if kpi is None:
        return ()
    posts = approving_posts(profile, kpi)
    if task == _APPROVE:
        return tuple(post for approver, post in posts.items() if not item.approved(approver))
    holders = workspace.register.answering_posts(profile.service(kpi.service_id), item.month, {kpi.kpi_ref})
    own = (kpi.holder_post, kpi.deputy_post) if kpi.holder_post else ()
    asked = tuple(post for post in own if post) or holders
    return (*asked, *posts.values()) if task == _CLOSED else asked


def board_letters(workspace: Workspace, states: Sequence[InterventionState], month: Month, *, as_at: datetime) -> list[Letter]:
    """Put the open interventions on the list of the council's board, once for each standing; a council without such a board tells none."""
    profile, open_ones = workspace.profile, [state for state in states if not state.is_closed]
    board = profile.board(profile.escalation_board) if profile.escalation_board else None
    if board is None or not open_ones:
        return []
    versions = [f"{state.intervention_id} {_version(state, state.state)}" for state in open_ones]
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(event="board_interventions", period=month.key, subject="board", version=digest_of(versions), at=as_at),
        recipients=(board.post,),
        template="board_interventions",
        context={"period_label": month.label, "board_name": board.name, "interventions": [_listed(state) for state in open_ones]},
    )


def _listed(state: InterventionState) -> dict[str, Any]:
    rated = [f"{item.label}: {item.actual} against {item.target}" for item in state.progress if item.status]
    return {
        "intervention_id": state.intervention_id,
        "kpi_label": state.name,
        "service_name": state.service_name,
        "opened_on": f"{state.opened_on:%-d %B %Y}",
        "state": state.state,
        "lies_with": state.lies_with,
        "figures": [f"{state.month_label}: {state.actual} against {state.target}, tolerance {state.tolerance}", *rated],
        "steps": state.steps.printed,
    }


def write_intervention_page(workspace: Workspace, *, as_at: datetime) -> Path:
    """Place the page of a council's interventions in the outbox, whole, and give its path relative to the home folder."""
    profile, settings = workspace.profile, workspace.settings
    with reading(workspace.engine) as connection:
        states = load_states(workspace, connection, load_interventions(workspace, connection, as_at=as_at), as_at=as_at)
    board = profile.board(profile.escalation_board).name if profile.escalation_board else ""
    page = intervention_list(states, profile, board=board, as_at=printed_moment(as_at, profile))
    path = settings.outbox / workspace.organisation / "interventions.html"
    place(path, render_html(page, templates=settings.templates))
    return path.relative_to(settings.home)
