"""The table of runs that ``make run`` ends with, read back from the warehouse and from Airflow's own run states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace, open_workspace
from pmf.demo.story import Step
from pmf.period import Month
from pmf.settings import Settings
from pmf.status import Status
from pmf.warehouse.engine import reading

_STATE_STYLES = {"success": "green", "failed": "bold red"}


def runs_table(organisation: str, steps: Sequence[Step], settings: Settings) -> Table:
    """Show each run: when, how it ended, returns, findings, statuses, e-mails, seconds."""
    workspace = open_workspace(organisation, settings)
    table = Table(title=f"{workspace.profile.name}: runs", title_justify="left", header_style="bold")
    for heading in ("Run", "Period", "As at", "State", "Outcome"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Returned", "Withheld", "Failed", "Flagged"):
        table.add_column(heading, justify="right")
    for heading in ("R/A/G", "No colour", "E-mails", "Seconds"):
        table.add_column(heading, justify="right")
    with reading(workspace.engine) as connection:
        for step in steps:
            table.add_row(*_row(workspace, connection, step))
    return table


def _row(workspace: Workspace, connection: Connection, step: Step) -> tuple[str | Text, ...]:
    state = step.result.state
    point = "returns" if isinstance(step.period, Month) else "ratings"
    validated = workspace.read(connection, "validation_at", period=step.period.key, point=point, as_at=step.as_at)
    mail = sum(row["messages"] for row in workspace.read(connection, "mail_at_moment", as_at=step.as_at))
    return (
        step.title,
        step.period.key,
        f"{step.as_at:%Y-%m-%d %H:%M}",
        Text(state, style=_STATE_STYLES.get(state, "")),
        _outcome(step),
        *_counts(validated[0] if validated else {}, step),
        *_statuses(workspace, connection, step),
        str(mail),
        f"{step.result.seconds:.1f}",
    )


def _outcome(step: Step) -> str:
    """Say what the grid shows: the task that is red, or whether anything was flagged."""
    broken = [task.task_id for task in step.result.tasks if task.state == "failed"]
    if broken:
        return f"failed at {broken[0]}"
    flagged = sum(task.task_id == "flagged" and task.state == "success" for task in step.result.tasks)
    return f"flagged ({flagged})" if flagged else "passed"


def _counts(validated: dict[str, Any], step: Step) -> tuple[str, str, str, str]:
    if not validated or step.title == "Publication":
        return ("", "", "", "")
    return (f"{validated['returned']}/{validated['due']}", str(validated["withheld"]), str(validated["failed"]), str(validated["flagged"]))


def _statuses(workspace: Workspace, connection: Connection, step: Step) -> tuple[str, str]:
    """Count the statuses of the period's ratings: the three colours, and all the others together."""
    if step.result.state != "success" or step.title == "Publication":
        return ("", "")
    profile = workspace.profile
    policy_id = profile.policy_id(step.period)
    rows = workspace.read(connection, "ratings_at", period=step.period.key, policy_id=policy_id, as_at=step.as_at)
    counts = Counter(Status(row["status"]) for row in rows)
    colours = [counts[status] for status in (Status.RED, Status.AMBER, Status.GREEN)]
    return ("/".join(str(number) for number in colours), str(len(rows) - sum(colours)))
