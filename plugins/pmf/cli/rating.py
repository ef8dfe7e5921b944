"""Commands about rating: a table of figures by a policy."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.terminal import refuse, settings

if TYPE_CHECKING:
    import pandas as pd


app = typer.Typer()


@app.command()
def rate(
    file: Annotated[Path, typer.Argument(help="A CSV with the columns kpi_ref, period, actual, target and direction.")],
    policy: Annotated[str, typer.Option("--policy", help="The rating policy, such as ccc-framework-2024 or ccc-q2-2024.")],
    output: Annotated[Path | None, typer.Option("--output", help="Where to write the rated CSV. Default: standard output.")] = None,
) -> None:
    """Rate a table of figures: adds status, off_target_pct (positive is worse than target) and reason to every row.

    Cells may be as people write them: "2,074", "79.9%", "£221,512.41", "TBC", "N/A". direction is higher, lower, range
    or maintain; a range target is written 85..95. The columns intervention_level and status_type are read when there.
    """
    from pmf.rating.policy import PolicyError, load_policies
    from pmf.rating.table import TableError, rate_table

    try:
        policies = load_policies(settings().policies)
        if policy not in policies:
            refuse(f"There is no rating policy {policy!r}. There are: {', '.join(sorted(policies))}.")
        rated = rate_table(_table_of(file), policies[policy])
        text = rated.to_csv(index=False)
        if output is not None:
            output.write_text(text, encoding="utf-8")
    except TableError as error:
        refuse("\n".join(f"{file}: {problem}" for problem in error.problems))
    except (PolicyError, OSError) as error:
        refuse(error)
    if output is None:
        typer.echo(text, nl=False)
    else:
        typer.echo(f"{len(rated)} rows rated by {policy}, written to {output}")


def _table_of(file: Path) -> pd.DataFrame:
    """Read a CSV with every cell as it stands; a line that does not fit the header is refused, never shifted.

    Raises:
        TableError: naming the line, or what the file is instead.
    """
    import pandas as pd

    from pmf.rating.table import TableError

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header, rows = next(reader, []), []
            for cells in reader:
                if any(cell.strip() for cell in cells[len(header) :]):
                    how = 'put a figure with a comma in quotation marks, like "2,074"'
                    raise TableError([f"line {reader.line_num} has more cells than the header has columns: {how}"])
                if any(cells):
                    rows.append([*cells, *[""] * len(header)][: len(header)])
    except UnicodeDecodeError:
        raise TableError(['no CSV in UTF-8: save it from the spreadsheet as "CSV UTF-8"']) from None
    except csv.Error as error:
        raise TableError([f"not readable as CSV: {error}"]) from None
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise TableError([f"column {', '.join(twice)} is there more than once: keep one"])
    return pd.DataFrame(rows, columns=header, dtype=str)
