"""Whether a change to the register may take a step: the council's criteria and approval chains, and what its files must hold.

A proposer is never the only approver (a reviewer is not the submitter). Pure; ``lifecycle`` has the stages.
"""

from __future__ import annotations

from pmf.register.council import Profile
from pmf.register.lifecycle import DUTIES, OPTIONAL, ChangeKind, Course, Decision, LifecycleError, Proposal, Stage, deciders
from pmf.register.versions import Register


def check_proposal(proposal: Proposal, register: Register) -> None:
    """Refuse a proposal that fits neither the register nor the council's rules.

    Raises:
        LifecycleError: when nobody but the proposer would approve it, too few selection criteria are met (for an addition
            or a change), or the KPI is (not) in force on the day before the change takes effect.
    """
    profile, ref, level = register.profile, proposal.kpi_ref, proposal.level
    approvers = {body for step in deciders(proposal, register) if not step.is_told_only for body in step.bodies}
    if not approvers:
        raise LifecycleError(f"nobody approves changes of {level} KPIs: add approval_chains for {level} to organisation.yaml")
    if approvers == {proposal.proposed_by}:
        raise LifecycleError(f"{proposal.proposed_by} alone approves changes of {level} KPIs, so another post must propose this one")
    if not proposal.rationale.strip():
        raise LifecycleError("say why the change is proposed")
    _check_criteria(proposal, profile)
    before = [kpi for kpi in register.kpi_versions if kpi.kpi_ref == ref and kpi.valid_from < proposal.effective_from]
    is_in_force = any(kpi.valid_to is None or kpi.valid_to >= proposal.effective_from for kpi in before)
    if proposal.kind is ChangeKind.NEW and is_in_force:
        raise LifecycleError(f"KPI {ref} is in the register already: propose a change, or give the new one a number of its own")
    if proposal.kind is not ChangeKind.NEW and not is_in_force:
        raise LifecycleError(f"KPI {ref} is not in force before {proposal.effective_from}: there is nothing to {proposal.kind}")


def _check_criteria(proposal: Proposal, profile: Profile) -> None:
    known = [criterion.id for criterion in profile.selection_criteria]
    unknown = sorted(set(proposal.criteria) - set(known))
    if unknown:
        raise LifecycleError(f"{', '.join(unknown)}: no selection criteria of {profile.name}; there are: {', '.join(known) or 'none'}")
    needed = 0 if proposal.kind is ChangeKind.RETIRE else min(profile.criteria_needed, len(known))
    if len(set(proposal.criteria)) < needed:
        raise LifecycleError(f"a KPI of {profile.name} must meet {needed} or more of its selection criteria: {', '.join(known)}")


def check_step(course: Course, stage: Stage, *, is_needed: bool = True) -> None:
    """Refuse a step out of order, or leaving out a stage that must not be.

    Raises:
        LifecycleError: saying which stage comes next.
    """
    change_id = course.proposal.change_id
    if course.next_stage is None:
        raise LifecycleError(f"{change_id} is finished: the KPI has ended")
    if stage is not course.next_stage:
        raise LifecycleError(f"{change_id}: {stage} does not come next, but {course.next_stage}: {DUTIES[course.next_stage]}")
    if not is_needed and stage not in OPTIONAL:
        raise LifecycleError(f"{change_id}: only {' and '.join(sorted(OPTIONAL))} may be left out, not {stage}")


def check_decision(course: Course, decision: Decision, *, by: str) -> Decision:
    """Say what a body's word on a change counts as: approve or reject, or note from a body that is only told.

    Raises:
        LifecycleError: when the change is not up for approval, or the decision is another's.
    """
    check_step(course, Stage.APPROVE)
    awaited = course.awaited
    if awaited is None:
        raise LifecycleError(f"nobody approves changes of {course.proposal.level} KPIs: add approval_chains to organisation.yaml")
    if by in awaited.bodies:
        return decision
    if decision is Decision.APPROVE and any(step.is_told_only and by in step.bodies for step in course.chain):
        return Decision.NOTE
    raise LifecycleError(f"{course.proposal.change_id}: it is for {' or '.join(awaited.bodies)} to decide now, not for {by}")


def missing_from_register(course: Course, register: Register) -> str | None:
    """Say what the register's files lack of an approved change. None: they hold it.

    An addition or a change has a row of its own from the day it takes effect, for a change of a target alone in
    ``targets.csv``; a KPI that is retired has an end.
    """
    proposal = course.proposal
    ref, day = proposal.kpi_ref, proposal.effective_from
    versions = [kpi for kpi in register.kpi_versions if kpi.kpi_ref == ref]
    if proposal.kind is ChangeKind.RETIRE:
        is_ended = any(kpi.valid_to == day for kpi in versions) and not any(kpi.holds_on(day) for kpi in versions)
        return None if is_ended else f"kpis.csv, KPI {ref}: set valid_to to {day} in the row that holds until then, and keep it as the last"
    row = next((kpi for kpi in versions if kpi.valid_from == day), None)
    if row is None:
        has_target = any(target.kpi_ref == ref and target.valid_from == day for target in register.target_versions)
        if proposal.kind is ChangeKind.CHANGE and has_target:
            return None
        where = "kpis.csv" if proposal.kind is ChangeKind.NEW else "kpis.csv (or targets.csv, if only the target changes)"
        return f"{where}: add a row for KPI {ref} with valid_from {day}, and set valid_to to {day} in the row before it, if there is one"
    if row.level is not proposal.level:
        return f"kpis.csv, KPI {ref} from {day}, field level: {row.level} was not what was approved; write {proposal.level}"
    is_asked = any(step.is_own_committee and not step.is_told_only for step in course.chain)
    if proposal.kind is ChangeKind.NEW and is_asked and row.committee_id not in course.approvers:
        committees = sorted(course.approvers & {committee.id for committee in register.profile.committees})
        return f"kpis.csv, KPI {ref} from {day}, field committee_id: {row.committee_id} did not approve it, but {', '.join(committees)}"
    return None
