"""Finding the facts in a scorecard, a board's report or a report of outcome measures: its tables, and the figures at its top."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from pmf.assurance.block import Block, Grid, Words, squeezed
from pmf.assurance.said import Counted, Entry, Key, Said, StatusLine
from pmf.status import Status

_ON_CARD = re.compile(r"^(\d+) (?:KPIs? (?:on this scorecard|in this report)|outcome measures? as known)\b")
_CHARTED = re.compile(r"^(\d+) KPIs? (?:has|have) a chart\b")
_UNCOMPARED = re.compile(r"^(\d+) KPIs? (?:has|have) a national definition, but no figures of others are held: (.*)\.$")
_LABELS = frozenset(status.label for status in Status)
_COLOURS = {status.label: status.value for status in Status if status.is_rated}
_QUALITY = re.compile(r"\bdata quality (\d+\.\d%)$")

# What a table with a row for each KPI says of it, by two headings that no other has: its column of names, and the others.
_Fields = Mapping[str, str]


@dataclass(frozen=True)
class _Rows:
    marker: frozenset[str]
    name: str
    fields: _Fields
    is_main: bool = True


_TABLES = (
    _Rows(
        frozenset({"KPI", "RAG rating"}),
        "KPI",
        {
            "Target": "target",
            "Performance (current)": "value",
            "Performance (previous)": "previous_value",
            "Change in performance": "change",
            "RAG rating": "status",
            "Commentary": "remark",
        },
    ),
    _Rows(
        frozenset({"KPI", "Status now"}),
        "KPI",
        {
            "Status now": "status",
            "Data quality": "quality",
            "Target for the year": "year_target",
            "Service's forecast": "forecast",
            "Status by the service's forecast": "forecast_status",
            "[f] forecast": "year_end",
            "Status by the [f] forecast": "year_end_status",
            "Variation": "variation",
            "Assurance": "assurance",
        },
        is_main=False,
    ),
    _Rows(
        frozenset({"KPI", "Tolerance"}),
        "KPI",
        {
            "Value": "value",
            "Target": "target",
            "Tolerance": "tolerance",
            "Status": "status",
            "Forecast of the year": "forecast",
            "Target of the year": "year_target",
            "Status by the forecast": "forecast_status",
            "Comment": "remark",
        },
    ),
    _Rows(
        frozenset({"Outcome measure", "Preferred direction"}),
        "Outcome measure",
        {"Latest figure": "value", "Figure before": "previous_value", "Change": "change"},
    ),
)
# The lists of a summary, by what stands before the colon.
_LISTS: Mapping[str, Key] = {
    "Red": ("status", "red"),
    "Newly red": ("watch", "newly_red"),
    "Red but improving": ("watch", "improving_red"),
    "Green but deteriorating": ("watch", "declining_green"),
    "Green with a trend for the worse": ("watch", "worsening_green"),
    "Unusual, for the worse": ("watch", "unusual"),
    "A check of the data not met": ("watch", "doubted"),
    **{
        status.label: ("status", status.value)
        for status in (Status.UNDER_QUERY, Status.AWAITING_DATA, Status.NIL_RETURN, Status.CONFIDENTIAL)
    },
    "Back on target": ("watch", "back_on_target"),
    "Unusual, for the better": ("watch", "unusual_better"),
    "In the best quarter": ("watch", "best_quarter"),
    "Improving": ("travel", "improved"),
    "Deteriorating": ("travel", "declined"),
    "No change": ("travel", "unchanged"),
    "Cannot be told": ("travel", "none"),
}
_RED_SO_OFTEN = re.compile(r"^Red \d+ times ")
_EXPECTED = {
    "As they stand now": "status",
    "As the services forecast the year": "forecast_status",
    "By the [f] forecast of the year": "year_end_status",
}
_REASONS = {"Why no chart is drawn": "chart", "Why no [f] forecast is shown": "forecast"}


def take_card(said: Said, grid: Grid, place: str, kpi_refs: Collection[str]) -> None:
    """Collect what a table of such a document states; any other table is passed over."""
    header = frozenset(grid.header)
    if (kind := next((kind for kind in _TABLES if kind.marker <= header), None)) is not None:
        said.entries.extend(_entries(grid, kind))
    elif {"List", "KPIs", "Which"} <= header:
        said.counts.extend(_lists(grid, place, kpi_refs))
    elif "Reckoning" in header:
        said.counts.extend(_expected(grid, place))
    elif reason := next((reason for heading, reason in _REASONS.items() if heading in header), None):
        said.counts.extend(_reasons(grid, place, reason))


def card_counts(text: str, place: str) -> Iterator[Counted]:
    """Read the counts that such a document states in a sentence."""
    if found := _ON_CARD.match(text):
        yield Counted(place, ("all",), int(found[1]), None)
    if found := _CHARTED.match(text):
        yield Counted(place, ("charted",), int(found[1]), None)
    if found := _UNCOMPARED.match(text):
        yield Counted(place, ("uncompared",), int(found[1]), tuple(found[2].replace(" and ", ", ").split(", ")))


def card_summary(text: str, following: Sequence[Block], place: str) -> Iterator[StatusLine]:
    """Read the figures at the top: status, count and share follow one another."""
    if not _ON_CARD.match(text):
        return
    run = [block.text for block in takewhile(lambda block: isinstance(block, Words), following) if isinstance(block, Words)]
    for label, number, share in zip(run[::3], run[1::3], run[2::3], strict=False):
        if label not in _LABELS:
            break
        yield StatusLine(place, label, number, share, None)


def _entries(grid: Grid, kind: _Rows) -> Iterator[Entry]:
    for row in grid.rows:
        cells = dict(zip(grid.header, row, strict=False))
        said = {field: cells[heading] for heading, field in kind.fields.items() if heading in cells}
        if "quality" not in said and (beside := _QUALITY.search(said.get("status", ""))):
            said["quality"] = beside[1]
        name = cells.get(kind.name, "")
        ref = name.split(" ")[0]
        yield Entry(f"{grid.caption}, KPI {ref}", ref, said | {"title": name.removeprefix(ref).strip()}, kind.is_main)


def _lists(grid: Grid, place: str, kpi_refs: Collection[str]) -> Iterator[Counted]:
    for heading, number, which in (row for row in grid.rows if len(row) == 3):
        key = ("watch", "deep_dive") if _RED_SO_OFTEN.match(heading) else _LISTS.get(heading.split(": ")[0], ("watch", "?"))
        refs = tuple(ref for ref in (name.split(" ")[0] for name in which.split("; ")) if ref in kpi_refs)
        yield Counted(f"{place}, {grid.caption}, {heading}", key, _number(number), refs)


def _expected(grid: Grid, place: str) -> Iterator[Counted]:
    for row in grid.rows:
        column = _EXPECTED.get(row[0], "?")
        for heading, number in zip(grid.header[1:], row[1:], strict=False):
            where = f"{place}, {grid.caption}, {row[0]}, {heading}"
            yield Counted(where, ("expected", column, _COLOURS.get(heading, "none")), 0 if number == "-" else _number(number), None)


def _reasons(grid: Grid, place: str, lacking: str) -> Iterator[Counted]:
    for words, number, which in (row for row in grid.rows if len(row) == 3):
        where = f"{place}, {grid.caption}, {words}"
        yield Counted(where, why_key(lacking, words), _number(number), tuple(name.split(" ")[0] for name in which.split("; ")))


def why_key(lacking: str, words: str) -> Key:
    """Name the list of the KPIs that lack a chart or a forecast for a reason."""
    return ("why no", lacking, squeezed(words).casefold())


def _number(words: str) -> int:
    return int(words) if words.isdecimal() else -1
