"""The scorecards of a month as documents, one of each directorate and the organisation's; of a quarter, the organisation's alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from pmf.cycle.documents import CARD_FORMATS, Edition
from pmf.cycle.measures import fills_of
from pmf.cycle.panels import load_panels
from pmf.cycle.workspace import Workspace
from pmf.period import Period
from pmf.rating.policy import Policy
from pmf.register import Level
from pmf.reporting.disclosure.edition import Audience
from pmf.reporting.measure import Measure
from pmf.reporting.scorecard import ScorecardSetting, directorate_scorecard, organisational_scorecard
from pmf.reporting.waiver import PrintedWaiver
from pmf.warehouse.engine import reading


def scorecard_setting(
    workspace: Workspace, period: Period, *, policy: Policy, waivers: tuple[PrintedWaiver, ...], as_at: datetime
) -> ScorecardSetting:
    """Load what a period's scorecards need besides its measures; ``waivers`` are those in use that are about no KPI."""
    with reading(workspace.engine) as connection:
        panels = load_panels(workspace, connection, period, as_at=as_at)
    return ScorecardSetting(
        profile=workspace.profile,
        period=period,
        as_at=as_at,
        policy_title=policy.title,
        criteria=policy.criteria,
        fills=fills_of(policy),
        waivers=waivers,
        panels=panels,
    )


def heard(setting: ScorecardSetting, audience: Audience) -> ScorecardSetting:
    """Give the setting as an audience may hear it: without the panels' lines that it may not be told of."""
    return replace(setting, panels=audience.panels(setting.panels))


def scorecard_editions(workspace: Workspace, measures: Sequence[Measure], setting: ScorecardSetting) -> Iterable[Edition]:
    """Build each directorate's scorecard, and last the organisation's; a directorate without KPIs has none."""
    combined = workspace.register.combined_refs
    for directorate in workspace.profile.directorates:
        own = [item for item in measures if item.kpi.directorate_id == directorate.id and item.ref not in combined]
        if own:
            yield Edition(f"scorecard-{directorate.id}", directorate_scorecard(own, directorate, setting), CARD_FORMATS)
    yield _organisation(measures, setting)


def quarter_scorecard_editions(workspace: Workspace, measures: Sequence[Measure], setting: ScorecardSetting) -> Iterable[Edition]:
    """Build the organisation's scorecard of a quarter where a committee receives it with its paper."""
    if any(committee.receives_organisational_scorecard for committee in workspace.profile.committees):
        yield _organisation(measures, setting)


def _organisation(measures: Sequence[Measure], setting: ScorecardSetting) -> Edition:
    """Build the organisation's scorecard: corporate KPIs as a whole, and every strategic one."""
    council = [
        item for item in measures if item.kpi.level is Level.STRATEGIC or (item.kpi.level is Level.CORPORATE and item.kpi.part_of is None)
    ]
    return Edition("scorecard-organisation", organisational_scorecard(council, setting), CARD_FORMATS)
