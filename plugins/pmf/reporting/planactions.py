"""The actions of the corporate plan in a committee paper: how many stand where, and what each service says of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pmf.page.document import Block, Cell, Column, Table
from pmf.period import Quarter
from pmf.reporting.numbering import Numbering
from pmf.reporting.wording import agree, counted, listed
from pmf.status import Status

NOT_REPORTED = "Not reported"
# In the order they are counted; what is no colour is said in words.
_ORDER = ("Red", "Amber", "Green", "Complete", "Not started", "No status given", NOT_REPORTED)
_COLUMNS = (
    Column("Action", width=2.7),
    Column("Status", width=1.2),
    Column("Status before", width=1.2),
    Column("Update", width=3.2),
    Column("Impact", width=2.2),
)


@dataclass(frozen=True, kw_only=True)
class ActionLine:
    """An action with what was reported of it. ``said`` and ``said_before`` are statuses as printed: "Green", "Complete", "Not reported".

    ``service`` names the service that reports, ``due_on`` when it is to be done (None: it is ongoing).
    """

    action_ref: str
    title: str
    service: str
    due_on: date | None
    said: str
    said_before: str
    update: str
    impact: str


def action_paragraph(actions: Sequence[ActionLine], numbers: Numbering, *, appendix: str) -> Iterator[Block]:
    """Count the actions by how they stand; ``appendix`` names where each is told. Nothing where there are none."""
    if actions:
        counts = Counter(action.said for action in actions)
        told = listed([f"{counts[said]} {said}" for said in _ORDER if counts[said]])
        verb = agree(len(actions), "is", "are")
        yield numbers.paragraph(
            f"{counted(len(actions), 'action')} of the corporate plan {verb} followed: {told}. {appendix} gives the update on each."
        )


def action_table(actions: Sequence[ActionLine], quarter: Quarter) -> Table:
    """Print each action with its status now and before, what was done, and what came of it."""
    rows = tuple(
        (
            Cell(f"{action.action_ref} {action.title}", note=f"{action.service}, {_due(action)}"),
            _status_cell(action.said),
            _status_cell(action.said_before),
            Cell(action.update),
            Cell(action.impact),
        )
        for action in actions
    )
    return Table(f"Actions of the corporate plan, {quarter.label}, beside {quarter.previous.label}", _COLUMNS, rows)


def _status_cell(said: str) -> Cell:
    return Cell(said, status=Status(said.casefold())) if said in ("Red", "Amber", "Green") else Cell(said)


def _due(action: ActionLine) -> str:
    return f"due {action.due_on:%-d %B %Y}" if action.due_on else "ongoing"
