"""Commands about figures to come: a table of figures with its forecasts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.csvfile import CsvError, read_csv
from pmf.cli.terminal import console, refuse
from pmf.series.projection import Method

if TYPE_CHECKING:
    from pmf.series.projectiontable import Projected

app = typer.Typer()

# Problems and series left out are named up to here.
_MOST_NAMED = 50

_METHOD_HELP = (
    "auto: Theta and the damped trend with seasons, from three years of figures on; a smoothed level with fewer; "
    '"no change" where that clearly did better on the series\' own past. linear: the line through the last twelve figures.'
)


@app.command()
def project(
    file: Annotated[Path, typer.Argument(help="A CSV with the columns series, period and value.")],
    horizon: Annotated[int, typer.Option("--horizon", min=1, max=240, help="How many periods to forecast after the last of each series.")],
    method: Annotated[Method, typer.Option("--method", help=_METHOD_HELP)] = Method.AUTO,
    cumulative: Annotated[
        bool, typer.Option("--cumulative", help="The values are year-to-date figures that start anew each April.")
    ] = False,
    only_shown: Annotated[
        bool, typer.Option("--only-shown", help='Leave out series whose forecasts did not beat "no change" on their own past.')
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", help="Where to write the table. Default: standard output.")] = None,
) -> None:
    """Forecast the figures to come: adds rows with forecast, low_80, high_80 and method to a table of figures.

    One row per series and period; other columns are kept as they are.

    A period is a month (2024-09), a financial quarter (2024-25-Q2) or a year (FY2024-25).
    A value is written as people write it ("2,074", "79.9%"), or left blank.
    Four out of five figures should fall between low_80 and high_80.
    A series in per cent stays between 0 and 100, and none falls below 0 that never did.
    A series of fewer than six figures is not forecast, and is named.

    Example: pmf project visits.csv --horizon 6 --output visits-ahead.csv
    """
    from pmf.series.projectiontable import TableError, project_table

    try:
        with _progress() as tell:
            table = read_csv(file)
            made = project_table(
                table.header, table.rows, horizon=horizon, method=method, is_cumulative=cumulative, only_shown=only_shown, tell=tell
            )
        text = _csv_of(made)
        if output is not None:
            output.write_text(text, encoding="utf-8")
    except CsvError as error:
        refuse(f"{file}: {error}")
    except TableError as error:
        refuse("\n".join(_first(f"{file}: {problem}" for problem in error.problems)))
    except OSError as error:
        refuse(error)
    if output is None:
        typer.echo(text, nl=False)
    else:
        typer.echo(f"{_counted(made)}, written to {output}")
    for line in _first(f"{name}: {reason}" for name, reason in made.left_out.items()):
        console(stderr=True).print(line, soft_wrap=True)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how far a table is; thousands of series take their time. Nothing is left of it at the end."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    out = console(stderr=True)
    with Progress(
        SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), console=out, transient=True, disable=not out.is_terminal
    ) as progress:
        task = progress.add_task("reading the table", total=None)
        yield lambda done, of: progress.update(task, description=f"{done:,} of {of:,} series forecast", completed=done, total=of)


def _first(lines: Iterable[str]) -> list[str]:
    """Keep what a person would read of a long list, and count the rest."""
    listed = list(lines)
    more = len(listed) - _MOST_NAMED
    return listed if more <= 0 else [*listed[:_MOST_NAMED], f"and {more:,} more"]


def _csv_of(made: Projected) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(made.header)
    writer.writerows(made.rows)
    return lines.getvalue()


def _counted(made: Projected) -> str:
    total = sum(made.methods.values())
    by_method = ", ".join(f"{count:,} by {name}" for name, count in sorted(made.methods.items()))
    return f"{total:,} series forecast ({by_method})" if total else "no series forecast"
