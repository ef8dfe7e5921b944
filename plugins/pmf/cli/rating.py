"""Commands about rating: a table of figures by a policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.csvfile import CsvError, read_csv
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
    or maintain; a range target is written 85..95. The columns intervention_level, tolerance_pct, last_year (the figure of the
    same period a year before) and status_type are read when there. pmf policies lists the policies.
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
    except CsvError as error:
        refuse(f"{file}: {error}")
    except TableError as error:
        refuse("\n".join(f"{file}: {problem}" for problem in error.problems))
    except (PolicyError, OSError) as error:
        refuse(error)
    if output is None:
        typer.echo(text, nl=False)
    else:
        typer.echo(f"{len(rated)} rows rated by {policy}, written to {output}")


def _table_of(file: Path) -> pd.DataFrame:
    import pandas as pd

    table = read_csv(file)
    return pd.DataFrame([cells for _, cells in table.rows], columns=table.header, dtype=str)
