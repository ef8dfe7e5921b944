"""The quarterly committee paper: header, seven numbered sections, dashboard appendix (CCC quarter 2 report 2024/25).

Paragraph numbers are generated, so that none is skipped. Every count stands beside the list it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pmf.page.document import Block, BulletList, Document, ListItem, Section, bullets, text
from pmf.register import Level
from pmf.reporting.criteria import fill_items, fill_words
from pmf.reporting.dashboard import dashboard_blocks
from pmf.reporting.issues import main_issues
from pmf.reporting.measure import Measure
from pmf.reporting.movements import MovementGroup, declined_groups, improved_groups, total
from pmf.reporting.papersetting import Numbering, PaperSetting
from pmf.reporting.wording import as_at_words, counted, listed


def committee_paper(measures: Sequence[Measure], setting: PaperSetting) -> Document:
    """Build a committee's paper of a quarter from all its measures."""
    profile, quarter = setting.profile, setting.quarter
    title = f"{setting.words.title} – Quarter {quarter.number} {quarter.financial_year.label.replace('/', '-')}"
    sections = (
        Section(profile.vision, tuple(_ambitions(setting)), number="1"),
        Section("Background", tuple(_background(setting)), number="2"),
        Section("Main Issues", tuple(main_issues(measures, setting)), number="3"),
        Section(setting.words.topic(quarter).heading, tuple(_topic(measures, setting)), number="4"),
        Section("Conclusion and recommendations", tuple(_conclusion(setting)), number="5"),
        Section("Significant Implications", (Numbering(6).paragraph(setting.words.implications),), number="6"),
        Section("Source Documents", (Numbering(7).paragraph(setting.words.source_documents),), number="7"),
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
    yield Numbering(1).paragraph(_filled(setting.words.ambitions_link, setting))


def _background(setting: PaperSetting) -> Iterable[Block]:
    words, numbers = setting.words, Numbering(2)
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


def _topic(measures: Sequence[Measure], setting: PaperSetting) -> Iterable[Block]:
    topic, numbers = setting.words.topic(setting.quarter), Numbering(4)
    for words in topic.paragraphs:
        yield numbers.paragraph(_filled(words, setting))
    strategic = [measure for measure in measures if measure.kpi.level is Level.STRATEGIC]
    if strategic:
        yield numbers.paragraph(topic.indicators_lead)
        yield bullets(*(measure.kpi.title for measure in strategic))


def _conclusion(setting: PaperSetting) -> Iterable[Block]:
    numbers = Numbering(5)
    improved, declined = improved_groups(setting.movements), declined_groups(setting.movements)
    earlier = setting.quarter.previous.label
    yield numbers.paragraph(
        f"Paragraph 3.1 shows the breakdown of RAG status for this {setting.body}'s indicators. Of the indicators updated this quarter, "
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
