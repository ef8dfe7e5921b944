"""The main issues of a committee paper: the status table, every red, and whatever else the committee is to be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pmf.page.document import Block, Heading, Paragraph, Text, bullets, paragraph, strong
from pmf.reporting.dashboard import provisional_note
from pmf.reporting.measure import Measure
from pmf.reporting.memberquestion import question_blocks
from pmf.reporting.numbering import Numbering
from pmf.reporting.papersetting import Appendix, PaperSetting
from pmf.reporting.planactions import action_paragraph
from pmf.reporting.registerchanges import change_words
from pmf.reporting.selection import rated, waiver_lines, with_status
from pmf.reporting.standing import running_words
from pmf.reporting.statustable import status_table
from pmf.reporting.wording import agree, counted
from pmf.status import Status

GREEN_EXAMPLES = 2


def main_issues(measures: Sequence[Measure], setting: PaperSetting, numbers: Numbering) -> Iterable[Block]:
    """Print the status table, examples of green, every red, what is amber, contextual or absent, and what else is to be known."""
    yield numbers.paragraph(f"Current performance of available indicators monitored by the {setting.body} is as follows:")
    yield status_table(measures, caption=_status_caption(measures, setting))
    greens, ambers = with_status(measures, Status.GREEN), with_status(measures, Status.AMBER)
    if greens:
        yield from _green_examples(greens, numbers)
    yield from _reds(with_status(measures, Status.RED), numbers)
    if ambers:
        yield numbers.paragraph(f"There {agree(len(ambers), 'is', 'are')} {counted(len(ambers), 'Amber indicator')} this quarter:")
        yield bullets(*(f"{item.name}: {item.in_unit(item.current)} against a target of {item.in_unit(item.target)}" for item in ambers))
    yield from _contextual(with_status(measures, Status.CONTEXTUAL), setting, numbers)
    yield from _absences(measures, numbers)
    if waived := waiver_lines(measures, setting.waivers):
        yield numbers.paragraph("The following is printed under a waiver, because a check was not met:")
        yield bullets(*waived)
    yield from _since_the_last_report(setting, numbers)


def _since_the_last_report(setting: PaperSetting, numbers: Numbering) -> Iterable[Block]:
    """Tell what was changed, put right and asked, and what goes to the body beside its indicators."""
    in_year = [change for change in setting.changes if change.is_in_year]
    others = [change for change in setting.changes if not change.is_in_year]
    if others:
        verb = agree(len(others), "was", "were")
        lead = f"{counted(len(others), 'change')} to indicators and targets took effect or {verb} adopted this quarter:"
        yield numbers.paragraph(lead)
        yield bullets(*(change_words(change) for change in others))
    if in_year:
        yield numbers.paragraph(
            f"{counted(len(in_year), 'target')} {agree(len(in_year), 'was', 'were')} changed within the financial year:"
        )
        yield bullets(*(change_words(change) for change in in_year))
    if setting.restated:
        number = len(setting.restated)
        lead = f"{counted(number, 'figure')} reported before {agree(number, 'has', 'have')} been restated since the report before this one"
        yield numbers.paragraph(f"{lead}:")
        yield bullets(*(restated.words for restated in setting.restated))
    yield from question_blocks(setting.questions, numbers)
    yield from action_paragraph(setting.actions, numbers, appendix=setting.appendices.get(Appendix.ACTIONS, ""))
    if setting.panels:
        yield numbers.paragraph(
            f"{setting.appendices[Appendix.PANELS]} holds the risks and the change projects of the directorates that report to the "
            f"{setting.body}, so that performance can be read together with them."
        )
    if setting.committee.receives_organisational_scorecard:
        yield numbers.paragraph(
            f"The {setting.body} also receives the organisational scorecard of {setting.quarter.label}: the corporate KPIs of all "
            f"directorates taken together, and every strategic KPI by {setting.profile.ambition_term.lower()}. It is issued with this "
            "report."
        )


def _status_caption(measures: Sequence[Measure], setting: PaperSetting) -> str:
    """Say what the table's two percentages are of."""
    number = len(rated(measures))
    return f"Status of the {setting.body}'s {counted(len(measures), 'indicator')}, of which {number} rated, {setting.quarter.label}"


def _green_examples(greens: Sequence[Measure], numbers: Numbering) -> Iterable[Block]:
    """Show greens that say something, one of each service, in register order."""
    lead = numbers.paragraph(f"There {agree(len(greens), 'is', 'are')} {counted(len(greens), 'Green indicator')} this quarter.")
    examples: dict[str, Measure] = {}
    for measure in greens:
        if measure.commentary and measure.change == "improved":
            examples.setdefault(measure.kpi.service_id, measure)
    chosen = list(examples.values())[:GREEN_EXAMPLES]
    if not chosen:
        yield lead
        return
    words = " Below are examples of commentary for Green indicators:" if len(chosen) > 1 else " Below is an example of their commentary:"
    yield Paragraph((*lead.runs, Text(words)), lead.number)
    for place, measure in enumerate(chosen, start=1):
        yield Heading(measure.name, level=2, number=f"{lead.number}.{place}")
        yield paragraph(strong("Commentary: "), measure.commentary)


def _reds(reds: Sequence[Measure], numbers: Numbering) -> Iterable[Block]:
    if not reds:
        yield numbers.paragraph("There are no Red indicators this quarter.")
        return
    lead = numbers.paragraph(f"There {agree(len(reds), 'is', 'are')} {counted(len(reds), 'Red indicator')} for commentary this quarter:")
    yield lead
    for place, measure in enumerate(reds, start=1):
        yield Heading(measure.name, level=2, number=f"{lead.number}.{place}")
        yield paragraph(strong("Performance: "), measure.rating["reason"] + _running_sentence(measure))
        yield paragraph(strong("Commentary: "), measure.explanation)
        if measure.path_to_green or not measure.parts:
            yield paragraph(strong("Path to Green: "), measure.path_to_green or "No path to green supplied.")
        if measure.rating["is_provisional"]:
            yield provisional_note(measure)


def _contextual(measures: Sequence[Measure], setting: PaperSetting, numbers: Numbering) -> Iterable[Block]:
    if measures:
        number = len(measures)
        yield numbers.paragraph(
            f"There {agree(number, 'is', 'are')} {counted(number, 'indicator')} identified as contextual. "
            f"{agree(number, 'It has', 'They have')} no target, because one is being developed or because the indicator is followed for "
            f"context. {setting.appendices[Appendix.DASHBOARD]} gives {agree(number, 'its', 'their')} figures and commentary."
        )


def _running_sentence(measure: Measure) -> str:
    """Say that a red was red before: " This is the third quarter running that it is Red."."""
    running = running_words(measure)
    return f" This is the {running} running that it is Red." if running else ""


_ABSENCE_WORDS = (
    (Status.UNDER_QUERY, "under query: a figure returned failed a data-quality check and is withheld until it is put right"),
    (Status.AWAITING_DATA, "awaiting data: no figure has been returned"),
    (Status.NIL_RETURN, "returned as nil: the service has said that no figure is available"),
    (Status.CONFIDENTIAL, "confidential: the figure is left out of this public edition so that nobody can be recognised"),
)


def _absences(measures: Sequence[Measure], numbers: Numbering) -> Iterable[Block]:
    for status, words in _ABSENCE_WORDS:
        absent = with_status(measures, status)
        if absent:
            yield numbers.paragraph(f"{counted(len(absent), 'indicator')} {agree(len(absent), 'is', 'are')} {words}:")
            yield bullets(*(_absent_item(measure) for measure in absent))


def _absent_item(measure: Measure) -> str:
    """Name the indicator with the service's own reason for a nil return, or why its figure is withheld."""
    if measure.status is Status.NIL_RETURN:
        return f"{measure.name}. {measure.rating['reason']}"
    return f"{measure.name}. {measure.withheld_because}" if measure.withheld_because else measure.name
