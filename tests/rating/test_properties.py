"""What holds of every rating, whatever the figures."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from pmf.rating.band import SinceLastYear
from pmf.rating.judge import ROUNDING_SHOWS_OTHER, Judgement, judge
from pmf.rating.policy import load_policies
from pmf.register.kpi import StatusType
from pmf.series.change import Verdict
from pmf.settings import read_settings
from pmf.status import Status
from pmf.value import Absence, Direction, rounded

POLICIES = load_policies(read_settings({}).policies)
BEST_FIRST = [Status.BLUE, Status.GREEN, Status.AMBER, Status.RED]
BEST_VERDICT_FIRST = [Verdict.IMPROVED, Verdict.UNCHANGED, Verdict.DECLINED]
OPPOSITE = {Direction.HIGHER: Direction.LOWER, Direction.LOWER: Direction.HIGHER}

policy_ids = st.sampled_from(sorted(POLICIES))
figures = st.decimals(min_value=-(10**6), max_value=10**6, places=4)
factors = st.decimals(min_value="0.01", max_value=1000, places=2)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A figure to be judged, and another to hold it against."""

    actual: Decimal
    other: Decimal
    target: tuple[Decimal, Decimal]
    direction: Direction
    policy_id: str
    level: Decimal | None
    tolerance_pct: Decimal | None
    since_last_year: Verdict | None
    decimals: int | None

    def rate(self, status_type: StatusType = StatusType.RATED, absence: Absence | None = None) -> Judgement:
        return judge(
            actual=self.actual,
            target=self.target,
            direction=self.direction,
            policy=POLICIES[self.policy_id],
            intervention_level=self.level,
            tolerance_pct=self.tolerance_pct,
            since_last_year=self.since_last_year,
            decimals=self.decimals,
            status_type=status_type,
            absence=absence,
        )


@st.composite
def tasks(draw: st.DrawFn, directions: tuple[Direction, ...] = tuple(Direction)) -> Task:
    """Draw a task that does not contradict itself: only ranges have width, and no level is better than the target."""
    direction = draw(st.sampled_from(directions))
    low, high = sorted([draw(figures), draw(figures)])
    target = (low, high) if direction is Direction.RANGE else (low, low)
    room = abs(draw(figures))
    # Half of the figures stand where the boundaries are.
    near = st.builds(operator.mul, st.sampled_from(target), st.decimals("0.85", "1.15", places=3))
    level = target[1] + room if direction is Direction.LOWER else target[0] - room
    return Task(
        actual=draw(figures | near),
        other=draw(figures | near),
        target=target,
        direction=direction,
        policy_id=draw(policy_ids),
        level=draw(st.sampled_from([None, level])),
        tolerance_pct=draw(st.none() | st.decimals(0, 50, places=1)),
        since_last_year=draw(st.sampled_from([None, *Verdict])),
        decimals=draw(st.sampled_from([None, 0, 1, 2])),
    )


@given(tasks(), st.sampled_from(StatusType), st.sampled_from([None, *Absence]))
def test_every_figure_has_exactly_one_status_and_a_reason(task: Task, kind: StatusType, absence: Absence | None) -> None:
    """Nothing is left without a status, only rated figures have colour and percentage, and the reason is a sentence."""
    judgement = task.rate(kind, absence)
    assert judgement.status.is_rated == (kind is StatusType.RATED and absence is None)
    assert judgement.status.is_rated or judgement.off_target_pct is None
    assert judgement.reason.endswith(".")


@given(tasks(directions=(Direction.HIGHER, Direction.LOWER)))
def test_a_better_figure_never_has_a_worse_colour(task: Task) -> None:
    """Colours follow the figures, upwards where higher is better and downwards where lower is, whatever happened since last year."""
    better_first = sorted([task.actual, task.other], reverse=task.direction is Direction.HIGHER)
    ranks = [BEST_FIRST.index(replace(task, actual=figure).rate().status) for figure in better_first]
    assert ranks == sorted(ranks)


@given(tasks(directions=(Direction.RANGE, Direction.MAINTAIN)))
def test_a_figure_nearer_to_where_it_should_be_on_the_same_side_never_has_a_worse_colour(task: Task) -> None:
    """Below a range or a figure to be maintained, more is better; above it, less is."""
    low, high = task.target
    pair = [task.actual, task.other]
    assume(max(pair) <= low or min(pair) >= high)
    better_first = sorted(pair, reverse=max(pair) <= low)
    ranks = [BEST_FIRST.index(replace(task, actual=figure).rate().status) for figure in better_first]
    assert ranks == sorted(ranks)


@given(tasks())
def test_doing_better_since_last_year_never_makes_a_colour_worse(task: Task) -> None:
    """The same figure has as good a colour or a better one when it has improved than when it has not, and never a better one unknown."""
    ranks = [BEST_FIRST.index(replace(task, since_last_year=verdict).rate().status) for verdict in [*BEST_VERDICT_FIRST, None]]
    assert ranks == sorted(ranks)


@given(tasks())
def test_only_a_policy_that_asks_takes_notice_of_last_year(task: Task) -> None:
    """Under the other policies the whole judgement is the same, reason and all."""
    judgements = {replace(task, since_last_year=verdict).rate() for verdict in (None, *Verdict)}
    assert len(judgements) == 1 or POLICIES[task.policy_id].asks_last_year


@given(tasks(), factors)
def test_the_unit_does_not_matter(task: Task, factor: Decimal) -> None:
    """Pounds or thousands of pounds: the same colour, and the same percentage off target."""
    low, high = task.target
    level = None if task.level is None else task.level * factor
    one = task.rate()
    other = replace(task, actual=task.actual * factor, target=(low * factor, high * factor), level=level).rate()
    assert (one.status, one.off_target_pct) == (other.status, other.off_target_pct)


@given(tasks())
def test_turning_the_sign_round_turns_the_direction_round(task: Task) -> None:
    """A figure where higher is better and its negative where lower is better are the same case; a range is turned too."""
    low, high = task.target
    level = None if task.level is None else -task.level
    direction = OPPOSITE.get(task.direction, task.direction)
    one = task.rate()
    other = replace(task, actual=-task.actual, target=(-high, -low), direction=direction, level=level).rate()
    assert (one.status, one.off_target_pct) == (other.status, other.off_target_pct)


@given(tasks())
def test_red_and_amber_are_short_of_target_and_blue_is_not(task: Task) -> None:
    """On target or better, no policy makes a figure red or amber; short of target, none makes it blue. Green may allow some per cent."""
    judgement = task.rate()
    if judgement.off_target_pct is not None:
        assert judgement.off_target_pct > 0 or judgement.status in (Status.GREEN, Status.BLUE)
        assert judgement.off_target_pct <= 0 or judgement.status is not Status.BLUE


@given(tasks())
def test_without_a_rounding_flag_the_print_tells_the_truth(task: Task) -> None:
    """Whoever rates the printed figure by hand finds the printed colour, unless the flag says otherwise."""
    assume(task.decimals is not None)
    by_hand = replace(task, actual=rounded(task.actual, task.decimals or 0), decimals=None).rate()
    assert (ROUNDING_SHOWS_OTHER in task.rate().flags) == (by_hand.status is not task.rate().status)


@given(policy_ids, st.fractions(), st.sampled_from(SinceLastYear))
def test_every_distance_lies_in_one_band(policy_id: str, off_target: Fraction, since: SinceLastYear) -> None:
    """The proof made at loading holds for every number there is, whatever happened since last year."""
    assert sum(off_target in band.off_target and since in band.since_last_year for band in POLICIES[policy_id].bands) == 1
