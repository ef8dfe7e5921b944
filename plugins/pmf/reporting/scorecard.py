"""The balanced scorecards: directorate and organisational, 13 columns a table (CCC framework, Appendix C)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pmf.page.document import Block, Cell, Column, Document, Heading, Note, Section, Table, bullets, paragraph, text
from pmf.period import Month
from pmf.register import Directorate, Level, Profile
from pmf.reporting.measure import Measure, waiver_lines, with_status
from pmf.reporting.statustable import status_facts
from pmf.reporting.waiver import PrintedWaiver
from pmf.reporting.wording import agree, as_at_words, counted, listed, sentence_case
from pmf.status import Status

COLUMNS = (
    Column("Perspective", width=1.15),
    Column("KPI", width=2.3),
    Column("Metric category", width=1.1),
    Column("Reporting frequency", width=1.05),
    Column("Last updated", width=1.05),
    Column("Target", is_number=True, width=0.9),
    Column("Direction for improvement", width=1.35),
    Column("Performance (current)", is_number=True, width=1.25),
    Column("Performance (previous)", is_number=True, width=1.25),
    Column("Change in performance", width=1.4),
    Column("RAG rating", width=1.1),
    Column("Trend analysis", width=1.4),
    Column("Commentary", width=3.4),
)
_LEVEL_HEADINGS = (
    (Level.CORPORATE, "Corporate KPIs"),
    (Level.STRATEGIC, "Strategic KPIs"),
    (Level.OPERATIONAL, "Operational KPIs"),
)


@dataclass(frozen=True, kw_only=True)
class ScorecardSetting:
    """What a scorecard needs besides its measures.

    ``criteria`` are the rating policy's sentences, colour by colour; ``waivers`` those in use that are about no KPI.
    """

    profile: Profile
    month: Month
    as_at: datetime
    policy_title: str
    criteria: tuple[str, ...]
    waivers: tuple[PrintedWaiver, ...] = ()


def directorate_scorecard(measures: Sequence[Measure], directorate: Directorate, setting: ScorecardSetting) -> Document:
    """Build a directorate's scorecard: its corporate, strategic and operational KPIs."""
    sections = [
        Section(heading, (_table(group, f"{heading} of {directorate.name}, {setting.month.label}"),), starts_page=False)
        for level, heading in _LEVEL_HEADINGS
        if (group := [measure for measure in measures if measure.kpi.level is level])
    ]
    return _scorecard(measures, f"{directorate.name}: directorate scorecard", sections, setting)


def organisational_scorecard(measures: Sequence[Measure], setting: ScorecardSetting) -> Document:
    """Build the organisational scorecard: corporate KPIs combined, then all strategic KPIs by ambition."""
    profile = setting.profile
    corporate = [measure for measure in measures if measure.kpi.level is Level.CORPORATE]
    sections = []
    if corporate:
        sections.append(Section("Corporate KPIs", (_table(corporate, f"Corporate KPIs of {profile.name}, {setting.month.label}"),)))
    for ambition in profile.ambitions:
        name = f"{profile.ambition_term} {ambition.id}"
        group = [item for item in measures if item.kpi.level is Level.STRATEGIC and item.kpi.ambition_ids[:1] == (ambition.id,)]
        if group:
            table = _table(group, f"Strategic KPIs of {name}, {setting.month.label}")
            sections.append(Section(f"{name}: {ambition.text}", (table,)))
    known = {ambition.id for ambition in profile.ambitions}
    others = [item for item in measures if item.kpi.level is Level.STRATEGIC and not known & set(item.kpi.ambition_ids[:1])]
    if others:
        term = profile.ambition_term.lower()
        sections.append(Section(f"No {term} named", (_table(others, f"Strategic KPIs that name no {term}, {setting.month.label}"),)))
    return _scorecard(measures, "Organisational scorecard", sections, setting)


def _scorecard(measures: Sequence[Measure], title: str, sections: Iterable[Section], setting: ScorecardSetting) -> Document:
    profile = setting.profile
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=setting.month.label,
        header=(),
        sections=(Section("Summary", tuple(_summary(measures, setting))), *sections, _criteria(setting)),
        footer=f"{profile.name} – {title}, {setting.month.label}, {as_at_words(setting.as_at, profile)}",
        banner=profile.notice,
        is_landscape=True,
    )


def _summary(measures: Sequence[Measure], setting: ScorecardSetting) -> Iterable[Block]:
    yield paragraph(f"{counted(len(measures), 'KPI')} on this scorecard for {setting.month.label}, by status:")
    yield status_facts(measures)
    reds = with_status(measures, Status.RED)
    if reds:
        yield paragraph(f"Red: {listed([item.name for item in reds])}.")
    for status, heading, words in _ABSENCES:
        absent = with_status(measures, status)
        if absent:
            names = listed([measure.name for measure in absent])
            yield Note(heading, text(f"{names} {agree(len(absent), 'is', 'are')} {words}"))
    if waived := waiver_lines(measures, setting.waivers):
        yield Heading("Printed under a waiver")
        yield bullets(*waived)
    declining = [item for item in with_status(measures, Status.GREEN) if item.change == "declined"]
    if declining:
        yield Note("Green but deteriorating", text("Worth a look before they turn: " + listed([item.name for item in declining]) + "."))


_ABSENCES: tuple[tuple[Status, str, str], ...] = (
    (Status.UNDER_QUERY, "Under query", "withheld: the figure returned failed a data-quality check and has not been used."),
    (Status.AWAITING_DATA, "Awaiting data", "not yet returned."),
    (Status.NIL_RETURN, "Nil return", "returned as not available, with a reason given by the service."),
)


def _table(measures: Sequence[Measure], caption: str) -> Table:
    return Table(caption, COLUMNS, tuple(_row(measure) for measure in measures), is_wide=True)


def _row(measure: Measure) -> tuple[Cell, ...]:
    kpi = measure.kpi
    commentary = measure.rating["comment"] or _silence(measure)
    return (
        Cell(sentence_case(kpi.perspective)),
        Cell(f"{kpi.kpi_ref} {kpi.title}" + (f" ({measure.unit_words})" if measure.unit_words else "")),
        Cell(kpi.metric_category),
        Cell(kpi.frequency.value.capitalize()),
        Cell(measure.last_updated),
        Cell(measure.target),
        Cell(measure.direction),
        Cell(measure.current),
        Cell(measure.previous),
        measure.change_cell(),
        measure.status_cell(),
        measure.trend_cell(),
        Cell(commentary, note=measure.waived),
    )


def _silence(measure: Measure) -> str:
    """Say that a red has no explanation rather than leave the column empty (rulings 11); other silences may stay."""
    if measure.status is Status.RED:
        return "No explanation supplied."
    if measure.withheld_because:
        return measure.withheld_because
    return measure.rating["reason"] if not measure.status.is_rated and measure.rating["value"] is None else ""


def _criteria(setting: ScorecardSetting) -> Section:
    return Section(
        "How to read this scorecard",
        (
            paragraph(f"Rated under the policy “{setting.policy_title}”:"),
            bullets(*setting.criteria),
            paragraph(
                "Change in performance says whether the figure is better or worse than the period before, whichever way is better for "
                "that KPI. Trend analysis tests the last twelve figures and names a trend only where it is more than chance."
            ),
        ),
    )
