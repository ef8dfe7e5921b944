"""How far each committee's paper has come on its way to the meeting, from what the warehouse knows."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from pmf.assurance.problem import SILENT_RED_RULE
from pmf.cycle.asked import asked_forms
from pmf.cycle.documentstates import DocumentState, states_of_period
from pmf.cycle.printed import internal_id, paper_id, printed_kpis
from pmf.cycle.reminder import local_day
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.period import Month, Period, Quarter, parse_quarter
from pmf.register import Committee
from pmf.register.outgoing import Step
from pmf.register.structure import Meeting
from pmf.reporting.meetingplan import MeetingPlan, judge_steps
from pmf.settings import Settings
from pmf.warehouse.engine import reading

# Meetings in view: those of the last four weeks, whose papers may still be missing, and those of the next four months.
_BACK, _AHEAD = timedelta(days=28), timedelta(days=122)
_RATINGS = "ratings"
Done = Mapping[Step, date | None]


def plans_of(organisation: str, *, as_at: datetime, settings: Settings, quarter: Quarter | None = None) -> list[MeetingPlan]:
    """Load the plans of a council's meetings: those in view, or those that a quarter's papers go to."""
    return meeting_plans(open_workspace(organisation, settings), as_at=as_at, quarter=quarter)


def meeting_plans(workspace: Workspace, *, as_at: datetime, quarter: Quarter | None = None) -> list[MeetingPlan]:
    """List the meetings in view (of ``quarter``'s papers, where one is given) with the steps to each, the next meeting first.

    A body whose paper would print no KPI receives none, and has no plan.
    """
    today = local_day(as_at, workspace.profile)
    found = [
        (meeting, committee)
        for committee in workspace.profile.committees
        for meeting in committee.meetings
        if (_is_in_view(meeting, today) if quarter is None else meeting.reports == quarter.key)
    ]
    quarters = {parse_quarter(meeting.reports): None for meeting, _ in found}
    known = {quarter: _known(workspace, quarter, as_at=as_at) for quarter in quarters}
    plans = [_plan(workspace, committee, meeting, known[parse_quarter(meeting.reports)], today) for meeting, committee in found]
    return sorted((plan for plan in plans if plan), key=lambda plan: (plan.meeting, plan.committee_id))


def _is_in_view(meeting: Meeting, today: date) -> bool:
    return today - _BACK <= meeting.date <= today + _AHEAD


@dataclass(frozen=True)
class _Known:
    """What is known of a quarter: KPIs whose return is missing (None: a month is not over), unexplained reds (None: not rated), papers."""

    quarter: Quarter
    missing: AbstractSet[str] | None
    data_on: Mapping[str, date]
    silent: AbstractSet[str] | None
    papers: Mapping[str, DocumentState]


def _known(workspace: Workspace, quarter: Quarter, *, as_at: datetime) -> _Known:
    states = {state.document_id: state for state in states_of_period(workspace, quarter, as_at=as_at)}
    with reading(workspace.engine) as connection:
        is_over = quarter.last_day < local_day(as_at, workspace.profile)
        missing, data_on = _missing(workspace, connection, quarter, as_at=as_at) if is_over else (None, {})
        silent = _silent_reds(workspace, connection, quarter, as_at=as_at)
    return _Known(quarter, missing, data_on, silent, states)


def _missing(workspace: Workspace, connection: Connection, quarter: Quarter, *, as_at: datetime) -> tuple[set[str], dict[str, date]]:
    """Name the KPIs of a quarter whose figures are still asked for, and the day on which the others' last form came in."""
    forms = [form for month in quarter.months for form in asked_forms(workspace, connection, month, as_at=as_at)]
    missing = {ref for form in forms if not form.is_in for ref in form.due_refs if ref not in form.answers}
    arrived = [(ref, local_day(form.arrived_at, workspace.profile)) for form in forms if form.arrived_at for ref in form.due_refs]
    return missing, dict(sorted(arrived, key=lambda item: item[1]))


def _silent_reds(workspace: Workspace, connection: Connection, quarter: Quarter, *, as_at: datetime) -> set[str] | None:
    """Name the KPIs that are red without a word: by the last check of the quarter, else of its last month. None: there was no check."""
    for period in (quarter, quarter.months[-1]):
        for run in workspace.read(connection, "validation_at", period=period.key, point=_RATINGS, as_at=as_at):
            rows = workspace.read(connection, "findings_at", period=period.key, point=_RATINGS, as_at=run["as_at"])
            return {row["kpi_ref"] for row in rows if row["rule_id"] == SILENT_RED_RULE} - _waived(workspace, connection, period, as_at)
    return None


def _waived(workspace: Workspace, connection: Connection, period: Period, as_at: datetime) -> set[str]:
    rows = workspace.read(connection, "waivers_at", period=period.key, as_at=as_at)
    return {row["kpi_ref"] for row in rows if row["rule_id"] == SILENT_RED_RULE}


def _plan(workspace: Workspace, committee: Committee, meeting: Meeting, known: _Known, today: date) -> MeetingPlan | None:
    profile, quarter = workspace.profile, known.quarter
    refs = {kpi.kpi_ref for kpi in printed_kpis(workspace.register, quarter, internal_id(paper_id(committee.id)))}
    if not refs:
        return None
    calendar = profile.working_calendar
    return MeetingPlan(
        committee_id=committee.id,
        committee=committee.name,
        meeting=meeting.date,
        period=quarter.key,
        period_label=quarter.label,
        steps=judge_steps(
            profile.back_plan.days(meeting.date, calendar),
            dict(_done(workspace, refs, known.papers.get(paper_id(committee.id)), known)),
            _expected(workspace, quarter.months[-1], quarter),
            today=today,
            soon=calendar.add_working_days(today, profile.back_plan.warn),
        ),
    )


def _done(workspace: Workspace, refs: AbstractSet[str], paper: DocumentState | None, known: _Known) -> Done:
    """Say which steps are done for a paper that prints some KPIs, with the day where it is known."""
    done: dict[Step, date | None] = {}
    if known.missing is not None and not known.missing & refs:
        done[Step.DATA] = max((known.data_on[ref] for ref in refs if ref in known.data_on), default=None)
    if known.silent is not None and not known.silent & refs:
        done[Step.COMMENTS] = None
    if paper is None:
        return done
    done[Step.DRAFT] = local_day(paper.made_at, workspace.profile)
    if not paper.obstacles:
        done[Step.CLEARANCE] = None
    if paper.signed_at:
        done[Step.SIGN_OFF] = local_day(paper.signed_at, workspace.profile)
    if paper.published_at:
        done[Step.PUBLICATION] = local_day(paper.published_at, workspace.profile)
    return done


def _expected(workspace: Workspace, last: Month, quarter: Quarter) -> dict[Step, date]:
    """Give the days that the collection calendar has for the steps that are the pipeline's own."""
    profile = workspace.profile
    moments = {Step.DATA: profile.deadline(last), Step.COMMENTS: profile.cycle_at(last), Step.DRAFT: profile.export_at(quarter)}
    return {step: local_day(moment, profile) for step, moment in moments.items()}
