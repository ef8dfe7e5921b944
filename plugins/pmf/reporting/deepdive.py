"""The deep-dive pack: everything known of a KPI that stays red (CCC framework, "Responding to underperformance").

Pure: what is known in, a document out. Every count stands beside the list it counts, made from the same items.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pmf.page.document import Block, Cell, Column, Document, Fact, Facts, Heading, Section, Table, bullets, paragraph, strong
from pmf.period import Month
from pmf.register import Profile
from pmf.register.target import tolerance_of
from pmf.reporting.behaviour import assurance_cell, reason, variation_cell
from pmf.reporting.comparison import comparison_table
from pmf.reporting.figurecell import FORECAST_MARK
from pmf.reporting.intervention import InterventionState
from pmf.reporting.measure import Measure
from pmf.reporting.outlook import (
    band_words,
    forecast,
    forecast_status_cell,
    year_end_reason,
    year_end_status_cell,
    year_end_words,
    year_target,
)
from pmf.reporting.queries import QueryState
from pmf.reporting.standing import change_cell, last_year_words, period_noun, previous_status_cell, status_cell
from pmf.reporting.tolerance import tolerance_words
from pmf.reporting.wording import agree, as_at_words, counted, ordinal
from pmf.status import Status


@dataclass(frozen=True)
class Past:
    """A period of a KPI's history: its figure, the target it was held against and its status, in the KPI's own unit."""

    label: str
    figure: str
    target: str
    status: Status


@dataclass(frozen=True)
class Said:
    """What a service said of a month; ``kpi_ref`` is the KPI it was said of, a part of this one where that is combined."""

    month: Month
    kpi_ref: str
    figure: str
    words: str


@dataclass(frozen=True)
class Corrected:
    """A figure that was stated anew: what it was, what it is, since when and why ("": nobody said why)."""

    month: Month
    before: str
    after: str
    on: date
    because: str


@dataclass(frozen=True, kw_only=True)
class DeepDive:
    """What a pack is made from. ``past``, ``said``, ``asked`` and ``corrected`` run from the latest back.

    ``months`` is how far back comments, queries and corrections are looked for; ``foreseen`` are the answers of the data-quality
    template about what may turn it red and what would be done, ``criteria`` the rating policy's sentences.
    """

    profile: Profile
    measure: Measure
    month: Month
    as_at: datetime
    months: int
    past: tuple[Past, ...]
    said: tuple[Said, ...]
    asked: tuple[QueryState, ...]
    corrected: tuple[Corrected, ...]
    foreseen: tuple[tuple[str, str], ...]
    interventions: tuple[InterventionState, ...]
    criteria: tuple[str, ...]


def deep_dive_pack(dive: DeepDive) -> Document:
    """Build the pack: where the KPI stands, its history, how others do, what was said, asked, corrected and planned."""
    profile, measure, label = dive.profile, dive.measure, dive.month.label
    title = f"Deep dive – {measure.name}"
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=label,
        header=(),
        sections=(
            Section("Where it stands", tuple(_standing(dive))),
            Section("History", tuple(_history(dive))),
            Section("What the figures tell", (_reading(measure, label),)),
            Section("How others do", tuple(_others(dive))),
            Section("What the service has said", tuple(_said(dive))),
            Section("What was asked", tuple(_asked(dive))),
            Section("What was corrected", tuple(_corrected(dive))),
            Section("What is planned", tuple(_planned(dive))),
        ),
        footer=f"{profile.name} – {title}, {label}, {as_at_words(dive.as_at, profile)}",
        banner=profile.notice,
    )


def _standing(dive: DeepDive) -> Iterable[Block]:
    measure, rule = dive.measure, dive.profile.deep_dive
    yield paragraph(_why(measure, rule.reds, rule.of))
    reds: int = measure.rating["reds_in_a_row"] or 0
    has_tolerance = tolerance_of(measure.rating["target_version"]) != (None, None)
    yield Facts(
        (
            Fact(measure.status.label, measure.in_unit(measure.current), status=measure.status),
            Fact("Target", measure.in_unit(measure.target)),
            *((Fact("Tolerance", tolerance_words(measure)),) if has_tolerance else ()),
            Fact("Red running", counted(reds, period_noun(measure)) if reds else "Not red"),
        )
    )
    yield _figures(measure, dive.month)
    yield paragraph(strong("Commentary: "), measure.explanation)
    if measure.path_to_green:
        yield paragraph(strong("Path to Green: "), measure.path_to_green)
    yield paragraph("How it is rated:")
    yield bullets(*dive.criteria)


def _why(measure: Measure, reds: int, of: int) -> str:
    """Say why the KPI is looked into, by the rule of the profile; a pack asked for of another KPI says that it is none of these."""
    rule = f"a KPI is looked into when {reds} of its last {of} rated periods are red"
    if not measure.rating["is_deep_dive"]:
        return f"{measure.name} is not due a deep dive: {rule}. This pack was asked for."
    running: int = measure.rating["reds_in_a_row"]
    return f"{measure.name} is red for the {ordinal(running)} {period_noun(measure)} running, and {rule}."


def _figures(measure: Measure, month: Month) -> Table:
    """Print figure, target and status of the month, of the period before, and of the year as it is expected to end."""
    year = month.financial_year.label
    columns = (
        Column("Measure"),
        Column(month.label, width=1.1),
        Column(measure.previous_label if measure.rating["previous_period"] else "Before", width=1.1),
        Column(f"{year}: service's forecast", width=1.3),
        Column(f"{year}: {FORECAST_MARK} forecast", width=1.4),
    )
    older = measure.last_updated if measure.months_used and not measure.is_updated_in(month) else ""
    rows = (
        (
            Cell("Performance"),
            measure.cell(measure.current, note=older),
            measure.cell(measure.previous),
            measure.cell(forecast(measure)),
            measure.cell(year_end_words(measure), note=band_words(measure)),
        ),
        (
            Cell("Target"),
            *(measure.cell(words) for words in (measure.target, measure.previous_target, year_target(measure), year_target(measure))),
        ),
        (Cell("Status"), status_cell(measure), previous_status_cell(measure), forecast_status_cell(measure), year_end_status_cell(measure)),
    )
    return Table(f"Figures of indicator {measure.ref}", columns, rows)


def _history(dive: DeepDive) -> Iterable[Block]:
    measure, past = dive.measure, dive.past
    if measure.chart is not None:
        yield measure.chart
    reds = sum(item.status is Status.RED for item in past)
    yield paragraph(f"Of the last {counted(len(past), period_noun(measure))}, {reds} {agree(reds, 'is', 'are')} red:")
    rows = tuple((Cell(item.label), measure.cell(item.figure), measure.cell(item.target), _status_cell(item)) for item in past)
    columns = (Column("Period", width=1.4), Column("Performance", is_number=True), Column("Target", is_number=True), Column("Status"))
    yield Table(f"History of indicator {measure.ref}, the latest first", columns, rows)


def _status_cell(item: Past) -> Cell:
    return Cell(item.status.label, status=item.status)


def _reading(measure: Measure, label: str) -> Table:
    rows = (
        (Cell("Direction for improvement"), Cell(measure.direction)),
        (Cell("Change in performance"), change_cell(measure)),
        (Cell("Same period last year"), Cell(last_year_words(measure) or "Not worked out")),
        (Cell("Trend analysis"), Cell(measure.rating["trend"])),
        (Cell("Variation"), variation_cell(measure)),
        (Cell("What the chart shows"), Cell(reason(measure))),
        (Cell("Assurance"), assurance_cell(measure)),
        (Cell(f"{FORECAST_MARK} forecast of the year"), Cell(year_end_reason(measure))),
    )
    columns = (Column("Question", width=1.3), Column("What is known", width=3.2))
    return Table(f"How to read the figures of indicator {measure.ref}, {label}", columns, rows)


def _others(dive: DeepDive) -> Iterable[Block]:
    table = comparison_table([dive.measure], f"Comparisons of indicator {dive.measure.ref}, as known for {dive.month.label}")
    if table is not None:
        yield table
    elif dive.measure.kpi.has_national_definition:
        yield paragraph("No figures of others are held.")
    else:
        yield paragraph("It has no national definition: others do not count the same, so their figures are not shown.")


def _said(dive: DeepDive) -> Iterable[Block]:
    said = dive.said
    yield paragraph(f"{counted(len(said), 'comment')} in the last {dive.months} months{':' if said else '.'}")
    if said:
        columns = (Column("Month", width=1.1), Column("Performance", width=1.3), Column("Comment", width=4.5))
        rows = tuple((Cell(item.month.label, note=_of_part(item, dive)), Cell(item.figure), Cell(item.words)) for item in said)
        yield Table(f"Comments on indicator {dive.measure.ref}", columns, rows)


def _of_part(item: Said, dive: DeepDive) -> str:
    return f"KPI {item.kpi_ref}" if item.kpi_ref != dive.measure.ref else ""


def _asked(dive: DeepDive) -> Iterable[Block]:
    asked = dive.asked
    yield paragraph(f"{counted(len(asked), 'query', 'queries')} in the last {dive.months} months{':' if asked else '.'}")
    if asked:
        columns = (Column("Query", width=1.1), Column("Period", width=1.0), Column("State", width=0.8), Column("Thread", width=4.2))
        rows = tuple(
            (Cell(item.query_id), Cell(item.period_label), Cell(item.state), Cell(" · ".join(step.sentence for step in item.steps)))
            for item in asked
        )
        yield Table(f"Queries about indicator {dive.measure.ref}", columns, rows)


def _corrected(dive: DeepDive) -> Iterable[Block]:
    corrected = dive.corrected
    yield paragraph(f"{counted(len(corrected), 'figure')} stated anew in the last {dive.months} months{':' if corrected else '.'}")
    if corrected:
        yield bullets(*(_correction(item) for item in corrected))


def _correction(item: Corrected) -> str:
    because = item.because.rstrip(".") or "no reason was given"
    return f"{item.month.label}: reported {item.before}, corrected to {item.after} on {item.on:%-d %B %Y}, because: {because}."


def _planned(dive: DeepDive) -> Iterable[Block]:
    measure = dive.measure
    yield paragraph(strong("What the service says it will do: "), measure.path_to_green or "No path to green supplied.")
    if dive.foreseen:
        yield paragraph("When the target was set, the KPI's data-quality template said:")
        yield bullets(*(f"{question} {words}" for question, words in dive.foreseen))
    for state in dive.interventions:
        yield Heading(f"Intervention {state.intervention_id}")
        yield paragraph(strong("State: "), state.closed or f"{state.state.capitalize()}; it lies with: {state.lies_with}.")
        yield paragraph(strong("Cause: "), state.cause.printed)
        yield paragraph(strong("Steps: "), state.steps.printed)
    if not dive.foreseen and not dive.interventions:
        yield paragraph("Nothing else is planned that this council's records know of.")
