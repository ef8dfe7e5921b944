"""The annual report as a document: seven numbered sections, and how to read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmf.page.document import Block, Document, Heading, ListItem, Section, bullets, paragraph, strong, text
from pmf.reporting.annual.corrected import correction_blocks
from pmf.reporting.annual.figures import year_blocks
from pmf.reporting.annual.foretold import forecast_blocks
from pmf.reporting.annual.summary import named, summary_blocks
from pmf.reporting.annual.year import AnnualSetting, YearMeasure
from pmf.reporting.behaviour import charts
from pmf.reporting.criteria import fill_blocks
from pmf.reporting.figurecell import FORECAST_MARK
from pmf.reporting.measure import Measure
from pmf.reporting.movements import groups_that, total
from pmf.reporting.numbering import Numbering
from pmf.reporting.selection import waiver_lines, with_status
from pmf.reporting.wording import agree, as_at_words, counted
from pmf.status import Status

TITLE = "Annual performance report"
_CHANGES = {"improved": "an improvement", "declined": "a decline"}
_ABSENCES = (
    (Status.UNDER_QUERY, "under query: a figure returned failed a data-quality check and is withheld until it is put right"),
    (Status.AWAITING_DATA, "awaiting data: no figure has been returned"),
    (Status.NIL_RETURN, "returned as nil: the service has said that no figure is available"),
    (Status.CONFIDENTIAL, "confidential: the figure is left out of this public edition so that nobody can be recognised"),
)


def annual_report(measures: Sequence[YearMeasure], setting: AnnualSetting) -> Document:
    """Build a council's report of a financial year from all its measures."""
    profile, year = setting.profile, setting.year
    title = f"{TITLE} {year.label}"
    own = [item.year for item in measures]
    parts: tuple[tuple[str, Iterator[Block]], ...] = (
        ("Summary", summary_blocks(measures, setting)),
        (f"Change since {year.previous.label}", _movements(setting)),
        ("Main issues", _issues(own, setting)),
        ("The year's figures", year_blocks(measures, setting)),
        ("Forecasts held against the outcome", forecast_blocks(measures, setting, Numbering(5))),
        ("Corrections and changes", correction_blocks(measures, setting, Numbering(6))),
        ("How to read this report", _guide(setting)),
    )
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=f"{year.first_day:%-d %B %Y} to {year.last_day:%-d %B %Y}",
        header=(),
        sections=tuple(Section(heading, tuple(blocks), number=str(number)) for number, (heading, blocks) in enumerate(parts, start=1)),
        footer=f"{profile.name} – {title}, {as_at_words(setting.as_at, profile)}",
        banner=profile.notice,
    )


def _movements(setting: AnnualSetting) -> Iterator[Block]:
    """Count and list what improved and what declined since the year before, by what became of the colour."""
    numbers = Numbering(2)
    for change, words in _CHANGES.items():
        groups = groups_that(change, setting.movements)
        lead = f"{counted(total(groups), 'indicator')} saw {words} in performance from {setting.year.previous.label}"
        yield numbers.paragraph(lead + (":" if groups else "."))
        if groups:
            yield bullets(*(ListItem(text(group.words()), (ListItem(text(named(group.measures))),)) for group in groups))


def _issues(measures: Sequence[Measure], setting: AnnualSetting) -> Iterator[Block]:
    """Print every red with its commentary and chart, what has no figure, and what is printed under a waiver."""
    numbers = Numbering(3)
    yield from _reds(with_status(measures, Status.RED), numbers)
    for status, words in _ABSENCES:
        if absent := with_status(measures, status):
            yield numbers.paragraph(f"{counted(len(absent), 'indicator')} {agree(len(absent), 'is', 'are')} {words}:")
            yield bullets(*(f"{item.name}. {item.rating['reason']}" for item in absent))
    if waived := waiver_lines(measures, setting.waivers):
        yield numbers.paragraph("The following is printed under a waiver, because a check was not met:")
        yield bullets(*waived)


def _reds(reds: Sequence[Measure], numbers: Numbering) -> Iterator[Block]:
    if not reds:
        yield numbers.paragraph("There are no Red indicators this year.")
        return
    lead = numbers.paragraph(f"There {agree(len(reds), 'is', 'are')} {counted(len(reds), 'Red indicator')} for commentary this year:")
    yield lead
    for place, measure in enumerate(reds, start=1):
        yield Heading(measure.name, level=2, number=f"{lead.number}.{place}")
        yield paragraph(strong("Performance: "), measure.rating["reason"])
        yield paragraph(strong("Commentary: "), measure.explanation)
        if measure.path_to_green or not measure.parts:
            yield paragraph(strong("Path to Green: "), measure.path_to_green or "No path to green supplied.")
        yield from charts([measure])


def _guide(setting: AnnualSetting) -> Iterator[Block]:
    yield paragraph(f"Rated under the policy “{setting.policy_title}”:")
    yield bullets(*setting.criteria)
    yield from fill_blocks(setting.fills)
    yield paragraph(
        "The year's figure is made from the year's months by each indicator's own rule: added up, taken from the last month, averaged, "
        "or worked out again from what it is divided by. Percentages and colours are never averaged, so a year can end with another "
        "colour than its last quarter. Change in performance compares the whole year with the whole year before. Quarters stand as they "
        "are known now; Corrections and changes says what was reported otherwise."
    )
    yield paragraph(
        "A forecast is held against the year as it was first told: as the quarter's signed paper had it, and where none was signed, as "
        f"the quarter was first rated. {FORECAST_MARK} marks a forecast made from past figures alone; four years in five should end "
        "within its 80% band."
    )
