"""The record of an intervention: how it stands after any steps in any order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pmf.cycle.intervention.record import CAUSE, STEPS, Intervention, Kind, State, opened
from pmf.period import Month
from pmf.register.assessment import Approver, Outcome

START = datetime(2025, 7, 11, 7, tzinfo=UTC)
APPROVERS = (Approver.HEAD, Approver.DIRECTOR)
MOVES = st.sampled_from(
    [
        *((Kind.PROPOSED, part) for part in (CAUSE, STEPS)),
        *((Kind.PLANNED, part) for part in (CAUSE, STEPS)),
        *((Kind.APPROVED, approver.value) for approver in APPROVERS),
        (Kind.PROGRESS, "2025-07"),
        (Kind.CLOSED, ""),
    ]
)


def after(moves: list[tuple[Kind, str]], hours: list[int]) -> Intervention:
    item = opened("PI-09", Month(2025, 6), post="pmf", words="Red 2 months running.", at=START)
    at = START
    for (kind, part), pause in zip(moves, hours, strict=False):
        at += timedelta(hours=pause)
        item = item.then(kind, part, post="a-post", words="words", at=at, decision=Outcome.WITHDRAWN if kind is Kind.CLOSED else None)
    return item


@given(moves=st.lists(MOVES, max_size=12), hours=st.lists(st.integers(0, 2), min_size=12, max_size=12))
def test_the_state_is_told_by_the_steps(moves: list[tuple[Kind, str]], hours: list[int]) -> None:
    """Closed is closed; without a plan it is to be planned; it is under way only when all have approved since the plan last changed."""
    item, kinds = after(moves, hours), [kind for kind, _ in moves]
    state = item.state(APPROVERS)
    assert (state is State.CLOSED) == (Kind.CLOSED in kinds)
    if state is State.CLOSED:
        return
    is_planned = {(Kind.PLANNED, CAUSE), (Kind.PLANNED, STEPS)} <= set(moves)
    last_plan = max((at for at, kind in enumerate(kinds) if kind is Kind.PLANNED), default=-1)
    since = {part for kind, part in moves[last_plan + 1 :] if kind is Kind.APPROVED}
    assert (state is State.TO_PLAN) == (not is_planned)
    assert (state is State.UNDER_WAY) == (is_planned and since == {approver.value for approver in APPROVERS})


@given(moves=st.lists(MOVES, max_size=12), hours=st.lists(st.integers(0, 2), min_size=12, max_size=12))
def test_no_two_steps_have_one_key(moves: list[tuple[Kind, str]], hours: list[int]) -> None:
    """Instant and sequence name a step, also where several are taken in one second."""
    item = after(moves, hours)
    assert len({step.moment for step in item.steps}) == len(item.steps)
