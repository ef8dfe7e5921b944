"""The balanced scorecards: directorate and organisational, 13 columns a table (CCC framework, Appendix C)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pmf.page.document import Block, Cell, Column, Document, Heading, Note, Section, Table, bullets, paragraph, text
from pmf.period import Month
from pmf.register import Directorate, Level, Profile
from pmf.reporting.behaviour import behaviour_blocks
from pmf.reporting.comparison import comparison_table
from pmf.reporting.criteria import Fill, fill_blocks
from pmf.reporting.figurecell import FORECAST_MARK, count_cell
from pmf.reporting.measure import Measure
from pmf.reporting.outlook import outlook_blocks
from pmf.reporting.selection import Watched, waiver_lines, watched, with_status
from pmf.reporting.standing import change_cell, last_year_words, status_cell, trend_cell
from pmf.reporting.statustable import status_facts
from pmf.reporting.waiver import PrintedWaiver
from pmf.reporting.wording import agree, as_at_words, counted, listed, sentence_case
from pmf.status import Status

# As wide as the longest word of each heading asks for: a hyphen in the middle of one is read aloud as such.
COLUMNS = (
    Column("Perspective", width=1.35),
    Column("KPI", width=2.2),
    Column("Metric category", width=1.2),
    Column("Reporting frequency", width=1.15),
    Column("Last updated", width=1.25),
    Column("Target", is_number=True, width=1.1),
    Column("Direction for improvement", width=1.4),
    Column("Performance (current)", is_number=True, width=1.4),
    Column("Performance (previous)", is_number=True, width=1.4),
    Column("Change in performance", width=1.6),
    Column("RAG rating", width=1.25),
    Column("Trend analysis", width=1.4),
    Column("Commentary", width=3.1),
)
_WATCH_COLUMNS = (Column("List", width=1.6), Column("KPIs", is_number=True, width=0.4), Column("Which", width=5.0))
_LEVEL_HEADINGS = (
    (Level.CORPORATE, "Corporate KPIs"),
    (Level.STRATEGIC, "Strategic KPIs"),
    (Level.OPERATIONAL, "Operational KPIs"),
)


@dataclass(frozen=True, kw_only=True)
class ScorecardSetting:
    """What a scorecard needs besides its measures.

    ``criteria`` are the rating policy's sentences, colour by colour, and ``fills`` what it gives a status to beyond its source;
    ``waivers`` those in use that are about no KPI.
    """

    profile: Profile
    month: Month
    as_at: datetime
    policy_title: str
    criteria: tuple[str, ...]
    fills: tuple[Fill, ...] = ()
    waivers: tuple[PrintedWaiver, ...] = ()


@dataclass(frozen=True)
class _Part:
    """KPIs that stand together on a scorecard, under a heading and in a table with a caption."""

    heading: str
    caption: str
    measures: tuple[Measure, ...]


def directorate_scorecard(measures: Sequence[Measure], directorate: Directorate, setting: ScorecardSetting) -> Document:
    """Build a directorate's scorecard: its corporate, strategic and operational KPIs."""
    parts = [
        _Part(heading, f"{heading} of {directorate.name}", tuple(item for item in measures if item.kpi.level is level))
        for level, heading in _LEVEL_HEADINGS
    ]
    return _scorecard(f"{directorate.name}: directorate scorecard", parts, setting)


def organisational_scorecard(measures: Sequence[Measure], setting: ScorecardSetting) -> Document:
    """Build the organisational scorecard: corporate KPIs combined, then all strategic KPIs by ambition."""
    profile, strategic = setting.profile, [item for item in measures if item.kpi.level is Level.STRATEGIC]
    corporate = tuple(item for item in measures if item.kpi.level is Level.CORPORATE)
    parts = [_Part("Corporate KPIs", f"Corporate KPIs of {profile.name}", corporate)]
    for ambition in profile.ambitions:
        name = f"{profile.ambition_term} {ambition.id}"
        group = tuple(item for item in strategic if item.kpi.ambition_ids[:1] == (ambition.id,))
        parts.append(_Part(f"{name}: {ambition.text}", f"Strategic KPIs of {name}", group))
    known, term = {ambition.id for ambition in profile.ambitions}, profile.ambition_term.lower()
    others = tuple(item for item in strategic if not known & set(item.kpi.ambition_ids[:1]))
    parts.append(_Part(f"No {term} named", f"Strategic KPIs that name no {term}", others))
    return _scorecard("Organisational scorecard", parts, setting)


def _scorecard(title: str, parts: Iterable[_Part], setting: ScorecardSetting) -> Document:
    profile, label = setting.profile, setting.month.label
    printed = [part for part in parts if part.measures]
    measures = [measure for part in printed for measure in part.measures]
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=label,
        header=(),
        sections=(
            Section("Summary", tuple(_summary(measures, setting))),
            *(Section(part.heading, (_table(part.measures, f"{part.caption}, {label}", setting),)) for part in printed),
            *_depth(measures, setting),
            _criteria(setting),
        ),
        footer=f"{profile.name} – {title}, {label}, {as_at_words(setting.as_at, profile)}",
        banner=profile.notice,
        is_landscape=True,
    )


def _summary(measures: Sequence[Measure], setting: ScorecardSetting) -> Iterable[Block]:
    yield paragraph(f"{counted(len(measures), 'KPI')} on this scorecard for {setting.month.label}, by status:")
    yield status_facts(measures)
    if lists := list(watched(measures, setting.profile.deep_dive)):
        yield Table(f"What to look at first, {setting.month.label}", _WATCH_COLUMNS, tuple(_watch_row(item) for item in lists))
    for status, heading, words in _ABSENCES:
        absent = with_status(measures, status)
        if absent:
            names = listed([measure.name for measure in absent])
            yield Note(heading, text(f"{names} {agree(len(absent), 'is', 'are')} {words}"))
    if waived := waiver_lines(measures, setting.waivers):
        yield Heading("Printed under a waiver")
        yield bullets(*waived)


def _watch_row(item: Watched) -> tuple[Cell, ...]:
    return (
        Cell(item.heading, note=item.why),
        count_cell(len(item.measures)),
        Cell("; ".join(f"{measure.ref} {measure.kpi.title}" for measure in item.measures)),
    )


_ABSENCES: tuple[tuple[Status, str, str], ...] = (
    (Status.UNDER_QUERY, "Under query", "withheld: the figure returned failed a data-quality check and has not been used."),
    (Status.AWAITING_DATA, "Awaiting data", "not yet returned."),
    (Status.NIL_RETURN, "Nil return", "returned as not available, with a reason given by the service."),
)


def _depth(measures: Sequence[Measure], setting: ScorecardSetting) -> Iterable[Section]:
    label, year = setting.month.label, setting.month.financial_year.label
    if measures:
        yield Section("Where the year is heading", tuple(outlook_blocks(measures, f"The year {year}, as seen in {label}")))
        yield Section("How the process behaves", tuple(behaviour_blocks(measures, f"Variation and assurance up to {label}")))
    if compared := comparison_table(measures, f"Comparisons with others, as known for {label}"):
        yield Section("How others do", (compared,))


def _table(measures: Sequence[Measure], caption: str, setting: ScorecardSetting) -> Table:
    rows = tuple(_row(measure, setting.month) for measure in measures)
    return Table(caption, COLUMNS, rows, is_wide=True, group=f"KPIs of this scorecard, {setting.month.label}", names=1)


def _row(measure: Measure, month: Month) -> tuple[Cell, ...]:
    kpi = measure.kpi
    commentary = measure.rating["comment"] or _silence(measure)
    change, since = change_cell(measure), last_year_words(measure)
    return (
        Cell(sentence_case(kpi.perspective)),
        Cell(measure.title_with_unit),
        Cell(kpi.metric_category),
        Cell(kpi.frequency.value.capitalize()),
        Cell(measure.last_updated),
        measure.cell(measure.target),
        Cell(measure.direction),
        measure.cell(measure.current, note=_of(measure, month)),
        measure.cell(measure.previous, note=_of_before(measure, month)),
        replace(change, note=". ".join(words for words in (change.note, since) if words)),
        status_cell(measure),
        trend_cell(measure),
        Cell(commentary, note=measure.waived),
    )


def _of(measure: Measure, month: Month) -> str:
    """Say what stretch of time a figure is of where it is not the month alone: the year to date, or an earlier month."""
    older = measure.last_updated if measure.months_used and not measure.is_updated_in(month) else ""
    return ", ".join(words for words in (measure.stretch, older) if words)


def _of_before(measure: Measure, month: Month) -> str:
    """Say which period the figure before is of where that is not the month before."""
    return measure.previous_label if measure.previous_label != month.previous.label else ""


def _silence(measure: Measure) -> str:
    """Say that a red has no explanation rather than leave the column empty (rulings 11); other silences may stay."""
    if measure.status is Status.RED:
        return measure.explanation
    if measure.withheld_because:
        return measure.withheld_because
    return measure.rating["reason"] if not measure.status.is_rated and measure.rating["value"] is None else ""


def _criteria(setting: ScorecardSetting) -> Section:
    return Section(
        "How to read this scorecard",
        (
            paragraph(f"Rated under the policy “{setting.policy_title}”:"),
            bullets(*setting.criteria),
            *fill_blocks(setting.fills),
            paragraph(
                "Change in performance says whether the figure is better or worse than the period before, and below that than the same "
                "period last year, whichever way is better for that KPI; figures that print the same count as no change. Trend analysis "
                "tests the last twelve figures, or, of a KPI that follows the seasons, each month against the same month of the year "
                "before, and names a trend only where it is more than chance."
            ),
            paragraph(
                f"{FORECAST_MARK} marks a forecast of the year's figure made from the KPI's own past. It is shown only where such "
                "forecasts have come nearer than “no change” would have; four years in five should end within its 80% band."
            ),
            paragraph(
                "Variation says whether the latest figures do more than a process's usual ups and downs, by the rules of an XmR chart; "
                "assurance, whether the process as it runs can be relied on to meet its target."
            ),
        ),
    )
