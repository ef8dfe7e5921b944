"""The committee papers of a quarter as documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pmf.cycle.documents import PAPER_FORMATS, Edition
from pmf.cycle.measures import fills_of
from pmf.cycle.memberquestions import Question, is_told, load_questions, printed_question
from pmf.cycle.movements import movement_groups
from pmf.cycle.panels import load_panels
from pmf.cycle.planactions import load_actions
from pmf.cycle.reported import reported_at
from pmf.cycle.restated import Knowledge, load_knowledge, restatements
from pmf.cycle.workspace import Workspace
from pmf.period import Quarter, parse_quarter
from pmf.rating.policy import Policy
from pmf.register import Committee
from pmf.register.changes import Change, adopted_changes
from pmf.register.panel import Panel
from pmf.register.papertext import PaperText
from pmf.reporting.disclosure.edition import Audience
from pmf.reporting.measure import Measure
from pmf.reporting.panels import PanelLine
from pmf.reporting.paper import committee_paper
from pmf.reporting.papersetting import PaperSetting
from pmf.reporting.planactions import ActionLine
from pmf.reporting.restatement import Restated
from pmf.reporting.waiver import PrintedWaiver
from pmf.warehouse.engine import reading

# What a committee reads its indicators together with; its budgets come to it in a finance report of their own.
_PANELS_OF_PAPERS = (Panel.RISK, Panel.CHANGE)


@dataclass(frozen=True)
class Background:
    """What the papers of a quarter tell besides their measures, of all bodies.

    ``reported`` maps each paper of the quarter before to when its last edition was made, ``known`` those moments, and now, to the
    figures as they were known then; ``reasons`` are rows of ``restatements_at``. ``actions`` are by committee.
    """

    changes: tuple[Change, ...]
    reported: Mapping[str, datetime]
    known: Mapping[datetime, Knowledge]
    reasons: Sequence[Mapping[str, Any]]
    questions: Sequence[Question]
    actions: Mapping[str, tuple[ActionLine, ...]]
    panels: tuple[PanelLine, ...]


def paper_editions(
    workspace: Workspace,
    quarter: Quarter,
    measures: Sequence[Measure],
    *,
    words: PaperText,
    policy: Policy,
    waivers: tuple[PrintedWaiver, ...],
    as_at: datetime,
    audience: Audience = Audience(),  # noqa: B008 - frozen: for readers inside the council
) -> Iterator[Edition]:
    """Build the paper of each committee that has indicators; ``waivers`` are those in use that are about no KPI."""
    background = _load_background(workspace, quarter, policy, as_at=as_at)
    for committee in workspace.profile.committees:
        # Who receives papers after another body receives the same: cabinet after its scrutiny panel (HDC).
        own = [item for item in measures if item.kpi.committee_id in (committee.id, committee.receives_after or committee.id)]
        if not own:
            continue
        directorates = {measure.kpi.directorate_id for measure in own}
        setting = PaperSetting(
            profile=workspace.profile,
            committee=committee,
            quarter=quarter,
            as_at=as_at,
            words=words,
            criteria=policy.criteria,
            fills=fills_of(policy),
            movements=movement_groups(own, quarter),
            meeting_date=_meeting_date(committee, quarter),
            waivers=waivers,
            changes=tuple(
                change
                for change in background.changes
                if {committee.id, committee.receives_after} & set(change.committee_ids) and audience.hears_of(change.kpi_ref)
            ),
            restated=_restated(background, committee, [item for item in own if audience.hears_more_of(item.ref)], quarter, as_at),
            questions=tuple(
                printed_question(workspace, question)
                for question in background.questions
                if audience.hears_more_of(question.kpi_ref)
                and is_told(question, committee, quarter, since=background.reported.get(_name(committee)))
            ),
            actions=background.actions[committee.id],
            panels=tuple(line for line in audience.panels(background.panels) if line.directorate_id in directorates),
        )
        yield Edition(_name(committee), committee_paper(own, setting), PAPER_FORMATS)


def _name(committee: Committee) -> str:
    return f"paper-{committee.id}"


def _load_background(workspace: Workspace, quarter: Quarter, policy: Policy, *, as_at: datetime) -> Background:
    reported = reported_at(workspace, quarter.previous, as_at=as_at)
    moments = {moment for name, moment in reported.items() if name in {_name(committee) for committee in workspace.profile.committees}}
    last = quarter.previous.months[-1]
    with reading(workspace.engine) as connection:
        events = workspace.read(connection, "change_events_at", as_at=as_at)
        return Background(
            changes=adopted_changes(workspace.register, events, quarter),
            reported=reported,
            known={
                at: load_knowledge(workspace, connection, last, policy, at=at) for at in sorted(moments | {as_at} if moments else set())
            },
            reasons=workspace.read(connection, "restatements_at", as_at=as_at),
            questions=load_questions(workspace, connection, as_at=as_at),
            actions={
                committee.id: load_actions(workspace, connection, quarter, committee, as_at=as_at)
                for committee in workspace.profile.committees
            },
            panels=tuple(line for line in load_panels(workspace, connection, quarter, as_at=as_at) if line.panel in _PANELS_OF_PAPERS),
        )


def _restated(
    background: Background, committee: Committee, measures: Sequence[Measure], quarter: Quarter, as_at: datetime
) -> tuple[Restated, ...]:
    """List what has become known otherwise since the paper before; nothing was reported where there is none."""
    before = background.reported.get(_name(committee))
    if before is None:
        return ()
    then, now = background.known[before], background.known[as_at]
    return restatements(measures, quarter, then=then, now=now, reasons=background.reasons)


def _meeting_date(committee: Committee, quarter: Quarter) -> date | None:
    return next((meeting.date for meeting in committee.meetings if parse_quarter(meeting.reports) == quarter), None)
