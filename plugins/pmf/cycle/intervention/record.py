"""The record of an intervention: what fired it, what is planned, who approved it, how it goes and how it ended.

A record only grows. How it stands is told by its steps, here and in the view ``v_intervention`` alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace
from pmf.period import Month, parse_month
from pmf.register.assessment import Approver
from pmf.warehouse.access import append_new
from pmf.warehouse.tables import intervention_event

# The parts of a plan.
CAUSE, STEPS = "cause", "steps"
# Answers to "Further intervention required?".
YES, NO = "yes", "no"


class Kind(StrEnum):
    """The steps of an intervention. ``proposed`` is taken from the service's return, ``planned`` is said by somebody."""

    OPENED = "opened"
    PROPOSED = "proposed"
    PLANNED = "planned"
    APPROVED = "approved"
    PROGRESS = "progress"
    CLOSED = "closed"


class State(StrEnum):
    """How an intervention stands."""

    TO_PLAN = "to be planned"
    TO_APPROVE = "awaiting approval"
    UNDER_WAY = "under way"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step. ``part`` is what of the plan it is, whose approval, or the month told of; "" where the kind has no parts.

    ``decision`` is the answer about a month's progress, or how it ended; ``file_hash`` the form it came with. None: there is none.
    """

    kind: Kind
    post: str
    words: str
    recorded_at: datetime
    sequence: int = 0
    part: str = ""
    decision: str | None = None
    file_hash: str | None = None

    @property
    def moment(self) -> tuple[datetime, int]:
        """When it was taken, among steps of the same instant too."""
        return self.recorded_at, self.sequence


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """An intervention with its steps, oldest first; the first one opened it. ``month`` is the one that fired the rule."""

    kpi_ref: str
    month: Month
    steps: tuple[Step, ...]

    @property
    def intervention_id(self) -> str:
        """Name it by its KPI and month: "PI-09-2025-06"."""
        return f"{self.kpi_ref}-{self.month.key}"

    @property
    def opened(self) -> Step:
        """The step that opened it."""
        return self.steps[0]

    @property
    def closed(self) -> Step | None:
        """The step that closed it. None: it is open."""
        return next((step for step in self.steps if step.kind is Kind.CLOSED), None)

    def planned(self, part: str) -> Step | None:
        """Find what was last put in as cause or as steps. None: nothing yet."""
        return self._last(Kind.PLANNED, part)

    def proposed(self, part: str) -> str:
        """Give what the service's own return proposes as cause or steps; "": nothing."""
        step = self._last(Kind.PROPOSED, part)
        return step.words if step else ""

    def was_said(self, part: str, words: str) -> bool:
        """Tell whether these words were proposed or put in before: a form filled in earlier says them again and means nothing new."""
        kinds = (Kind.PROPOSED, Kind.PLANNED)
        return any(step.kind in kinds and (step.part, step.words) == (part, words) for step in self.steps)

    def approved(self, approver: Approver) -> Step | None:
        """Find an approval of the plan as it stands. None: not given yet, or of an earlier plan."""
        approval, plan = self._last(Kind.APPROVED, approver), self._last(Kind.PLANNED)
        return None if approval is None or plan is None or approval.moment < plan.moment else approval

    def progress(self, month: Month) -> Step | None:
        """Find what was last said about a month's progress. None: nothing yet."""
        return self._last(Kind.PROGRESS, month.key)

    def months(self, number: int) -> tuple[Month, ...]:
        """List the months it is followed in."""
        return tuple(self.month.plus(ahead) for ahead in range(1, number + 1))

    def state(self, approvers: Collection[Approver]) -> State:
        """Say how it stands, by what has been said and who has approved."""
        if self.closed:
            return State.CLOSED
        if not (self.planned(CAUSE) and self.planned(STEPS)):
            return State.TO_PLAN
        return State.UNDER_WAY if all(self.approved(approver) for approver in approvers) else State.TO_APPROVE

    def then(self, kind: Kind, part: str = "", *, post: str, words: str, at: datetime, **other: str | None) -> Intervention:
        """Add a step; ``other`` are its ``decision`` and ``file_hash``."""
        moment = at.replace(microsecond=0)  # as the warehouse keeps it
        sequence = 1 + max((step.sequence for step in self.steps if step.recorded_at == moment), default=-1)
        step = Step(kind=kind, part=part, post=post, words=words, recorded_at=moment, sequence=sequence, **other)
        return replace(self, steps=(*self.steps, step))

    def _last(self, kind: Kind, part: str | None = None) -> Step | None:
        return next((step for step in reversed(self.steps) if step.kind is kind and part in (None, step.part)), None)


def opened(kpi_ref: str, month: Month, *, post: str, words: str, at: datetime) -> Intervention:
    """Open an intervention."""
    first = Step(kind=Kind.OPENED, post=post, words=words, recorded_at=at.replace(microsecond=0))
    return Intervention(kpi_ref=kpi_ref, month=month, steps=(first,))


def load_interventions(workspace: Workspace, connection: Connection, *, as_at: datetime) -> list[Intervention]:
    """Load every intervention as known at a moment, by id."""
    rows = workspace.read(connection, "interventions_at", as_at=as_at)
    return [_intervention(list(steps)) for _, steps in groupby(rows, key=lambda row: row["intervention_id"])]


def save_interventions(connection: Connection, organisation: str, interventions: Iterable[Intervention]) -> int:
    """Add what is new of interventions, in the caller's transaction, and count it; steps that are there already stay as they are."""
    return append_new(connection, intervention_event, [_row(organisation, item, step) for item in interventions for step in item.steps])


def _intervention(rows: Sequence[Mapping[str, Any]]) -> Intervention:
    steps = sorted((_step(row) for row in rows), key=lambda step: step.kind is not Kind.OPENED)
    return Intervention(kpi_ref=rows[0]["kpi_ref"], month=parse_month(rows[0]["period"]), steps=tuple(steps))


def _step(row: Mapping[str, Any]) -> Step:
    fields = ("post", "words", "recorded_at", "sequence", "part", "decision", "file_hash")
    return Step(kind=Kind(row["kind"]), **{name: row[name] for name in fields})


def _row(organisation: str, item: Intervention, step: Step) -> dict[str, Any]:
    return vars(step) | {
        "organisation": organisation,
        "intervention_id": item.intervention_id,
        "kind": step.kind.value,
        "kpi_ref": item.kpi_ref,
        "period": item.month.key,
    }
