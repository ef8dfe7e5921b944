"""The monthly report of each board that receives one, and the annual report of outcome measures, as documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pmf.cycle.documents import CARD_FORMATS, Edition
from pmf.cycle.figures import load_figures
from pmf.cycle.workspace import Workspace
from pmf.period import FinancialYear, Month
from pmf.register import Profile
from pmf.reporting.boardreport import board_report
from pmf.reporting.measure import Measure
from pmf.reporting.outcomes import OutcomeSetting, outcome_report
from pmf.reporting.scorecard import ScorecardSetting
from pmf.series.point import financial_year, known
from pmf.warehouse.engine import reading

BOARD_REPORT, OUTCOME_MEASURES = "board-report-", "outcome-measures"


def board_editions(workspace: Workspace, month: Month, measures: Sequence[Measure], setting: ScorecardSetting) -> Iterable[Edition]:
    """Build the report of each board that receives one: every KPI as a whole, without outcome measures, which have no target."""
    reported = board_measures(workspace.profile, measures)
    for board in workspace.profile.boards:
        if board.receives_report and reported:
            yield Edition(f"{BOARD_REPORT}{board.id}", board_report(reported, board, month, setting), CARD_FORMATS)


def board_measures(profile: Profile, measures: Sequence[Measure]) -> list[Measure]:
    """Select what a board is reported on."""
    apart = profile.outcome_measures.metric_category if profile.outcome_measures else None
    return [item for item in measures if item.kpi.part_of is None and item.kpi.metric_category != apart]


def outcome_editions(workspace: Workspace, month: Month, measures: Sequence[Measure], setting: ScorecardSetting) -> Iterable[Edition]:
    """Build the report of the outcome measures in the month of the year the council reports them; in any other there is none."""
    rule = workspace.profile.outcome_measures
    if rule is None or month.month != rule.month:
        return
    own = [measure for measure in measures if measure.kpi.metric_category == rule.metric_category]
    if own:
        years = _years(workspace, month, own, setting)
        document = outcome_report(own, OutcomeSetting(profile=workspace.profile, period=month, as_at=setting.as_at, years=years))
        yield Edition(OUTCOME_MEASURES, document, CARD_FORMATS)


def _years(
    workspace: Workspace, month: Month, measures: Sequence[Measure], setting: ScorecardSetting
) -> dict[str, dict[FinancialYear, Decimal]]:
    """Give the figures of each measure by the year they are of: of a year with several, the last."""
    with reading(workspace.engine) as connection:
        figures = load_figures(workspace, connection, month, as_at=setting.as_at)
    return {
        measure.ref: {financial_year(period): value for period, value in known(figures.points.get(measure.ref, ()))} for measure in measures
    }
