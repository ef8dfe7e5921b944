"""The scorecards of a month as documents: one of each directorate, and the organisation's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pmf.cycle.documents import CARD_FORMATS, Edition
from pmf.cycle.workspace import Workspace
from pmf.register import Level
from pmf.reporting.measure import Measure
from pmf.reporting.scorecard import ScorecardSetting, directorate_scorecard, organisational_scorecard


def scorecard_editions(workspace: Workspace, measures: Sequence[Measure], setting: ScorecardSetting) -> Iterable[Edition]:
    """Build each directorate's scorecard, and last the organisation's; a directorate without KPIs has none."""
    combined = workspace.register.combined_refs
    for directorate in workspace.profile.directorates:
        own = [item for item in measures if item.kpi.directorate_id == directorate.id and item.ref not in combined]
        if own:
            yield Edition(f"scorecard-{directorate.id}", directorate_scorecard(own, directorate, setting), CARD_FORMATS)
    council = [
        item for item in measures if item.kpi.level is Level.STRATEGIC or (item.kpi.level is Level.CORPORATE and item.kpi.part_of is None)
    ]
    yield Edition("scorecard-organisation", organisational_scorecard(council, setting), CARD_FORMATS)
