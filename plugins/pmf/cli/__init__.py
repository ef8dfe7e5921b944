"""``pmf`` on the command line, for people who are not in Airflow.

Exit codes are stable: 0 done (clean, or flags only), 1 something failed that the output names, 2 what was given cannot be
used. No command ends in a traceback for a mistake in a file.
"""

from __future__ import annotations

from typing import Annotated

import typer

from pmf.cli import (
    annual,
    checks,
    documents,
    entries,
    governance,
    interventions,
    linting,
    meetings,
    operating,
    policies,
    projecting,
    publishing,
    queries,
    questions,
    rating,
    register,
    replaying,
    returns,
    running,
    security,
    suppressions,
)
from pmf.cli.log import LogForm, start_log

app = typer.Typer(
    name="pmf",
    help="A council's performance management framework: returns are collected, validated, rated and reported.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
for commands in (
    returns,
    checks,
    entries,
    rating,
    replaying,
    projecting,
    documents,
    suppressions,
    linting,
    meetings,
    publishing,
    annual,
    governance,
    running,
    operating,
    security,
):
    app.add_typer(commands.app)
app.add_typer(register.app, name="register")
app.add_typer(interventions.pack)
app.add_typer(queries.app, name="query")
app.add_typer(interventions.app, name="intervention")
app.add_typer(questions.app, name="question")
app.add_typer(policies.app, name="policies")


@app.callback()
def _every_command(
    context: typer.Context,
    form: Annotated[LogForm | None, typer.Option("--log", envvar="PMF_LOG", help="Log on standard error. Default: nothing.")] = None,
) -> None:
    if form is not None:
        start_log(context, form)


def main() -> None:
    """Run the command line."""
    app()
