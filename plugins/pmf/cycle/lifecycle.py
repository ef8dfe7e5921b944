"""Change a KPI: a proposal, the steps it takes, its approval and adoption, each recorded by post and moment.

What may come next is ``pmf.register.approval``'s to say; here it is asked, and the answer is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.register import Level, Profile
from pmf.register.approval import check_decision, check_proposal, check_step, missing_from_register
from pmf.register.lifecycle import DUTIES, ChangeKind, Course, Decision, LifecycleError, Proposal, Stage, latest_version, read_courses
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import change_event

_ALL_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class StepTaken(Summary):
    """One step of a change, for print. ``decision`` None: the stage decides nothing."""

    stage: str
    by: str
    on: str
    decision: str | None
    note: str


@dataclass(frozen=True)
class ChangeState(Summary):
    """How a change stands, for print.

    ``next_stage`` and ``next_step`` say what comes next and whose it is (None: nothing does); ``review_due`` when an
    adopted KPI is to be reviewed, ``is_review_overdue`` whether that day has passed. ``missing`` is what the register's
    files lack of an approved change.
    """

    change_id: str
    kpi_ref: str
    kind: str
    level: str
    criteria: tuple[str, ...]
    effective_from: str
    rationale: str
    proposed_by: str
    next_stage: str | None
    next_step: str | None
    missing: str | None
    review_due: str | None
    is_review_overdue: bool
    steps: tuple[StepTaken, ...]


def propose_change(
    organisation: str,
    *,
    kpi_ref: str,
    kind: ChangeKind,
    level: Level | None,
    criteria: Sequence[str] | None,
    effective_from: date,
    rationale: str,
    post: str,
    as_at: datetime,
    settings: Settings,
) -> ChangeState:
    """Record a proposal, the trigger of the KPI cycle; it is named by what it does, like 36-retire-2025-04-01.

    ``level`` and ``criteria`` None: those the register gives for the KPI.

    Raises:
        LifecycleError: when the proposer is no post, the proposal does not fit the register or the council's rules
            (``check_proposal``), or has been made already.
    """
    workspace = open_workspace(organisation, settings)
    _known(post, {known.id for known in workspace.profile.posts}, "post", workspace)
    registered = latest_version(workspace.register, kpi_ref, effective_from)
    if level is None:
        if registered is None:
            raise LifecycleError(f"KPI {kpi_ref} is not in the register yet: say at which level it is to be, {', '.join(Level)}")
        level = registered.level
    proposal = Proposal(
        change_id=f"{kpi_ref}-{kind}-{effective_from}",
        kpi_ref=kpi_ref,
        kind=kind,
        level=level,
        criteria=tuple(criteria) if criteria is not None else registered.criteria if registered else (),
        effective_from=effective_from,
        rationale=rationale,
        proposed_by=post,
    )
    check_proposal(proposal, workspace.register)
    if proposal.change_id in {course.proposal.change_id for course in _courses(workspace, _ALL_TIME)}:
        raise LifecycleError(f"{proposal.change_id} has been proposed already: go on with it")
    _record(workspace, proposal, Stage.TRIGGER, post=post, decision=None, note=rationale, at=as_at)
    return _state_of(workspace, proposal.change_id, as_at)


def take_step(
    organisation: str,
    change_id: str,
    stage: Stage,
    *,
    post: str,
    note: str,
    as_at: datetime,
    settings: Settings,
    is_needed: bool = True,
) -> ChangeState:
    """Record that a stage is done, or (Plan and Consult alone) that it is not needed, with what was done or why not.

    Adopting checks first that the register's files hold what was approved.

    Raises:
        LifecycleError: when it is not this stage's turn, the stage decides (Approve), the post is none, nothing is said, or
            the register lacks what is to be adopted: the message then says which row to add.
    """
    workspace = open_workspace(organisation, settings)
    _known(post, {known.id for known in workspace.profile.posts}, "post", workspace)
    course = _course_to_go_on(workspace, change_id, as_at)
    check_step(course, stage, is_needed=is_needed)
    if stage is Stage.APPROVE:
        raise LifecycleError(f"{change_id}: record the approvers' decision with approve or reject")
    if not note.strip():
        raise LifecycleError("say what was done" if is_needed else "say why it is not needed")
    missing = missing_from_register(course, workspace.register) if stage is Stage.ADOPT else None
    if missing:
        raise LifecycleError(f"{change_id} cannot be adopted yet: the register does not hold it. {missing}")
    decision = None if is_needed else Decision.NOT_NEEDED
    _record(workspace, course.proposal, stage, post=post, decision=decision, note=note, at=as_at)
    return _state_of(workspace, change_id, as_at)


def decide_change(
    organisation: str, change_id: str, decision: Decision, *, by: str, note: str, as_at: datetime, settings: Settings
) -> ChangeState:
    """Record what an approver (a post, board or committee) says of a change; from a body that is only told, that it was told.

    A rejection sends the change back to Draft, and its approvals start anew.

    Raises:
        LifecycleError: when the change is not up for approval, it is another's turn, or a rejection gives no reason.
    """
    workspace = open_workspace(organisation, settings)
    profile = workspace.profile
    _known(by, {body.id for body in (*profile.posts, *profile.boards, *profile.committees)}, "post, board or committee", workspace)
    course = _course_to_go_on(workspace, change_id, as_at)
    counted = check_decision(course, decision, by=by)
    if decision is Decision.REJECT and not note.strip():
        raise LifecycleError("say why it is rejected")
    _record(workspace, course.proposal, Stage.APPROVE, post=by, decision=counted, note=note, at=as_at)
    return _state_of(workspace, change_id, as_at)


def list_changes(organisation: str, *, as_at: datetime, settings: Settings) -> tuple[ChangeState, ...]:
    """List every change proposed up to a moment, by id, and how it stands."""
    workspace = open_workspace(organisation, settings)
    return tuple(_state(workspace, course, as_at) for course in _courses(workspace, as_at))


def find_change(organisation: str, change_id: str, *, as_at: datetime, settings: Settings) -> ChangeState:
    """Say how one change stands.

    Raises:
        LifecycleError: when there is no such change.
    """
    return _state_of(open_workspace(organisation, settings), change_id, as_at)


def _known(name: str, known: set[str], what: str, workspace: Workspace) -> None:
    if name not in known:
        raise LifecycleError(f"{workspace.organisation} has no {what} {name!r}; its organisation.yaml lists them")


def _courses(workspace: Workspace, as_at: datetime) -> tuple[Course, ...]:
    with reading(workspace.engine) as connection:
        return read_courses(workspace.read(connection, "change_events_at", as_at=as_at), workspace.register)


def _course(workspace: Workspace, change_id: str, as_at: datetime) -> Course:
    known = {course.proposal.change_id: course for course in _courses(workspace, as_at)}
    if change_id not in known:
        raise LifecycleError(f"there is no change {change_id!r}; there are: {', '.join(known) or 'none yet'}")
    return known[change_id]


def _course_to_go_on(workspace: Workspace, change_id: str, as_at: datetime) -> Course:
    """Find a change that is to take a step now: after all it has taken, for what follows rests on what came before."""
    course = _course(workspace, change_id, _ALL_TIME)
    last, now = course.steps[-1], as_at.replace(microsecond=0)  # instants are kept to the second
    if now < last.taken_at or (now == last.taken_at and last.decision is Decision.REJECT):
        raise LifecycleError(f"{change_id} took its last step at {last.taken_at:%H:%M:%S on %-d %B %Y}; the next one must come after it")
    return course


def _record(
    workspace: Workspace, proposal: Proposal, stage: Stage, *, post: str, decision: Decision | None, note: str, at: datetime
) -> None:
    row: dict[str, Any] = {
        "organisation": workspace.organisation,
        "change_id": proposal.change_id,
        "stage": stage.value,
        "post": post,
        "recorded_at": at,
        "kpi_ref": proposal.kpi_ref,
        "kind": proposal.kind.value,
        "level": proposal.level.value,
        "decision": decision.value if decision else None,
        "note": note,
        "criteria": ",".join(proposal.criteria),
        "effective_from": proposal.effective_from.isoformat(),
    }
    with workspace.engine.begin() as connection:
        if not append_new(connection, change_event, [row]):
            raise LifecycleError(f"{proposal.change_id}: {post} has taken this step at this very moment")


def _state_of(workspace: Workspace, change_id: str, as_at: datetime) -> ChangeState:
    return _state(workspace, _course(workspace, change_id, as_at), as_at)


def _state(workspace: Workspace, course: Course, as_at: datetime) -> ChangeState:
    proposal, stage = course.proposal, course.next_stage
    today = as_at.astimezone(ZoneInfo(workspace.profile.timezone)).date()
    return ChangeState(
        change_id=proposal.change_id,
        kpi_ref=proposal.kpi_ref,
        kind=proposal.kind.value,
        level=proposal.level.value,
        criteria=proposal.criteria,
        effective_from=proposal.effective_from.isoformat(),
        rationale=proposal.rationale,
        proposed_by=proposal.proposed_by,
        next_stage=stage.value if stage else None,
        next_step=_next_step(workspace, course),
        missing=missing_from_register(course, workspace.register) if stage is Stage.ADOPT else None,
        review_due=course.review_due.isoformat() if course.review_due else None,
        is_review_overdue=course.review_due is not None and course.review_due < today,
        steps=tuple(
            StepTaken(step.stage.value, step.post, step.on.isoformat(), step.decision.value if step.decision else None, step.note)
            for step in course.steps
        ),
    )


def _next_step(workspace: Workspace, course: Course) -> str | None:
    """Say what comes next and whose it is."""
    stage = course.next_stage
    if stage is Stage.APPROVE and course.awaited is not None:
        return f"{' or '.join(_title(body, workspace.profile) for body in course.awaited.bodies)} to approve or reject"
    return DUTIES[stage] if stage else None


def _title(body: str, profile: Profile) -> str:
    titles = {post.id: post.title for post in profile.posts} | {board.id: board.name for board in profile.boards}
    return (titles | {committee.id: committee.name for committee in profile.committees}).get(body, body)
