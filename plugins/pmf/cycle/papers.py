"""The committee papers of a quarter as documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pmf.cycle.documents import PAPER_FORMATS, Edition
from pmf.cycle.measures import fills_of
from pmf.cycle.workspace import Workspace
from pmf.period import Quarter, parse_quarter
from pmf.rating.policy import Policy
from pmf.rating.transitions import Movement, classify
from pmf.register import Committee
from pmf.register.changes import adopted_changes
from pmf.register.papertext import PaperText
from pmf.reporting.measure import Measure
from pmf.reporting.movements import MovementGroup
from pmf.reporting.paper import committee_paper
from pmf.reporting.papersetting import PaperSetting
from pmf.reporting.waiver import PrintedWaiver
from pmf.series.change import Verdict
from pmf.status import Status
from pmf.warehouse.engine import reading


def paper_editions(
    workspace: Workspace,
    quarter: Quarter,
    measures: Sequence[Measure],
    *,
    words: PaperText,
    policy: Policy,
    waivers: tuple[PrintedWaiver, ...],
    as_at: datetime,
) -> Iterable[Edition]:
    """Build the paper of each committee that has indicators; ``waivers`` are those in use that are about no KPI."""
    with reading(workspace.engine) as connection:
        events = workspace.read(connection, "change_events_at", as_at=as_at)
    changes = adopted_changes(workspace.register, events, quarter)
    for committee in workspace.profile.committees:
        # Who receives papers after another body receives the same: cabinet after its scrutiny panel (HDC).
        own = [item for item in measures if item.kpi.committee_id in (committee.id, committee.receives_after or committee.id)]
        if not own:
            continue
        setting = PaperSetting(
            profile=workspace.profile,
            committee=committee,
            quarter=quarter,
            as_at=as_at,
            words=words,
            criteria=policy.criteria,
            fills=fills_of(policy),
            movements=_movement_groups(own, quarter),
            meeting_date=_meeting_date(committee, quarter),
            waivers=waivers,
            changes=tuple(change for change in changes if {committee.id, committee.receives_after} & set(change.committee_ids)),
        )
        yield Edition(f"paper-{committee.id}", committee_paper(own, setting), PAPER_FORMATS)


def _meeting_date(committee: Committee, quarter: Quarter) -> Any:
    return next((meeting.date for meeting in committee.meetings if parse_quarter(meeting.reports) == quarter), None)


def _movement_groups(measures: Sequence[Measure], quarter: Quarter) -> tuple[MovementGroup, ...]:
    """Group the indicators updated in the quarter; one shown with an older figure has not moved since the quarter before."""
    by_ref = {measure.ref: measure for measure in measures if measure.is_updated_in(quarter)}
    groups = classify(
        Movement(
            kpi_ref=measure.ref,
            title=measure.kpi.title,
            previous=Status(measure.rating["previous_status"]) if measure.rating["previous_status"] else None,
            current=measure.status,
            verdict=Verdict(measure.change) if measure.change else None,
        )
        for measure in by_ref.values()
    )
    return tuple(
        MovementGroup(group.previous, group.current, group.verdict.value, tuple(by_ref[item.kpi_ref] for item in group.movements))
        for group in groups
        if group.verdict is not None
    )
