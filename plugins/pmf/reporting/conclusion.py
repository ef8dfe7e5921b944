"""The conclusion of a committee paper: how every indicator moved since the quarter before, those without a colour apart.

Each indicator is in one list and only one, so that the counts add up to that of the status table. Source: CCC quarter 2 report
2024/25, section 5, which counts 11 that improved and lists 9.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pmf.page.document import Block, BulletList, ListItem, bullets, text
from pmf.reporting.measure import Measure
from pmf.reporting.movements import MovementGroup, groups_that, total
from pmf.reporting.numbering import Numbering
from pmf.reporting.papersetting import PaperSetting
from pmf.reporting.wording import agree, counted, listed
from pmf.status import Status

_CHANGES = {"improved": "an improvement", "declined": "a decline"}


def conclusion(measures: Sequence[Measure], setting: PaperSetting, numbers: Numbering, *, table_in: str) -> Iterable[Block]:
    """Say which indicators improved, which declined, and why the others did neither; ``table_in`` numbers the status table's paragraph."""
    lead = (
        f"Paragraph {table_in} shows the breakdown of RAG status for this {setting.body}'s indicators. "
        "Of the indicators updated this quarter, "
    )
    for change in _CHANGES:
        yield from _moved(groups_that(change, setting.movements), change, setting, numbers, lead=lead)
        lead = ""
    told = {measure.ref for change in _CHANGES for group in groups_that(change, setting.movements) for measure in group.measures}
    if others := [measure for measure in measures if measure.ref not in told]:
        yield numbers.paragraph(f"The other {counted(len(others), 'indicator')} saw neither:")
        yield bullets(*_reasons(others, setting))


def _moved(groups: Sequence[MovementGroup], change: str, setting: PaperSetting, numbers: Numbering, *, lead: str) -> Iterator[Block]:
    """Count and list those that moved one way: first those with a colour, then those without."""
    rated = [group for group in groups if group.current.is_rated]
    unrated = [group for group in groups if not group.current.is_rated]
    words = f"{lead}{counted(total(groups), 'indicator')} saw {_CHANGES[change]} in performance from {setting.quarter.previous.label}"
    if rated and unrated:
        number = total(rated)
        yield numbers.paragraph(f"{words}, of which {number} {agree(number, 'has', 'have')} a RAG status:")
        yield _movement_list(rated)
        number = total(unrated)
        yield numbers.paragraph(f"The other {number} that {change} {agree(number, 'has', 'have')} no RAG status:")
        yield _movement_list(unrated)
        return
    yield numbers.paragraph(words + (":" if groups else "."))
    if groups:
        yield _movement_list(groups)


def _movement_list(groups: Iterable[MovementGroup]) -> BulletList:
    return BulletList(
        tuple(ListItem(text(group.words()), tuple(ListItem(text(measure.name)) for measure in group.measures)) for group in groups)
    )


def _reasons(measures: Sequence[Measure], setting: PaperSetting) -> Iterator[str]:
    """Group those that neither improved nor declined by why, each reason with its number and theirs."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for measure in measures:
        grouped.setdefault(_reason(measure, setting), []).append(measure.ref)
    for (one, several), refs in grouped.items():
        yield f"{counted(len(refs), 'indicator')} {agree(len(refs), one, several)}: {agree(len(refs), 'number', 'numbers')} {listed(refs)}."


def _reason(measure: Measure, setting: PaperSetting) -> tuple[str, str]:
    """Say why an indicator neither improved nor declined, of one and of several."""
    earlier = setting.quarter.previous.label
    if measure.status is Status.CONFIDENTIAL:
        return "has its figure left out of this edition", "have their figures left out of this edition"
    if measure.rating["value"] is None:
        return "has no figure this quarter", "have no figure this quarter"
    if not measure.is_updated_in(setting.quarter):
        return (
            "was not due this quarter and is shown with its last figure",
            "were not due this quarter and are shown with their last figures",
        )
    if measure.change == "unchanged":
        return f"performed as in {earlier}", f"performed as in {earlier}"
    if measure.kpi.direction is None:
        words = "no direction for improvement, so that neither a rise nor a fall is better"
        return f"has {words}", f"have {words}"
    return f"cannot be compared with {earlier}", f"cannot be compared with {earlier}"
