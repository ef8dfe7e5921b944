"""The monthly report to a board of officers: value, target, tolerance, forecast and comment of every KPI (HDC framework, C.2 and E.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pmf.page.document import Cell, Column, Document, Section, Table, bullets, paragraph
from pmf.period import Month
from pmf.register import Directorate, Profile
from pmf.register.structure import Board
from pmf.register.target import tolerance_of
from pmf.reporting.criteria import fill_blocks
from pmf.reporting.measure import Measure
from pmf.reporting.outlook import forecast, forecast_status_cell, year_target
from pmf.reporting.scorecard import ScorecardSetting
from pmf.reporting.scorecardsummary import summary_blocks
from pmf.reporting.scorecardtable import commentary_cell, figure_cells
from pmf.reporting.standing import status_cell
from pmf.reporting.wording import as_at_words, counted
from pmf.value import printed

TITLE = "Monthly performance report"

_COLUMNS = (
    Column("KPI", width=5.0),
    Column("Value", is_number=True, width=2.0),
    Column("Target", is_number=True, width=1.9),
    Column("Tolerance", is_number=True, width=1.9),
    Column("Status", width=2.0),
    Column("Forecast of the year", is_number=True, width=2.1),
    Column("Target of the year", is_number=True, width=2.0),
    Column("Status by the forecast", width=2.0),
    Column("Comment", width=8.4),
)


def board_report(measures: Sequence[Measure], board: Board, month: Month, setting: ScorecardSetting) -> Document:
    """Build a board's report of a month: a summary, then the KPIs of each directorate."""
    profile, label = setting.profile, month.label
    lead = f"{counted(len(measures), 'KPI')} in this report for {label}, by status:"
    parts = [(directorate, _of(measures, directorate)) for directorate in profile.directorates]
    printed_parts = [(directorate, own) for directorate, own in parts if own]
    return Document(
        title=TITLE,
        organisation=profile.name,
        subtitle=label,
        header=_header(board, setting.as_at, profile),
        sections=(
            Section("Summary", tuple(summary_blocks(measures, lead, label, rule=profile.deep_dive, waivers=setting.waivers))),
            *(
                Section(directorate.name, (_table(own, f"KPIs of {directorate.name}, {label}", month),), starts_page=number == 0)
                for number, (directorate, own) in enumerate(printed_parts)
            ),
            _criteria(setting),
        ),
        footer=f"{profile.name} – {TITLE}, {label}, {board.name}, {as_at_words(setting.as_at, profile)}",
        banner=profile.notice,
        is_landscape=True,
    )


def _of(measures: Sequence[Measure], directorate: Directorate) -> list[Measure]:
    return [measure for measure in measures if measure.kpi.directorate_id == directorate.id]


def _header(board: Board, as_at: datetime, profile: Profile) -> tuple[tuple[str, str], ...]:
    chair = board.chair(as_at.date())
    chaired = (("Chair", profile.post(chair).title),) if chair else ()
    return (("To", board.name), *chaired, ("From", profile.post(profile.performance_team).title))


def _table(measures: Sequence[Measure], caption: str, month: Month) -> Table:
    rows = tuple(_row(measure, month) for measure in measures)
    return Table(caption, _COLUMNS, rows, is_wide=True, group=f"KPIs of this report, {month.label}")


def _row(measure: Measure, month: Month) -> tuple[Cell, ...]:
    value, _ = figure_cells(measure, month)
    return (
        Cell(measure.title_with_unit),
        value,
        measure.cell(measure.target),
        tolerance_cell(measure),
        status_cell(measure),
        measure.cell(forecast(measure)),
        measure.cell(year_target(measure)),
        forecast_status_cell(measure),
        commentary_cell(measure),
    )


def tolerance_cell(measure: Measure) -> Cell:
    """Print how far short of target was still tolerated when the figure was rated: the intervention level, or a share of the target."""
    level, share = tolerance_of(measure.rating["target_version"])
    if level is not None:
        return measure.cell(measure.as_figure(level))
    if share is not None:
        return Cell(printed(share, unit="%"), note="of the target")
    return Cell("No tolerance" if measure.rating["target"] else "No target")


def _criteria(setting: ScorecardSetting) -> Section:
    return Section(
        "How to read this report",
        (
            paragraph(f"Rated under the policy “{setting.policy_title}”:"),
            bullets(*setting.criteria),
            *fill_blocks(setting.fills),
            paragraph("A figure short of its target is amber up to its tolerance. The forecast of the year is the service's own."),
        ),
    )
