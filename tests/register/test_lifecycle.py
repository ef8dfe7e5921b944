"""The nine stages of a change, and who may take which step: order, criteria, approval chains, adoption and review."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.register import Level, Register, load_register
from pmf.register.approval import check_decision, check_proposal, check_step, missing_from_register
from pmf.register.lifecycle import DUTIES, OPTIONAL, ChangeKind, Course, Decision, LifecycleError, Proposal, Stage, Step, read_courses

GOVERNANCE = """\
boards: [{id: leadership, name: Leadership Board, post: team}]
selection_criteria: [{id: statutory, text: Statutory Reporting Metric}, {id: importance, text: Of high importance to the Council}]
criteria_needed: 1
approval_chains:
  - level: strategic
    steps: [{by: team}, {by: leadership, decision: note}, {by: committee}]
  - level: operational
    steps: [{by: head}]
"""
START = datetime(2024, 5, 1, 9, tzinfo=UTC)
JULY = date(2024, 7, 1)
BEFORE_APPROVAL = (Stage.TRIGGER, Stage.SCOPE, Stage.DRAFT, Stage.PLAN, Stage.CONSULT, Stage.REPORT)


@pytest.fixture
def folder(council: Path) -> Path:
    """The folder of a council that has said how its KPIs are changed."""
    with (council / "organisation.yaml").open("a", encoding="utf-8") as file:
        file.write(GOVERNANCE)
    return council


@pytest.fixture
def register(folder: Path) -> Register:
    """Its register."""
    return load_register(folder)


def a_proposal(**changes: Any) -> Proposal:
    content: dict[str, Any] = {
        "change_id": "1-change-2024-07-01",
        "kpi_ref": "1",
        "kind": ChangeKind.CHANGE,
        "level": Level.STRATEGIC,
        "criteria": ("statutory",),
        "effective_from": JULY,
        "rationale": "Visits to mobile stops are to be counted.",
        "proposed_by": "officer",
    }
    return Proposal(**(content | changes))


Taken = tuple[Stage, str, Decision | None]


def a_course(register: Register, *taken: Taken, proposal: Proposal | None = None) -> Course:
    """Read the course of a change from rows of ``change_event``, a day between one step and the next."""
    about = proposal or a_proposal()
    rows = [
        {
            "change_id": about.change_id,
            "stage": stage.value,
            "post": post,
            "recorded_at": START + timedelta(days=place),
            "kpi_ref": about.kpi_ref,
            "kind": about.kind.value,
            "level": about.level.value,
            "decision": decision.value if decision else None,
            "note": "Done.",
            "criteria": ",".join(about.criteria),
            "effective_from": about.effective_from.isoformat(),
        }
        for place, (stage, post, decision) in enumerate(taken)
    ]
    (course,) = read_courses(reversed(rows), register)
    return course


def steps(*stages: Stage) -> list[Taken]:
    return [(stage, "officer", None) for stage in stages]


def approved(*bodies: str) -> list[Taken]:
    return [(Stage.APPROVE, body, Decision.APPROVE) for body in bodies]


READY = steps(*BEFORE_APPROVAL)
REJECTED: Taken = (Stage.APPROVE, "team", Decision.REJECT)


def test_the_stages_come_in_the_frameworks_order(register: Register) -> None:
    """From Trigger to Review each stage waits for the one before it, and every stage has somebody whose it is."""
    for place, stage in enumerate(BEFORE_APPROVAL[1:], start=1):
        assert a_course(register, *READY[:place]).next_stage is stage
    assert a_course(register, *READY).next_stage is Stage.APPROVE
    assert a_course(register, *READY, *approved("team", "scrutiny")).next_stage is Stage.ADOPT
    assert set(DUTIES) == set(Stage)


@given(st.sampled_from(list(Stage)), st.integers(1, 6))
def test_no_stage_is_skipped_or_repeated(stage: Stage, taken: int) -> None:
    """Whatever has been done, one stage alone may be taken, and a refusal names it."""
    course = Course(proposal=a_proposal(), steps=_bare(READY[:taken]), chain=())
    if stage is course.next_stage:
        check_step(course, stage)
        return
    with pytest.raises(LifecycleError, match=f"{stage} does not come next, but {course.next_stage}"):
        check_step(course, stage)


def _bare(taken: list[Taken]) -> tuple[Any, ...]:
    return tuple(Step(stage=s, post=p, taken_at=START, on=START.date(), decision=d, note="Done.") for s, p, d in taken)


def test_only_plan_and_consult_may_be_left_out(register: Register) -> None:
    """The director decides who is consulted, perhaps nobody; a report with its impact assessment there always is."""
    assert {Stage.PLAN, Stage.CONSULT} == OPTIONAL
    for place, stage in enumerate(BEFORE_APPROVAL[1:], start=1):
        course = a_course(register, *READY[:place])
        if stage in OPTIONAL:
            check_step(course, stage, is_needed=False)
        else:
            with pytest.raises(LifecycleError, match="only consult and plan may be left out"):
                check_step(course, stage, is_needed=False)
    left_out = [*READY[:3], (Stage.PLAN, "team", Decision.NOT_NEEDED), (Stage.CONSULT, "team", Decision.NOT_NEEDED)]
    assert a_course(register, *left_out).next_stage is Stage.REPORT


def test_all_who_must_approve_do_in_order(register: Register) -> None:
    """The chain's approvers decide one after the other; a body that is only told is noted and holds nothing up."""
    course = a_course(register, *READY)
    with pytest.raises(LifecycleError, match="it is for team to decide now, not for scrutiny"):
        check_decision(course, Decision.APPROVE, by="scrutiny")
    assert check_decision(course, Decision.APPROVE, by="team") is Decision.APPROVE
    assert check_decision(course, Decision.APPROVE, by="leadership") is Decision.NOTE
    half = a_course(register, *READY, *approved("team"), (Stage.APPROVE, "leadership", Decision.NOTE))
    assert (half.is_approved, half.next_stage) == (False, Stage.APPROVE)
    with pytest.raises(LifecycleError, match="it is for scrutiny to decide now, not for team"):
        check_decision(half, Decision.APPROVE, by="team")
    assert check_decision(half, Decision.REJECT, by="scrutiny") is Decision.REJECT
    with pytest.raises(LifecycleError, match="not for leadership"):
        check_decision(half, Decision.REJECT, by="leadership")
    assert a_course(register, *READY, *approved("team", "scrutiny")).is_approved


def test_one_approval_counts_once(folder: Path) -> None:
    """The same body approving twice does not stand for the next one; named twice by a chain, it need approve but once."""
    register = load_register(folder)
    assert not a_course(register, *READY, *approved("team", "team")).is_approved
    path = folder / "organisation.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("{by: committee}]", "{by: scrutiny}, {by: committee}]"), encoding="utf-8")
    assert a_course(load_register(folder), *READY, *approved("team", "scrutiny")).is_approved


def test_the_committee_of_a_new_kpi_is_the_one_that_approves_it(register: Register) -> None:
    """A KPI not in the register has no committee yet: any of the council's may take that step."""
    proposal = a_proposal(kpi_ref="9", kind=ChangeKind.NEW)
    course = a_course(register, *READY, *approved("team"), proposal=proposal)
    assert course.awaited is not None
    assert course.awaited.bodies == tuple(committee.id for committee in register.profile.committees)


def test_nothing_is_approved_before_its_report(register: Register) -> None:
    """A decision on a change that is still being drafted or consulted on is refused."""
    with pytest.raises(LifecycleError, match="approve does not come next, but draft"):
        check_decision(a_course(register, *READY[:2]), Decision.APPROVE, by="team")


def test_a_rejection_sends_it_back_to_draft(register: Register) -> None:
    """After a rejection everything from Draft on is done again, and earlier approvals count no more."""
    course = a_course(register, *READY, *approved("team"), (Stage.APPROVE, "scrutiny", Decision.REJECT))
    assert course.next_stage is Stage.DRAFT
    assert course.approvers == frozenset()
    again = a_course(register, *READY, REJECTED, *steps(*BEFORE_APPROVAL[2:]))
    assert again.next_stage is Stage.APPROVE
    assert again.awaited is not None
    assert again.awaited.bodies == ("team",)


def test_the_proposer_is_never_the_only_approver(register: Register) -> None:
    """Where one post alone approves, another must propose; among several approvers the proposer may be one."""
    operational = a_proposal(kpi_ref="2", level=Level.OPERATIONAL, proposed_by="head")
    with pytest.raises(LifecycleError, match="head alone approves changes of operational KPIs, so another post must propose"):
        check_proposal(operational, register)
    check_proposal(a_proposal(kpi_ref="2", level=Level.OPERATIONAL), register)
    check_proposal(a_proposal(proposed_by="team"), register)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"criteria": ()}, "must meet 1 or more of its selection criteria: statutory, importance"),
        ({"criteria": ("fame",)}, "fame: no selection criteria of Smallshire Council; there are: statutory, importance"),
        ({"level": Level.CORPORATE}, "nobody approves changes of corporate KPIs: add approval_chains for corporate"),
        ({"rationale": " "}, "say why"),
        ({"kind": ChangeKind.NEW}, "KPI 1 is in the register already"),
        ({"kpi_ref": "9"}, "KPI 9 is not in force before 2024-07-01: there is nothing to change"),
        ({"kpi_ref": "9", "kind": ChangeKind.RETIRE}, "there is nothing to retire"),
    ],
)
def test_a_proposal_must_fit_the_register_and_the_rules(register: Register, changes: dict[str, Any], told: str) -> None:
    """Too few or unknown criteria, no approval chain, no reason, a KPI that is there already or not at all are refused in words."""
    with pytest.raises(LifecycleError, match=told):
        check_proposal(a_proposal(**changes), register)


def test_the_end_of_a_kpi_needs_no_criteria(register: Register) -> None:
    """Criteria say why there is a KPI: one that is to end need meet none."""
    check_proposal(a_proposal(kind=ChangeKind.RETIRE, criteria=()), register)


def test_a_change_is_adopted_once_the_files_hold_it(folder: Path) -> None:
    """Adoption asks for a row from the day of effect, and says which to add; a target's own row will do for a change."""
    register = load_register(folder)
    course = a_course(register, *READY, *approved("team", "scrutiny"))
    told = missing_from_register(course, register)
    assert told is not None
    assert told.startswith("kpis.csv (or targets.csv, if only the target changes): add a row for KPI 1 with valid_from 2024-07-01")
    targets = (folder / "targets.csv").read_text(encoding="utf-8")
    (folder / "targets.csv").write_text(
        targets.replace("1,2024-06-01,,month,120.5", "1,2024-06-01,2024-07-01,month,120.5\n1,2024-07-01,,month,130"), encoding="utf-8"
    )
    assert missing_from_register(course, load_register(folder)) is None


def test_a_new_kpi_must_be_what_was_approved(folder: Path) -> None:
    """The row of a new KPI is at the level approved, and reports to the committee that approved it."""
    proposal = a_proposal(kpi_ref="9", kind=ChangeKind.NEW)
    row = "9,2024-07-01,,Events held,people,libraries,{committee},{level},monthly,number,higher,sum,1,1,\n"
    course = a_course(load_register(folder), *READY, *approved("team", "scrutiny"), proposal=proposal)
    assert "kpis.csv: add a row for KPI 9" in (missing_from_register(course, load_register(folder)) or "")
    kpis = (folder / "kpis.csv").read_text(encoding="utf-8")
    for committee, level, told in (
        ("scrutiny", "operational", "field level: operational was not what was approved; write strategic"),
        ("", "strategic", "field committee_id: None did not approve it, but scrutiny"),
        ("scrutiny", "strategic", None),
    ):
        (folder / "kpis.csv").write_text(kpis + row.format(committee=committee, level=level), encoding="utf-8")
        missing = missing_from_register(course, load_register(folder))
        assert missing is None if told is None else told in (missing or "")


def test_a_kpi_that_moves_is_let_go_by_its_committee(folder: Path) -> None:
    """Whose KPI it was decides on giving it to another committee, also once the files hold the change."""
    path = folder / "organisation.yaml"
    another = "{id: cabinet, name: Cabinet, from_post: team, contact_post: team}"
    path.write_text(path.read_text(encoding="utf-8").replace("committees: [", f"committees: [{another}, "), encoding="utf-8")
    kpis = (folder / "kpis.csv").read_text(encoding="utf-8")
    row = next(line for line in kpis.splitlines() if line.startswith("1,"))
    moved = row.replace("2024-04-01", "2024-07-01").replace("scrutiny", "cabinet")
    (folder / "kpis.csv").write_text(
        kpis.replace(row, f"{row.replace('2024-04-01,', '2024-04-01,2024-07-01', 1)}\n{moved}"), encoding="utf-8"
    )
    register = load_register(folder)
    course = a_course(register, *READY, *approved("team", "scrutiny"))
    assert course.is_approved
    assert missing_from_register(course, register) is None


def test_a_retired_kpi_must_have_its_end(folder: Path) -> None:
    """A KPI is retired when its last row ends on the day; it is then finished and reviewed no more."""
    proposal = a_proposal(kind=ChangeKind.RETIRE, criteria=())
    register = load_register(folder)
    course = a_course(register, *READY, *approved("team", "scrutiny"), proposal=proposal)
    assert "set valid_to to 2024-07-01" in (missing_from_register(course, register) or "")
    kpis = (folder / "kpis.csv").read_text(encoding="utf-8")
    (folder / "kpis.csv").write_text(kpis.replace("1,2024-04-01,,Library", "1,2024-04-01,2024-07-01,Library"), encoding="utf-8")
    assert missing_from_register(course, load_register(folder)) is None
    adopted = a_course(register, *READY, *approved("team", "scrutiny"), *steps(Stage.ADOPT), proposal=proposal)
    assert (adopted.next_stage, adopted.review_due) == (None, None)
    with pytest.raises(LifecycleError, match="finished"):
        check_step(adopted, Stage.REVIEW)


def test_a_review_is_due_a_year_after_adoption_and_each_review(register: Register) -> None:
    """The cycle is circular: a year after adoption a review is due, and a year after that the next."""
    adopted = [*READY, *approved("team", "scrutiny"), *steps(Stage.ADOPT)]
    course = a_course(register, *adopted)
    assert (course.next_stage, course.adopted_on, course.review_due) == (Stage.REVIEW, date(2024, 5, 9), date(2025, 5, 9))
    reviewed = a_course(register, *adopted, *steps(Stage.REVIEW))
    assert (reviewed.next_stage, reviewed.review_due) == (Stage.REVIEW, date(2025, 5, 10))


def test_a_review_due_from_a_leap_day_falls_on_the_last_of_february() -> None:
    """What was adopted on 29 February is reviewed on 28 February of the next year."""
    leap_day = date(2024, 2, 29)
    step = Step(stage=Stage.ADOPT, post="team", taken_at=START, on=leap_day, decision=None, note="Done.")
    assert Course(proposal=a_proposal(), steps=(step,), chain=()).review_due == date(2025, 2, 28)
