"""Finding the facts among the blocks of a finished scorecard or paper."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import takewhile

from pmf.assurance.block import Block, Grid, Heading, Item, Pair, Words
from pmf.assurance.cards import card_counts, card_summary, take_card
from pmf.assurance.leads import Lead, counts_in, groups_in
from pmf.assurance.panels import panel_counts, take_panel
from pmf.assurance.said import Counted, Entry, Said, StatusLine
from pmf.assurance.tellings import ACTION_HEADER, take_actions, take_telling

_INDICATOR = re.compile(r"^(?:[\d.]+ )?Indicator ([A-Za-z0-9_-]+): (.*)$")
_FIGURES_OF = re.compile(r"^Figures of indicator ([A-Za-z0-9_-]+)(?:, [a-z ]+)?: ")
_NUMBERS = re.compile(r": numbers? (?P<refs>.*)\.$")
_NUMBERED = re.compile(r"^\d+\.\d+ ")
_OF_TABLE = re.compile(r"(\d+) indicators?, of which (\d+) rated\b")
# Why an indicator neither improved nor declined, by the words that say so.
_NEITHER = {
    "confidential": " left out of this edition",
    "absent": " no figure this quarter",
    "not due": " not due this quarter",
    "unchanged": " performed as in ",
    "undirected": " no direction for improvement",
    "incomparable": " cannot be compared with ",
}
_COMMENTARY, _PATH = "Commentary:", "Path to Green:"

# Of an indicator's card: what stands in the columns after the first, by how a row of it begins or ends. The first two rows are named
# after their quarters.
_CARD_FIELDS = (
    ("value", "target", "status", "change"),
    ("previous_value", "previous_target", "previous_status"),
)
_CARD_ROWS = {
    "linear trend": ("projection",),
    "service's forecast": ("forecast", "forecast_target", "forecast_status"),
    "[f] forecast": ("year_end", "year_target", "year_end_status"),
}


def facts_of(blocks: Sequence[Block], *, kpi_refs: Collection[str]) -> Said:
    """Collect what the blocks state; what is no statement of fact is passed over. ``kpi_refs`` are those a list can name."""
    said, place = Said(), ""
    for number, block in enumerate(blocks):
        following = blocks[number + 1 :]
        match block:
            case Heading(text):
                place = text
                said.entries.extend(_entry(text, following))
            case Pair("To", value):
                said.addressee = value
            case Grid():
                _take_grid(said, block, place, kpi_refs)
            case Words(text):
                said.counts.extend(_counts(text, following, place))
                said.counts.extend(card_counts(text, place))
                said.counts.extend(panel_counts(text, place))
                said.statuses.extend(card_summary(text, following, place))
                if _NUMBERED.match(text):
                    take_telling(said, text, _items(following), f"{place}, paragraph {text.split(' ', maxsplit=1)[0]}")
    return said


def _entry(heading: str, following: Sequence[Block]) -> Iterator[Entry]:
    """Read what stands under the heading of an indicator."""
    if (found := _INDICATOR.match(heading)) is None:
        return
    fields = {"title": found[2]}
    for block in takewhile(lambda block: not isinstance(block, Heading), following):
        match block:
            case Words(text) if text.startswith(_COMMENTARY):
                fields["comment"] = text.removeprefix(_COMMENTARY).strip()
            case Words(text) if text.startswith(_PATH):
                fields["path"] = text.removeprefix(_PATH).strip()
            case Grid(caption) if (of := _FIGURES_OF.match(caption)) and of[1] == found[1]:
                fields |= _figures(block)
            case Words(text) if heading[:1].isdigit() and _NUMBERED.match(text):
                break  # the section goes on; an appendix has no numbers, and a description may begin with a figure
    yield Entry(heading, found[1], fields, is_main="value" in fields)


def _figures(grid: Grid) -> dict[str, str]:
    fields: dict[str, str] = {}
    for number, row in enumerate(grid.rows):
        names = next((names for end, names in _CARD_ROWS.items() if row[0].endswith(end)), ())
        fields |= dict(zip(names or _CARD_FIELDS[min(number, 1)], row[1:], strict=False))
    return fields


def _take_grid(said: Said, grid: Grid, place: str, kpi_refs: Collection[str]) -> None:
    header = set(grid.header)
    if {"Status", "Number of KPIs"} <= header:
        said.statuses.extend(StatusLine(grid.caption, *row[:4]) for row in grid.rows if len(row) >= 4)
        if found := _OF_TABLE.search(grid.caption):
            said.counts.append(Counted(grid.caption, ("all",), int(found[1]), None))
            said.counts.append(Counted(grid.caption, ("rated",), int(found[2]), None))
    elif header == ACTION_HEADER:
        take_actions(said, grid, place)
    elif not take_panel(said, grid, place):
        take_card(said, grid, place, kpi_refs)


def _counts(text: str, following: Sequence[Block], place: str) -> Iterator[Counted]:
    # Only numbered paragraphs are the council's own statements: what a service writes may count what it likes.
    for lead in counts_in(text) if _NUMBERED.match(text) else ():
        yield from _stated(lead, following, f"{place}, paragraph {text.split(' ', maxsplit=1)[0]}")


def _stated(lead: Lead, following: Sequence[Block], where: str) -> Iterator[Counted]:
    """Read a count with the list it leads to, and the groups of that list with theirs."""
    items = _items(following)
    if lead.is_nested:
        yield Counted(where, lead.key, lead.number, _refs(item.text for item in items))
        yield from (Counted(f"{where}, {group.text}", group.key, group.number, _refs(group.items)) for group in groups_in(items, lead.key))
    elif lead.key == ("moved", "neither"):
        reasons = [(item.text, _numbers(item.text)) for item in items]
        yield Counted(where, lead.key, lead.number, tuple(ref for _, refs in reasons for ref in refs))
        yield from (Counted(f"{where}, {text}", (*lead.key, *_why(text)), _first_number(text), refs) for text, refs in reasons)
    elif lead.is_listed:
        yield Counted(where, lead.key, lead.number, _refs(item.text for item in items) if items else _headed(following))
    else:
        yield Counted(where, lead.key, lead.number, None)


def _items(following: Sequence[Block]) -> list[Item]:
    return [block for block in takewhile(lambda block: isinstance(block, Item), following) if isinstance(block, Item)]


def _numbers(text: str) -> tuple[str, ...]:
    """List the numbers of indicators that end a sentence: "..., numbers 36, 37 and 41."."""
    found = _NUMBERS.search(text)
    return tuple(found["refs"].replace(" and ", ", ").split(", ")) if found else ()


def _why(text: str) -> tuple[str, ...]:
    return tuple(why for why, words in _NEITHER.items() if words in text)[:1] or ("?",)


def _first_number(text: str) -> int:
    first = text.split(" ", maxsplit=1)[0]
    return int(first) if first.isdecimal() else -1


def _headed(following: Iterable[Block]) -> tuple[str, ...]:
    """List the indicators that have a heading each, up to the next numbered paragraph."""
    under = takewhile(lambda block: not (isinstance(block, Words) and _NUMBERED.match(block.text)), following)
    headings = (block.text for block in under if isinstance(block, Heading))
    found = takewhile(lambda match: match is not None, (_INDICATOR.match(heading) for heading in headings))
    return tuple(match[1] for match in found if match is not None)


def _refs(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(found[1] for text in texts if (found := _INDICATOR.match(text)))
