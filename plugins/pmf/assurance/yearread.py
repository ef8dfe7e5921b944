"""Finding the facts among the blocks of a finished annual report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import takewhile

from pmf.assurance.block import Block, Grid, Heading, Item, Words
from pmf.assurance.leads import groups_in
from pmf.assurance.said import Counted, Entry, Key, Said, StatusLine
from pmf.status import Status

_NUMBERED = re.compile(r"^\d+\.\d+ ")
_INDICATOR = re.compile(r"^(?:[\d.]+ )?Indicator ([A-Za-z0-9_-]+): (.*)$")
_OF_TABLE = re.compile(r"(\d+) indicators?, of which (\d+) rated\b")
_QUARTER = re.compile(r"^Quarter ([1-4])$")
_HITS = re.compile(r"^(\d+) of (\d+)$")
_MOVED = re.compile(r"(?P<number>\d+) indicators? saw (?P<change>an improvement|a decline) in performance from ")
_CHANGES = {"an improvement": "improved", "a decline": "declined"}
_REDS = re.compile(r"There (?:is|are) (?P<number>\d+|no) Red indicators? ")
_ABSENT = re.compile(r"(?P<number>\d+) indicators? (?:is|are) (?P<what>under query|awaiting data|returned as nil|confidential):")
_ABSENCES = {"under query": Status.UNDER_QUERY, "awaiting data": Status.AWAITING_DATA, "returned as nil": Status.NIL_RETURN}
_ABSENCES |= {"confidential": Status.CONFIDENTIAL}
_CORRECTED = re.compile(r"(?P<number>\d+) figures? of the year's quarters (?:has|have) been corrected since ")
_STORY_FIELDS = {"Commentary:": "comment", "Path to Green:": "path"}
_NO_FIGURE_DUE = "No figure due"
_STATUS_OF = {status.label: status.value for status in Status} | {_NO_FIGURE_DUE: "not_due"}
_LISTS: dict[str, Key] = {
    "Red for the year": ("watch", "red_for_the_year"),
    "Red in every quarter": ("watch", "red_all_year"),
    "Turned green": ("watch", "turned_green"),
    "No longer green": ("watch", "lost_green"),
}
_FORESEEN = {
    "Status foreseen by the service": "service",
    "Status foreseen by the [f] forecast": "pipeline",
    "Figure within the band": "band",
}
_YEAR_FIELDS = {
    "Year's figure": "value",
    "Year's target": "target",
    "Status": "status",
    "Year before": "previous_value",
    "Change in performance": "change",
}
_CORRECTED_FIELDS = {"Reported": "told_value", "Status reported": "told_status", "Corrected to": "value", "Status now": "status"}


def annual_facts(blocks: Sequence[Block], *, kpi_refs: Collection[str]) -> Said:
    """Collect what the blocks of an annual report state. ``kpi_refs`` are those a list can name."""
    said, place = Said(), ""
    for number, block in enumerate(blocks):
        following = blocks[number + 1 :]
        match block:
            case Heading(text):
                place = text
                said.entries.extend(_story(text, following))
            case Grid():
                _take_grid(said, block, kpi_refs)
            case Words(text) if _NUMBERED.match(text):
                said.counts.extend(_counts(text, following, f"{place}, paragraph {text.split(' ', maxsplit=1)[0]}", kpi_refs))
    return said


def _story(heading: str, following: Sequence[Block]) -> Iterator[Entry]:
    """Read what is told of a red under its own heading."""
    if (found := _INDICATOR.match(heading)) is None:
        return
    fields = {"title": found[2]}
    for block in takewhile(lambda block: isinstance(block, Words) and not _NUMBERED.match(block.text), following):
        for start, name in _STORY_FIELDS.items():
            if isinstance(block, Words) and block.text.startswith(start):
                fields[name] = block.text.removeprefix(start).strip()
    yield Entry(heading, found[1], fields)


def _counts(text: str, following: Sequence[Block], where: str, kpi_refs: Collection[str]) -> Iterator[Counted]:
    items = [block for block in takewhile(lambda block: isinstance(block, Item), following) if isinstance(block, Item)]
    if found := _MOVED.search(text):
        key = ("moved", _CHANGES[found["change"]])
        groups = [(group, _named(group.items, kpi_refs)) for group in groups_in(items, key)]
        yield Counted(where, key, int(found["number"]), tuple(ref for _, refs in groups for ref in refs))
        yield from (Counted(f"{where}, {group.text}", group.key, group.number, refs) for group, refs in groups)
    elif found := _REDS.search(text):
        number = 0 if found["number"] == "no" else int(found["number"])
        yield Counted(where, ("status", "red"), number, _headed(following))
    elif found := _ABSENT.search(text):
        refs = tuple(named[1] for item in items if (named := _INDICATOR.match(item.text)))
        yield Counted(where, ("status", _ABSENCES[found["what"]]), int(found["number"]), refs)
    elif found := _CORRECTED.search(text):
        yield Counted(where, ("corrected",), int(found["number"]), None)


def _headed(following: Iterable[Block]) -> tuple[str, ...]:
    """List the indicators that have a heading each, up to the next numbered paragraph."""
    under = takewhile(lambda block: not (isinstance(block, Words) and _NUMBERED.match(block.text)), following)
    found = takewhile(bool, (_INDICATOR.match(block.text) for block in under if isinstance(block, Heading)))
    return tuple(match[1] for match in found if match)


def _named(texts: Iterable[str], kpi_refs: Collection[str]) -> tuple[str, ...]:
    """List the KPIs that lines name one after another: "36 Number of active library users; 37 Visits"."""
    return tuple(ref for text in texts for ref in (name.split(" ")[0] for name in text.split("; ")) if ref in kpi_refs)


def _take_grid(said: Said, grid: Grid, kpi_refs: Collection[str]) -> None:
    header = set(grid.header)
    if {"Status", "Quarter 1", "Year"} <= header:
        said.statuses.extend(_statuses(grid))
        said.counts.extend(_quarter_counts(grid))
    elif {"List", "KPIs", "Which"} <= header:
        said.counts.extend(_lists(grid, kpi_refs))
    elif {"KPI", "Year's figure", "Year before"} <= header:
        said.entries.extend(_year_entries(grid))
    elif {"Forecast", "After quarter 1"} <= header:
        said.counts.extend(_forecast_hits(grid))
    elif {"KPI", "Year's figure"} <= header:
        said.entries.extend(_forecast_entries(grid))
    elif {"KPI", "Quarter", "Corrected to"} <= header:
        corrections = list(_corrections(grid))
        said.entries.extend(entry for entry, _ in corrections)
        said.counts.append(Counted(grid.caption, ("corrected",), len(corrections), tuple(name for _, name in corrections)))


def _statuses(grid: Grid) -> Iterator[StatusLine]:
    """Read how many stand at each status by the figures of the year, and what share that is."""
    places = [grid.header.index(name) for name in ("Status", "Year", "Percentage of KPIs", "Percentage of rated KPIs")]
    for row in grid.rows:
        if row[0] != _NO_FIGURE_DUE:
            yield StatusLine(grid.caption, *(row[place] for place in places))


def _quarter_counts(grid: Grid) -> Iterator[Counted]:
    """Read how many there are in all, and how many stand at each status in each quarter."""
    if found := _OF_TABLE.search(grid.caption):
        yield Counted(grid.caption, ("all",), int(found[1]), None)
        yield Counted(grid.caption, ("rated",), int(found[2]), None)
    for row in grid.rows:
        for heading, cell in zip(grid.header, row, strict=False):
            if found := _QUARTER.match(heading):
                key = ("quarter", found[1], _STATUS_OF.get(row[0], "?"))
                yield Counted(f"{grid.caption}, {row[0]}, {heading}", key, _number(cell), None)


def _lists(grid: Grid, kpi_refs: Collection[str]) -> Iterator[Counted]:
    for heading, number, which in (row for row in grid.rows if len(row) == 3):
        key = next((key for start, key in _LISTS.items() if heading.startswith(start)), ("watch", "?"))
        yield Counted(f"{grid.caption}, {heading}", key, _number(number), _named([which], kpi_refs))


def _forecast_hits(grid: Grid) -> Iterator[Counted]:
    """Read how many forecasts of each kind there were after a quarter, and how many of them came true."""
    for row in grid.rows:
        kind = next((kind for words, kind in _FORESEEN.items() if row[0].startswith(words)), "?")
        for place, cell in enumerate(row[1:], start=1):
            found = _HITS.match(cell)
            hits, told = (int(found[1]), int(found[2])) if found else (_number(cell), _number(cell))
            where = f"{grid.caption}, {row[0]}, {grid.header[place]}"
            yield Counted(where, ("came_true", kind, str(place)), hits, None)
            yield Counted(where, ("foretold", kind, str(place)), told, None)


def _year_entries(grid: Grid) -> Iterator[Entry]:
    """Read each KPI's year and its quarters, the status of each with its figure behind it."""
    for row in grid.rows:
        fields: dict[str, str] = {}
        for heading, cell in zip(grid.header, row, strict=False):
            if heading in _YEAR_FIELDS:
                fields[_YEAR_FIELDS[heading]] = cell
            elif found := _QUARTER.match(heading):
                label = next((label for label in _STATUS_OF if cell.startswith(label)), "")
                fields |= {f"q{found[1]}_status": cell, f"q{found[1]}_value": cell.removeprefix(label).strip()}
        yield _entry(grid, row, fields, is_main=True)


def _forecast_entries(grid: Grid) -> Iterator[Entry]:
    """Read the forecasts of each KPI's year, by the service and by the pipeline, beside what it came to."""
    for row in grid.rows:
        fields = {"value": row[grid.header.index("Year's figure")]}
        for heading, cell in zip(grid.header, row, strict=False):
            if " after quarter " in heading:
                fields[f"q{heading[-1]}_{'year_end' if heading.startswith('[f]') else 'forecast'}"] = cell
        yield _entry(grid, row, fields)


def _corrections(grid: Grid) -> Iterator[tuple[Entry, str]]:
    """Read each corrected figure, as it was reported and as it is known now, with the name of its place: "219 2"."""
    for row in grid.rows:
        quarter = row[grid.header.index("Quarter")].removeprefix("Quarter ")
        named = ((_CORRECTED_FIELDS.get(heading), cell) for heading, cell in zip(grid.header, row, strict=False))
        entry = _entry(grid, row, {f"q{quarter}_{name}": cell for name, cell in named if name})
        yield entry, f"{entry.kpi_ref} {quarter}"


def _entry(grid: Grid, row: tuple[str, ...], fields: dict[str, str], *, is_main: bool = False) -> Entry:
    ref, _, title = row[grid.header.index("KPI")].partition(" ")
    return Entry(f"{grid.caption}, KPI {ref}", ref, {"title": title} | fields, is_main)


def _number(cell: str) -> int:
    """Read a count; a dash is none, and what is no count agrees with nothing."""
    return 0 if cell == "-" else int(cell) if cell.isdecimal() else -1
