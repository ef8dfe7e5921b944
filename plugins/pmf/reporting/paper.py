"""The quarterly committee paper: header, seven numbered sections, appendices (CCC quarter 2 report 2024/25).

Numbers of sections, paragraphs and appendices are generated, so that none is skipped. Every count stands beside the list it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pmf.page.document import Block, Document, Heading, Section, bullets
from pmf.register import Level
from pmf.reporting.conclusion import conclusion
from pmf.reporting.criteria import fill_items, fill_words
from pmf.reporting.dashboard import dashboard_blocks
from pmf.reporting.issues import main_issues
from pmf.reporting.measure import Measure
from pmf.reporting.numbering import Numbering
from pmf.reporting.panels import panel_blocks
from pmf.reporting.papersetting import Appendix, PaperSetting
from pmf.reporting.planactions import action_table
from pmf.reporting.wording import as_at_words, listed

_MAIN_ISSUES = "Main Issues"


def committee_paper(measures: Sequence[Measure], setting: PaperSetting) -> Document:
    """Build a committee's paper of a quarter from all its measures."""
    profile, quarter = setting.profile, setting.quarter
    title = f"{setting.words.title} – Quarter {quarter.number} {quarter.financial_year.label.replace('/', '-')}"
    body = tuple(_body(measures, setting))
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=setting.committee.name,
        header=_header(setting),
        sections=(*body, *_appendices(measures, setting, told_in=_told_in(measures, body))),
        footer=f"{profile.name} – {title}, {setting.committee.name}, {as_at_words(setting.as_at, profile)}",
        banner=profile.notice,
    )


def _body(measures: Sequence[Measure], setting: PaperSetting) -> Iterator[Section]:
    """Number the sections as they stand; the conclusion refers to the first paragraph of the main issues."""
    words = setting.words
    parts: tuple[tuple[str, Callable[[Numbering], Iterable[Block]]], ...] = (
        (setting.profile.vision, lambda numbers: [numbers.paragraph(_filled(words.ambitions_link, setting))]),
        ("Background", lambda numbers: _background(setting, numbers)),
        (_MAIN_ISSUES, lambda numbers: main_issues(measures, setting, numbers)),
        (words.topic(setting.quarter).heading, lambda numbers: _topic(measures, setting, numbers)),
        ("Conclusion and recommendations", lambda numbers: conclusion(measures, setting, numbers, table_in=table_in)),
        ("Significant Implications", lambda numbers: [numbers.paragraph(words.implications)]),
        ("Source Documents", lambda numbers: [numbers.paragraph(words.source_documents)]),
    )
    table_in = next(f"{number}.1" for number, (heading, _) in enumerate(parts, start=1) if heading == _MAIN_ISSUES)
    for number, (heading, build) in enumerate(parts, start=1):
        yield Section(heading, tuple(build(Numbering(number))), number=str(number))


def _told_in(measures: Sequence[Measure], body: Iterable[Section]) -> Mapping[str, str]:
    """Map the measures whose commentary the body prints under a heading of its own to that heading's number."""
    numbers = {block.text: block.number for section in body for block in section.blocks if isinstance(block, Heading)}
    return {measure.ref: number for measure in measures if (number := numbers.get(measure.name))}


def _appendices(measures: Sequence[Measure], setting: PaperSetting, *, told_in: Mapping[str, str]) -> Iterator[Section]:
    for appendix, name in setting.appendices.items():
        match appendix:
            case Appendix.DASHBOARD:
                blocks = tuple(dashboard_blocks(measures, setting.quarter, told_in=told_in))
            case Appendix.ACTIONS:
                blocks = (action_table(setting.actions, setting.quarter),)
            case Appendix.PANELS:
                blocks = panel_blocks(setting.panels, setting.quarter.label)
        yield Section(f"{name}: {appendix}", blocks)


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


def _background(setting: PaperSetting, numbers: Numbering) -> Iterable[Block]:
    words = setting.words
    yield numbers.paragraph(words.role_lead)
    yield bullets(*words.role)
    yield numbers.paragraph(words.purpose)
    yield numbers.paragraph(_filled(words.period_covered, setting))
    yield numbers.paragraph(words.dashboard_lead)
    yield bullets(*words.dashboard)
    yield numbers.paragraph("The following RAG criteria are being used:")
    yield bullets(*setting.criteria)
    if setting.fills:
        yield numbers.paragraph(fill_words(setting.fills))
        yield bullets(*fill_items(setting.fills))


def _topic(measures: Sequence[Measure], setting: PaperSetting, numbers: Numbering) -> Iterable[Block]:
    topic = setting.words.topic(setting.quarter)
    for words in topic.paragraphs:
        yield numbers.paragraph(_filled(words, setting))
    strategic = [measure for measure in measures if measure.kpi.level is Level.STRATEGIC]
    if strategic:
        yield numbers.paragraph(topic.indicators_lead)
        yield bullets(*(measure.kpi.title for measure in strategic))
