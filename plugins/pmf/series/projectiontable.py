"""A table of figures with the forecasts of every series in it added as rows (``pmf project``)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pmf.period import Period, parse_period
from pmf.series.forecast import Forecast, forecasts
from pmf.series.point import Point
from pmf.series.projection import Method, Projection
from pmf.series.track import History
from pmf.value import is_no_figure_word, parse_figure, plain

NEEDED = ("series", "period", "value")
ADDED = ("forecast", "low_80", "high_80", "method")
# Often enough to be told how far it is, seldom enough to cost nothing.
_SERIES_AT_ONCE = 250


class TableError(Exception):
    """A table that cannot be projected, with every problem in a sentence."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Projected:
    """The table with its forecasts, how many series each method was used for, and the reason in words for each left out."""

    header: list[str]
    rows: list[list[str]]
    methods: Mapping[str, int]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class _Line:
    """A row as it was read: its place in the table, as the person who made it counts, its series and its figure."""

    number: int
    series: str
    point: Point
    is_percentage: bool


def project_table(
    header: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    *,
    horizon: int,
    method: Method = Method.AUTO,
    is_cumulative: bool = False,
    only_shown: bool = False,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> Projected:
    """Forecast each series of a table for the periods after its last figure.

    ``rows`` are cells with their line number, one row per series x period. Columns needed, in any case: series, period,
    value. Added: forecast, low_80, high_80, method, blank where there is a figure. A series whose figures are all written
    with a per cent sign is a percentage. ``only_shown`` leaves out series whose past does not speak for a forecast.
    ``tell`` is told now and then how many series are done, of how many.

    Raises:
        TableError: naming every line that cannot be read, and what would be right.
    """
    places = _places(header)
    lines = _read(rows, places)
    histories = _histories(lines, is_cumulative=is_cumulative)
    made: dict[str, Forecast] = {}
    names = list(histories)
    for start in range(0, len(names), _SERIES_AT_ONCE):
        some = names[start : start + _SERIES_AT_ONCE]
        made |= zip(some, forecasts([histories[name] for name in some], horizon=horizon, method=method), strict=True)
        tell(len(made), len(names))
    kept = {name: forecast for name, forecast in made.items() if forecast.path and (forecast.is_shown or not only_shown)}
    paths = {(name, step.period): step for name, forecast in kept.items() for step in forecast.path}
    return Projected(
        header=[*header, *ADDED],
        rows=_with_forecasts(rows, lines, paths, places),
        methods=Counter(forecast.path[0].method for forecast in kept.values()),
        left_out={name: forecast.reason for name, forecast in made.items() if name not in kept},
    )


def _places(header: Sequence[str]) -> list[int]:
    """Find the columns that are needed."""
    names = [name.strip().casefold() for name in header]
    problems = [f"column {name} is missing: the table needs {', '.join(NEEDED)}" for name in NEEDED if name not in names]
    problems += [f"column {name} is there more than once: keep one" for name in NEEDED if names.count(name) > 1]
    problems += [f"column {name} is there already: take it out, it is what is added" for name in ADDED if name in names]
    if problems:
        raise TableError(problems)
    return [names.index(name) for name in NEEDED]


def _read(rows: Sequence[tuple[int, Sequence[str]]], places: Sequence[int]) -> list[_Line]:
    series_at, period_at, value_at = places
    read, problems = [], []
    earlier: dict[str, dict[Period, int]] = defaultdict(dict)
    # A table of many series names the same few periods again and again.
    parsed = cache(parse_period)
    for number, cells in rows:
        series = cells[series_at].strip()
        try:
            line = _line(number, series, parsed, cells[period_at], cells[value_at].strip())
            _refuse_clash(line, earlier[series])
        except ValueError as error:
            problems.append(f"line {number} (series {series or 'without a name'}): {error}")
            continue
        earlier[series][line.point.period] = number
        read.append(line)
    if problems:
        raise TableError(problems)
    return read


def _line(number: int, series: str, parsed: Callable[[str], Period], period: str, value: str) -> _Line:
    if not series:
        raise ValueError("column series is blank: name the series in every row")
    try:
        point_period = parsed(period)
    except ValueError as error:
        raise ValueError(f"column period: {error}") from None
    figure = parse_figure(value)
    if figure is None and not is_no_figure_word(value):
        raise ValueError(f"column value has {value!r}: write a number, or leave it blank where there is no figure")
    return _Line(number, series, Point(period=point_period, value=figure), figure is None or value.endswith("%"))


def _refuse_clash(line: _Line, earlier: Mapping[Period, int]) -> None:
    period = line.point.period
    if period in earlier:
        raise ValueError(f"column period: {period.key} is there already, in line {earlier[period]}: keep one of the two")
    first, number = next(iter(earlier.items()), (period, line.number))
    if type(first) is not type(period):
        raise ValueError(f"column period: {period.key} is another kind of period than in line {number}: give each kind a series of its own")


def _histories(lines: Iterable[_Line], *, is_cumulative: bool) -> dict[str, History]:
    """Gather the lines of every series, in the order they first come in."""
    of: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        of[line.series].append(line)
    return {
        series: History(
            points=[each.point for each in own],
            is_cumulative=is_cumulative,
            is_percentage=all(each.is_percentage for each in own),
        )
        for series, own in of.items()
    }


def _with_forecasts(
    rows: Sequence[tuple[int, Sequence[str]]],
    lines: Sequence[_Line],
    paths: Mapping[tuple[str, Period], Projection],
    places: Sequence[int],
) -> list[list[str]]:
    """Add the four columns to every row, and a row for each forecast of a period that has none yet."""
    left = dict(paths)
    table = [[*cells, *_added(left.pop((line.series, line.point.period), None))] for (_, cells), line in zip(rows, lines, strict=True)]
    width = len(table[0]) - len(ADDED) if table else 0
    for (series, _), projection in left.items():
        cells = [""] * width
        cells[places[0]], cells[places[1]] = series, projection.period.key
        table.append([*cells, *_added(projection)])
    return table


def _added(projection: Projection | None) -> list[str]:
    if projection is None:
        return [""] * len(ADDED)
    figures = (projection.value, projection.low, projection.high)
    return [*("" if figure is None else plain(figure) for figure in figures), projection.method]
