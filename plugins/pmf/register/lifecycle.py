"""The life of a change to the register: nine stages in order, and what has been done of them.

Sources: CCC framework V.1 October 2024, "Cambridgeshire's KPI cycle" (000..., lines 1711 to 1786); HDC framework, Appendix C.1.
Pure: what happened is in rows of ``change_event``; what comes next follows from it (``approval`` says who may do it). Every
level of KPI goes the same way: the framework asks it of services and committees and recommends it for operational KPIs (lines
1663 to 1677).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from pmf.register.collection import Level
from pmf.register.council import OWN_COMMITTEE
from pmf.register.kpi import Kpi
from pmf.register.versions import Register


class LifecycleError(Exception):
    """A change cannot take this step; the message says why, and what can be done instead."""


class Stage(StrEnum):
    """The stages of the KPI cycle, in order."""

    TRIGGER = "trigger"
    SCOPE = "scope"
    DRAFT = "draft"
    PLAN = "plan"
    CONSULT = "consult"
    REPORT = "report"
    APPROVE = "approve"
    ADOPT = "adopt"
    REVIEW = "review"


class ChangeKind(StrEnum):
    """What is to become of a KPI: added, defined or targeted otherwise, or ended."""

    NEW = "new"
    CHANGE = "change"
    RETIRE = "retire"


class Decision(StrEnum):
    """How a step was decided: the approvers' word, that a body was told, or that a stage was not needed."""

    APPROVE = "approve"
    REJECT = "reject"
    NOTE = "note"
    NOT_NEEDED = "not_needed"


# Who does what at each stage, in the framework's words (lines 1711 to 1786).
DUTIES = {
    Stage.TRIGGER: "a director or senior officer proposes the addition, change or removal of a KPI",
    Stage.SCOPE: "an officer names the committee and directorate, and how their existing KPIs stand",
    Stage.DRAFT: "an officer drafts the KPI with mapping, priority, rationale and data source, and checks it against the framework",
    Stage.PLAN: "the director decides who should be consulted",
    Stage.CONSULT: "the director leads the consultation, and an officer checks the KPI against the framework again",
    Stage.REPORT: "an officer writes the recommendation, with the equality and diversity impact assessment",
    Stage.APPROVE: "those named in the approval chain approve or reject, in order",
    Stage.ADOPT: "the performance team updates the register; the committee is told in its next paper",
    Stage.REVIEW: "officers review the KPI with data from several sources",
}
# The director decides who should be consulted (lines 1739 to 1740), so it may be nobody. The impact assessment belongs to Report
# (lines 1760 to 1764) and is always made: no other stage may be left out.
OPTIONAL = frozenset({Stage.PLAN, Stage.CONSULT})
# What stays done when a change is rejected; everything from Draft on is done again.
_BEFORE_DRAFT = frozenset({Stage.TRIGGER, Stage.SCOPE})


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is to be changed. ``criteria`` are those of the council's selection criteria that the KPI meets."""

    change_id: str
    kpi_ref: str
    kind: ChangeKind
    level: Level
    criteria: tuple[str, ...]
    effective_from: date
    rationale: str
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step taken. ``post`` is the post, board or committee that took it, ``on`` the day by the council's own clock."""

    stage: Stage
    post: str
    taken_at: datetime
    on: date
    decision: Decision | None
    note: str


@dataclass(frozen=True, kw_only=True)
class Decider:
    """A step of the approval chain, for one KPI.

    ``bodies`` may take it: one post, board or committee; any committee where the KPI does not have its own yet.
    """

    bodies: tuple[str, ...]
    is_own_committee: bool
    is_told_only: bool


@dataclass(frozen=True, kw_only=True)
class Course:
    """A proposed change, the steps it has taken, oldest first, and the chain it must be approved by."""

    proposal: Proposal
    steps: tuple[Step, ...]
    chain: tuple[Decider, ...]

    @property
    def _round(self) -> tuple[Step, ...]:
        """The steps since the last rejection."""
        rejected = [place for place, step in enumerate(self.steps) if step.decision is Decision.REJECT]
        return self.steps[rejected[-1] + 1 :] if rejected else self.steps

    @property
    def approvers(self) -> frozenset[str]:
        """Who has approved since the last rejection."""
        return frozenset(step.post for step in self._round if step.decision is Decision.APPROVE)

    @property
    def awaited(self) -> Decider | None:
        """Whose approval comes next. None: all have approved; a body the chain names twice needs to do so once."""
        return next((step for step in self.chain if not step.is_told_only and self.approvers.isdisjoint(step.bodies)), None)

    @property
    def is_approved(self) -> bool:
        """Whether all who must approve have."""
        return bool(self.approvers) and self.awaited is None

    @property
    def done(self) -> frozenset[Stage]:
        """The stages that are done and need not be done again."""
        taken = {step.stage for step in self._round} | {step.stage for step in self.steps if step.stage in _BEFORE_DRAFT}
        return frozenset(taken - {Stage.APPROVE} | ({Stage.APPROVE} if self.is_approved else set()))

    @property
    def next_stage(self) -> Stage | None:
        """The stage to take next; a KPI in force is reviewed again and again. None: an ended KPI has no more of them."""
        missing = next((stage for stage in Stage if stage not in self.done), Stage.REVIEW)
        return None if missing is Stage.REVIEW and self.proposal.kind is ChangeKind.RETIRE else missing

    @property
    def adopted_on(self) -> date | None:
        """The day of adoption. None: not adopted."""
        return next((step.on for step in self.steps if step.stage is Stage.ADOPT), None)

    @property
    def review_due(self) -> date | None:
        """The day of the next review: a year after adoption, or after the last review. None: there is none to come."""
        if self.adopted_on is None or self.proposal.kind is ChangeKind.RETIRE:
            return None
        last = max(step.on for step in self.steps if step.stage in {Stage.ADOPT, Stage.REVIEW})
        is_leap_day = (last.month, last.day) == (2, 29)
        return last.replace(year=last.year + 1, day=28 if is_leap_day else last.day)


def read_courses(rows: Iterable[Mapping[str, Any]], register: Register) -> tuple[Course, ...]:
    """Read rows of ``change_event`` as courses, by change_id; the first row of a change is its proposal."""
    order = list(Stage)
    ordered = sorted(rows, key=lambda row: (row["change_id"], row["recorded_at"], order.index(Stage(row["stage"]))))
    return tuple(_course(list(group), register) for _, group in groupby(ordered, key=lambda row: str(row["change_id"])))


def _course(rows: list[Mapping[str, Any]], register: Register) -> Course:
    first = rows[0]
    proposal = Proposal(
        change_id=first["change_id"],
        kpi_ref=first["kpi_ref"],
        kind=ChangeKind(first["kind"]),
        level=Level(first["level"]),
        criteria=tuple(first["criteria"].split(",")) if first["criteria"] else (),
        effective_from=date.fromisoformat(first["effective_from"]),
        rationale=first["note"],
        proposed_by=first["post"],
    )
    zone = ZoneInfo(register.profile.timezone)
    return Course(proposal=proposal, steps=tuple(_step(row, zone) for row in rows), chain=deciders(proposal, register))


def _step(row: Mapping[str, Any], zone: ZoneInfo) -> Step:
    return Step(
        stage=Stage(row["stage"]),
        post=row["post"],
        taken_at=row["recorded_at"],
        on=row["recorded_at"].astimezone(zone).date(),
        decision=Decision(row["decision"]) if row["decision"] else None,
        note=row["note"],
    )


def deciders(proposal: Proposal, register: Register) -> tuple[Decider, ...]:
    """Name who decides on a change, or is told of it, in order; nobody where the council names no chain for its level."""
    chain = register.profile.approval_chain(proposal.level)
    return tuple(
        Decider(
            bodies=_own_committee(proposal, register) if step.by == OWN_COMMITTEE else (step.by,),
            is_own_committee=step.by == OWN_COMMITTEE,
            is_told_only=step.decision == "note",
        )
        for step in (chain.steps if chain else ())
    )


def _own_committee(proposal: Proposal, register: Register) -> tuple[str, ...]:
    """Name the committee of the KPI as it was before the change; of a new one, as the register has it by now."""
    day = proposal.effective_from - timedelta(days=proposal.kind is not ChangeKind.NEW)
    latest = latest_version(register, proposal.kpi_ref, day)
    if latest is not None and latest.committee_id is not None:
        return (latest.committee_id,)
    return tuple(committee.id for committee in register.profile.committees)


def latest_version(register: Register, kpi_ref: str, day: date) -> Kpi | None:
    """Find what a KPI is or was last, on a day. None: it was not in the register."""
    versions = (kpi for kpi in register.kpi_versions if kpi.kpi_ref == kpi_ref and kpi.valid_from <= day)
    return max(versions, key=lambda kpi: kpi.valid_from, default=None)
