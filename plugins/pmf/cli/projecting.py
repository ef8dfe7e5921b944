"""Commands about figures to come: a table of figures with its forecasts."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.csvfile import CsvError, read_csv
from pmf.cli.terminal import console, refuse
from pmf.series.projection import Method

if TYPE_CHECKING:
    from pmf.series.projectiontable import Projected

app = typer.Typer()


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

    A period is a month (2024-09), a financial quarter (2024-25-Q2) or a financial year (FY2024-25). A value is written as
    people write it ("2,074", "79.9%"), and left blank where there is none. Four out of five figures should fall between
    low_80 and high_80; method says how the forecast was made. What never was negative is not expected to be, and a series
    written in per cent stays between 0 and 100. A series of fewer than six figures is not forecast, and is named.
    """
    from pmf.series.projectiontable import TableError, project_table

    try:
        table = read_csv(file)
        made = project_table(table.header, table.rows, horizon=horizon, method=method, is_cumulative=cumulative, only_shown=only_shown)
        text = _csv_of(made)
        if output is not None:
            output.write_text(text, encoding="utf-8")
    except CsvError as error:
        refuse(f"{file}: {error}")
    except TableError as error:
        refuse("\n".join(f"{file}: {problem}" for problem in error.problems))
    except OSError as error:
        refuse(error)
    if output is None:
        typer.echo(text, nl=False)
    else:
        typer.echo(f"{_counted(made)}, written to {output}")
    for name, reason in made.left_out.items():
        console(stderr=True).print(f"{name}: {reason}", soft_wrap=True)


def _csv_of(made: Projected) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(made.header)
    writer.writerows(made.rows)
    return lines.getvalue()


def _counted(made: Projected) -> str:
    total = sum(made.methods.values())
    by_method = ", ".join(f"{count} by {name}" for name, count in sorted(made.methods.items()))
    return f"{total} series forecast ({by_method})" if total else "no series forecast"
