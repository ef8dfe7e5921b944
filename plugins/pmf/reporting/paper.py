"""The quarterly committee paper: header, seven numbered sections, dashboard appendix (CCC quarter 2 report 2024/25).

Paragraph numbers are generated, so that none is skipped. Every count stands beside the list it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from pmf.page.document import (
    Block,
    BulletList,
    Document,
    Heading,
    ListItem,
    Paragraph,
    Section,
    Text,
    bullets,
    paragraph,
    strong,
    text,
)
from pmf.period import Quarter
from pmf.register import Committee, Level, Profile
from pmf.register.changes import Change
from pmf.register.papertext import PaperText
from pmf.reporting.dashboard import dashboard_blocks, provisional_note
from pmf.reporting.measure import Measure, waiver_lines, with_status
from pmf.reporting.movements import MovementGroup, declined_groups, improved_groups, total
from pmf.reporting.registerchanges import change_words
from pmf.reporting.statustable import status_table
from pmf.reporting.waiver import PrintedWaiver
from pmf.reporting.wording import agree, as_at_words, counted, listed
from pmf.status import Status

GREEN_EXAMPLES = 2


@dataclass(frozen=True, kw_only=True)
class PaperSetting:
    """What a paper needs besides its measures.

    ``criteria`` are the printed sentences of the policy the paper names, in order; ``movements`` the groups of measures
    by how their status moved since the quarter before; ``meeting_date`` None: not in the calendar yet. ``changes`` are those
    of the committee's indicators and targets that took effect or were adopted in the quarter; ``waivers`` those in use that are
    about no KPI.
    """

    profile: Profile
    committee: Committee
    quarter: Quarter
    as_at: datetime
    words: PaperText
    criteria: tuple[str, ...]
    movements: tuple[MovementGroup, ...]
    meeting_date: date | None
    changes: tuple[Change, ...] = ()
    waivers: tuple[PrintedWaiver, ...] = ()


@dataclass
class _Numbering:
    """Hands out paragraph numbers of one section: 3.1, 3.2, ..."""

    section: int
    _next: Iterator[int] = field(default_factory=lambda: count(1))

    def paragraph(self, *parts: str | Text) -> Paragraph:
        return paragraph(*parts, number=f"{self.section}.{next(self._next)}")


def committee_paper(measures: Sequence[Measure], setting: PaperSetting) -> Document:
    """Build a committee's paper of a quarter from all its measures."""
    profile, quarter = setting.profile, setting.quarter
    title = f"{setting.words.title} – Quarter {quarter.number} {quarter.financial_year.label.replace('/', '-')}"
    sections = (
        Section(profile.vision, tuple(_ambitions(setting)), number="1"),
        Section("Background", tuple(_background(setting)), number="2"),
        Section("Main Issues", tuple(_main_issues(measures, setting)), number="3"),
        Section(setting.words.topic(quarter).heading, tuple(_topic(measures, setting)), number="4"),
        Section("Conclusion and recommendations", tuple(_conclusion(setting)), number="5"),
        Section("Significant Implications", (_Numbering(6).paragraph(setting.words.implications),), number="6"),
        Section("Source Documents", (_Numbering(7).paragraph(setting.words.source_documents),), number="7"),
        Section("Appendix 1: dashboard", tuple(dashboard_blocks(measures, setting.quarter)), starts_page=True),
    )
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=setting.committee.name,
        header=_header(setting),
        sections=sections,
        footer=f"{profile.name} – {title}, {setting.committee.name}, {as_at_words(setting.as_at, profile)}",
        banner=profile.notice,
    )


def _filled(words: str, setting: PaperSetting) -> str:
    quarter, profile = setting.quarter, setting.profile
    ambitions = {ambition.id: ambition.text for ambition in profile.ambitions}
    names = [f"{profile.ambition_term} {item}: {ambitions[item]}" for item in setting.committee.ambition_ids]
    return words.format(
        committee=setting.committee.name,
        quarter=quarter.label,
        first_day=f"{quarter.first_day:%-d %B %Y}",
        last_day=f"{quarter.last_day:%-d %B %Y}",
        ambitions=listed(names),
    )


def _body(setting: PaperSetting) -> str:
    """Call the body as it is called: Committee, Panel or Cabinet."""
    return setting.committee.kind.value.capitalize()


def _header(setting: PaperSetting) -> tuple[tuple[str, str], ...]:
    words, profile = setting.words, setting.profile
    contact = profile.post(setting.committee.contact_post)
    meeting = f"{setting.meeting_date:%-d %B %Y}" if setting.meeting_date else "To be confirmed"
    return (
        ("To", setting.committee.name),
        ("Meeting Date", meeting),
        ("From", profile.post(setting.committee.from_post).title),
        (words.divisions_label, words.electoral_divisions),
        ("Key decision", words.key_decision),
        ("Executive Summary", _filled(words.executive_summary, setting)),
        ("Recommendation", words.recommendation),
        ("Officer contact", f"{contact.title}, {contact.email}"),
    )


def _ambitions(setting: PaperSetting) -> Iterable[Block]:
    yield _Numbering(1).paragraph(_filled(setting.words.ambitions_link, setting))


def _background(setting: PaperSetting) -> Iterable[Block]:
    words, numbers = setting.words, _Numbering(2)
    yield numbers.paragraph(words.role_lead)
    yield bullets(*words.role)
    yield numbers.paragraph(words.purpose)
    yield numbers.paragraph(_filled(words.period_covered, setting))
    yield numbers.paragraph(words.dashboard_lead)
    yield bullets(*words.dashboard)
    yield numbers.paragraph("The following RAG criteria are being used:")
    yield bullets(*setting.criteria)


def _main_issues(measures: Sequence[Measure], setting: PaperSetting) -> Iterable[Block]:
    numbers, body = _Numbering(3), _body(setting)
    yield numbers.paragraph(f"Current performance of available indicators monitored by the {body} is as follows:")
    yield status_table(measures, caption=f"Status of the {body}'s indicators, {setting.quarter.label}")
    greens, ambers = with_status(measures, Status.GREEN), with_status(measures, Status.AMBER)
    if greens:
        yield from _green_examples(greens, numbers)
    yield from _reds(with_status(measures, Status.RED), numbers)
    if ambers:
        yield numbers.paragraph(f"There {agree(len(ambers), 'is', 'are')} {counted(len(ambers), 'Amber indicator')} this quarter:")
        yield bullets(*(f"{item.name}: {item.current} against a target of {item.target}" for item in ambers))
    contextual = with_status(measures, Status.CONTEXTUAL)
    if contextual:
        yield numbers.paragraph(
            f"There {agree(len(contextual), 'is', 'are')} {counted(len(contextual), 'indicator')} identified as contextual. They have no "
            "target, because one is being developed or because the indicator is followed for context. Appendix 1 gives each one's "
            "figures and commentary."
        )
    yield from _absences(measures, numbers)
    if waived := waiver_lines(measures, setting.waivers):
        yield numbers.paragraph("The following is printed under a waiver, because a check was not met:")
        yield bullets(*waived)
    if setting.changes:
        yield numbers.paragraph("The following changes to indicators and targets took effect or were adopted this quarter:")
        yield bullets(*(change_words(change) for change in setting.changes))


def _green_examples(greens: Sequence[Measure], numbers: _Numbering) -> Iterable[Block]:
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


def _reds(reds: Sequence[Measure], numbers: _Numbering) -> Iterable[Block]:
    if not reds:
        yield numbers.paragraph("There are no Red indicators this quarter.")
        return
    lead = numbers.paragraph(f"There {agree(len(reds), 'is', 'are')} {counted(len(reds), 'Red indicator')} for commentary this quarter:")
    yield lead
    for place, measure in enumerate(reds, start=1):
        yield Heading(measure.name, level=2, number=f"{lead.number}.{place}")
        yield paragraph(strong("Performance: "), measure.rating["reason"])
        yield paragraph(strong("Commentary: "), measure.commentary or "No explanation supplied.")
        yield paragraph(strong("Path to Green: "), measure.path_to_green or "No path to green supplied.")
        if measure.rating["is_provisional"]:
            yield provisional_note(measure)


_ABSENCE_WORDS = (
    (Status.UNDER_QUERY, "under query: a figure returned failed a data-quality check and is withheld until it is put right"),
    (Status.AWAITING_DATA, "awaiting data: no figure has been returned"),
    (Status.NIL_RETURN, "returned as nil: the service has said that no figure is available"),
)


def _absences(measures: Sequence[Measure], numbers: _Numbering) -> Iterable[Block]:
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


def _topic(measures: Sequence[Measure], setting: PaperSetting) -> Iterable[Block]:
    topic, numbers = setting.words.topic(setting.quarter), _Numbering(4)
    for words in topic.paragraphs:
        yield numbers.paragraph(_filled(words, setting))
    strategic = [measure for measure in measures if measure.kpi.level is Level.STRATEGIC]
    if strategic:
        yield numbers.paragraph(topic.indicators_lead)
        yield bullets(*(measure.kpi.title for measure in strategic))


def _conclusion(setting: PaperSetting) -> Iterable[Block]:
    numbers = _Numbering(5)
    improved, declined = improved_groups(setting.movements), declined_groups(setting.movements)
    earlier = setting.quarter.previous.label
    yield numbers.paragraph(
        f"Paragraph 3.1 shows the breakdown of RAG status for this {_body(setting)}'s indicators. Of the indicators updated this quarter, "
        f"{counted(total(improved), 'indicator')} saw an improvement in performance from {earlier}" + (":" if improved else ".")
    )
    if improved:
        yield _movement_list(improved)
    yield numbers.paragraph(
        f"{counted(total(declined), 'indicator')} saw a decline in performance from {earlier}" + (":" if declined else ".")
    )
    if declined:
        yield _movement_list(declined)


def _movement_list(groups: Sequence[MovementGroup]) -> BulletList:
    return BulletList(
        tuple(ListItem(text(group.words()), tuple(ListItem(text(measure.name)) for measure in group.measures)) for group in groups)
    )
