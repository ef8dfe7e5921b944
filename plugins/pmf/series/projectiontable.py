"""A table of figures with the forecasts of every series in it added as rows (``pmf project``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmf.period import Period, parse_period
from pmf.series.forecast import forecasts
from pmf.series.point import Point
from pmf.series.projection import Method, Projection
from pmf.series.track import History
from pmf.value import is_no_figure_word, parse_figure, plain

NEEDED = ("series", "period", "value")
ADDED = ("forecast", "low_80", "high_80", "method")


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
class _Cell:
    """A row's place in the table, as the person who made it counts, and its figure."""

    line: int
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
) -> Projected:
    """Forecast each series of a table for the periods after its last figure.

    ``rows`` are cells with their line number, one row per series x period. Columns needed: series, period, value. Added:
    forecast, low_80, high_80, method, blank where there is a figure. A series whose figures are all written with a per
    cent sign is a percentage. ``only_shown`` leaves out series whose past does not speak for a forecast.

    Raises:
        TableError: naming every line that cannot be read, and what would be right.
    """
    cells = _read(header, rows)
    histories = [
        History(
            points=[each.point for each in of.values()],
            is_cumulative=is_cumulative,
            is_percentage=all(each.is_percentage for each in of.values()),
        )
        for of in cells.values()
    ]
    made = dict(zip(cells, forecasts(histories, horizon=horizon, method=method), strict=True))
    kept = {name: forecast for name, forecast in made.items() if forecast.path and (forecast.is_shown or not only_shown)}
    paths = {(name, step.period): step for name, forecast in kept.items() for step in forecast.path}
    return Projected(
        header=[*header, *ADDED],
        rows=_with_forecasts(header, rows, paths),
        methods=Counter(forecast.path[0].method for forecast in kept.values()),
        left_out={name: forecast.reason for name, forecast in made.items() if name not in kept},
    )


def _read(header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> dict[str, dict[Period, _Cell]]:
    problems = [f"column {name} is missing: the table needs {', '.join(NEEDED)}" for name in NEEDED if name not in header]
    problems += [f"column {name} is there already: take it out, it is what is added" for name in ADDED if name in header]
    if problems:
        raise TableError(problems)
    places = [header.index(name) for name in NEEDED]
    series: dict[str, dict[Period, _Cell]] = {}
    for line, cells in rows:
        name, period, value = (cells[place].strip() for place in places)
        try:
            cell = _cell(line, name, period, value)
            _refuse_clash(cell, series.setdefault(name, {}))
            series[name][cell.point.period] = cell
        except ValueError as error:
            problems.append(f"line {line} (series {name or 'without a name'}): {error}")
    if problems:
        raise TableError(problems)
    return series


def _cell(line: int, name: str, period: str, value: str) -> _Cell:
    if not name:
        raise ValueError("column series is blank: name the series in every row")
    figure = parse_figure(value)
    if figure is None and not is_no_figure_word(value):
        raise ValueError(f"column value has {value!r}: write a number, or leave it blank where there is no figure")
    return _Cell(line, Point(period=parse_period(period), value=figure), figure is None or value.endswith("%"))


def _refuse_clash(cell: _Cell, earlier: Mapping[Period, _Cell]) -> None:
    period = cell.point.period
    if period in earlier:
        raise ValueError(f"{period.key} is there already, in line {earlier[period].line}: keep one of the two")
    first = next(iter(earlier.values()), cell)
    if type(first.point.period) is not type(period):
        raise ValueError(f"{period.key} is another kind of period than in line {first.line}: give each kind a series of its own")


def _with_forecasts(
    header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], paths: Mapping[tuple[str, Period], Projection]
) -> list[list[str]]:
    """Add the four columns to every row, and a row for each forecast of a period that has none yet."""
    series, period, _ = (header.index(name) for name in NEEDED)
    left = dict(paths)
    table = [[*cells, *_added(left.pop((cells[series].strip(), parse_period(cells[period])), None))] for _, cells in rows]
    for (name, _), projection in left.items():
        cells = [""] * len(header)
        cells[series], cells[period] = name, projection.period.key
        table.append([*cells, *_added(projection)])
    return table


def _added(projection: Projection | None) -> list[str]:
    if projection is None:
        return [""] * len(ADDED)
    figures = (projection.value, projection.low, projection.high)
    return [*("" if figure is None else plain(figure) for figure in figures), projection.method]
