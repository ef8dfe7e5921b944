"""Finding the facts among the blocks of a finished scorecard or paper."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import takewhile

from pmf.assurance.block import Block, Grid, Heading, Item, Pair, Words
from pmf.assurance.leads import count_in, groups_in
from pmf.assurance.said import Counted, Entry, Said, StatusLine
from pmf.status import Status

_INDICATOR = re.compile(r"^(?:[\d.]+ )?Indicator ([A-Za-z0-9_-]+): (.*)$")
_NAMED = re.compile(r"\bIndicator ([A-Za-z0-9_-]+):")
_FIGURES_OF = re.compile(r"^Figures of indicator (\S+)$")
_READING_OF = re.compile(r"^How to read the figures of indicator (\S+)$")
_ON_SCORECARD = re.compile(r"^(\d+) KPIs? on this scorecard\b")
_NUMBERED = re.compile(r"^\d+\.\d+ ")
_OF_TABLE = re.compile(r"(\d+) indicators?, of which (\d+) rated\b")
_LABELS = frozenset(status.label for status in Status)
_ABSENCES = (
    (" withheld: the figure returned failed", Status.UNDER_QUERY),
    (" not yet returned.", Status.AWAITING_DATA),
    (" returned as not available,", Status.NIL_RETURN),
)
_COMMENTARY, _PATH = "Commentary:", "Path to Green:"

_SCORECARD_FIELDS = {
    "KPI": "name",
    "Target": "target",
    "Performance (current)": "value",
    "Performance (previous)": "previous_value",
    "Change in performance": "change",
    "RAG rating": "status",
    "Commentary": "remark",
}
_OUTLOOK_FIELDS = {
    "KPI": "name",
    "Status now": "status",
    "Target for the year": "year_target",
    "Service's forecast": "forecast",
    "Status by the service's forecast": "forecast_status",
    "[f] forecast": "year_end",
    "Status by the [f] forecast": "year_end_status",
}
# Of the table of one indicator: its rows, and what stands in the columns after the first.
_FIGURE_FIELDS = {
    "Performance": ("value", "previous_value", "forecast", "year_end"),
    "Target": ("target", "previous_target", "forecast_target", "year_target"),
    "Status": ("status", "previous_status", "forecast_status", "year_end_status"),
}
_WATCH_LISTS = {
    "Red but improving": "improving_red",
    "Newly red": "newly_red",
    "Red ": "deep_dive",
    "Green but deteriorating": "declining_green",
    "Green with a trend for the worse": "worsening_green",
    "Unusual, for the worse": "unusual",
    "Back on target": "back_on_target",
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
                said.statuses.extend(_summary(text, following, place))
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
            case Grid(caption) if (of := _READING_OF.match(caption)) and of[1] == found[1]:
                fields["change"] = next((row[1] for row in block.rows if row[0].startswith("Change in performance")), "")
            case Words(text) if heading[:1].isdigit() and _NUMBERED.match(text):
                break  # the section goes on; an appendix has no numbers, and a description may begin with a figure
    yield Entry(heading, found[1], fields, is_main="value" in fields)


def _figures(grid: Grid) -> dict[str, str]:
    fields: dict[str, str] = {}
    for row in grid.rows:
        names = next((names for start, names in _FIGURE_FIELDS.items() if row[0].startswith(start)), ())
        fields |= dict(zip(names, row[1:], strict=False))
    return fields


def _take_grid(said: Said, grid: Grid, place: str, kpi_refs: Collection[str]) -> None:
    header = set(grid.header)
    if {"Status", "Number of KPIs"} <= header:
        said.statuses.extend(StatusLine(grid.caption, *row[:4]) for row in grid.rows if len(row) >= 4)
        if found := _OF_TABLE.search(grid.caption):
            said.counts.append(Counted(grid.caption, ("all",), int(found[1]), None))
            said.counts.append(Counted(grid.caption, ("rated",), int(found[2]), None))
    elif {"KPI", "RAG rating"} <= header:
        said.entries.extend(_rows(grid, _SCORECARD_FIELDS, is_main=True))
    elif {"KPI", "Status now"} <= header:
        said.entries.extend(_rows(grid, _OUTLOOK_FIELDS, is_main=False))
    elif {"List", "KPIs", "Which"} <= header:
        said.counts.extend(_watched(grid, place, kpi_refs))


def _rows(grid: Grid, fields: dict[str, str], *, is_main: bool) -> Iterator[Entry]:
    for row in grid.rows:
        said = {fields[heading]: cell for heading, cell in zip(grid.header, row, strict=False) if heading in fields}
        ref = said.pop("name", "").split(" ")[0]
        title = {"title": row[grid.header.index("KPI")].removeprefix(ref).strip()}
        yield Entry(f"{grid.caption}, KPI {ref}", ref, said | title, is_main)


def _watched(grid: Grid, place: str, kpi_refs: Collection[str]) -> Iterator[Counted]:
    for heading, number, which in (row for row in grid.rows if len(row) == 3):
        key = next((key for start, key in _WATCH_LISTS.items() if heading.startswith(start)), "")
        refs = tuple(ref for ref in (name.split(" ")[0] for name in which.split("; ")) if ref in kpi_refs)
        is_all_reds = key == "deep_dive" and " times " not in heading
        yield Counted(
            f"{place}, {grid.caption}, {heading}",
            ("status", "red") if is_all_reds else ("watch", key),
            int(number) if number.isdecimal() else -1,
            refs,
        )


def _summary(text: str, following: Sequence[Block], place: str) -> Iterator[StatusLine]:
    """Read the figures at the top of a scorecard: status, count and share follow one another."""
    if not _ON_SCORECARD.match(text):
        return
    run = [block.text for block in takewhile(lambda block: isinstance(block, Words), following) if isinstance(block, Words)]
    for label, number, share in zip(run[::3], run[1::3], run[2::3], strict=False):
        if label not in _LABELS:
            break
        yield StatusLine(place, label, number, share, None)


def _counts(text: str, following: Sequence[Block], place: str) -> Iterator[Counted]:
    if found := _ON_SCORECARD.match(text):
        yield Counted(place, ("all",), int(found[1]), None)
    if text.startswith("Indicator ") and (absent := [status for words, status in _ABSENCES if words in text]):
        refs = tuple(_NAMED.findall(text))
        yield Counted(place, ("status", absent[0]), len(refs), refs)
    # Only numbered paragraphs are the council's own statements: what a service writes may count what it likes.
    lead = count_in(text) if _NUMBERED.match(text) else None
    if lead is None:
        return
    where = f"{place}, paragraph {text.split(' ', maxsplit=1)[0]}"
    items = [block for block in takewhile(lambda block: isinstance(block, Item), following) if isinstance(block, Item)]
    if lead.is_nested:
        yield Counted(where, lead.key, lead.number, _refs(item.text for item in items))
        yield from (Counted(f"{where}, {group.text}", group.key, group.number, _refs(group.items)) for group in groups_in(items, lead.key))
    elif lead.is_listed:
        yield Counted(where, lead.key, lead.number, _refs(item.text for item in items) if items else _headed(following))
    else:
        yield Counted(where, lead.key, lead.number, None)


def _headed(following: Iterable[Block]) -> tuple[str, ...]:
    """List the indicators that have a heading each, up to the next numbered paragraph."""
    under = takewhile(lambda block: not (isinstance(block, Words) and _NUMBERED.match(block.text)), following)
    headings = (block.text for block in under if isinstance(block, Heading))
    found = takewhile(lambda match: match is not None, (_INDICATOR.match(heading) for heading in headings))
    return tuple(match[1] for match in found if match is not None)


def _refs(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(found[1] for text in texts if (found := _INDICATOR.match(text)))
