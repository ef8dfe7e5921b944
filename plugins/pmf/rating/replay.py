"""Replay: what past ratings would have been under another policy, or with other targets.

Both sides are judged in one pass, every KPI and period at once; only what would change is then judged once more by itself,
for its reason in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import pandas as pd

from pmf.rating.colours import RowError
from pmf.rating.history import statuses_of
from pmf.rating.judge import Judgement, judge
from pmf.rating.policy import Policy
from pmf.register.kpi import StatusType
from pmf.series.change import Verdict
from pmf.status import Status
from pmf.value import Absence, Direction


class Basis(StrEnum):
    """Where the status comes from that the replay is held against."""

    RATED = "rated"
    WORKED_OUT = "worked out"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A figure with everything it is judged by; the fields are those of ``judge``. ``target_text`` is the target as registered."""

    actual: Decimal | None
    target: tuple[Decimal, Decimal] | None
    target_text: str
    direction: Direction | None
    status_type: StatusType
    absence: Absence | None
    intervention_level: Decimal | None
    tolerance_pct: Decimal | None
    since_last_year: Verdict | None
    unit: str
    decimals: int
    suspended_reason: str | None

    def judged(self, policy: Policy) -> Judgement:
        """Judge the figure by a policy, with the reason."""
        return judge(
            actual=self.actual,
            target=self.target,
            direction=self.direction,
            policy=policy,
            status_type=self.status_type,
            absence=self.absence,
            intervention_level=self.intervention_level,
            tolerance_pct=self.tolerance_pct,
            since_last_year=self.since_last_year,
            unit=self.unit,
            decimals=self.decimals,
            suspended_reason=self.suspended_reason,
        )


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """One KPI in one period, before and after.

    ``rated`` is the status it was given then (None: it never was rated), ``target_before`` the target it was given it by.
    """

    kpi_ref: str
    title: str
    period: str
    before: Case
    after: Case
    policy_before: Policy
    policy_after: Policy
    rated: Status | None
    target_before: str


@dataclass(frozen=True, kw_only=True)
class ChangedRating:
    """A rating that would be another. ``reason`` is the new one's; ``value`` None: there was no figure."""

    kpi_ref: str
    title: str
    period: str
    value: Decimal | None
    target_before: str
    target_after: str
    policy_before: str
    policy_after: str
    status_before: Status
    status_after: Status
    basis: Basis
    reason: str


@dataclass(frozen=True)
class Replay:
    """What a replay found: how often each status became which, and the ratings that would change, in the order given."""

    counts: Counter[tuple[Status, Status]]
    changes: tuple[ChangedRating, ...]

    @property
    def compared(self) -> int:
        """How many ratings were compared."""
        return self.counts.total()


def replay(given: Sequence[Replayed]) -> Replay:
    """Judge every case before and after, and find those that would change.

    Raises:
        ValueError: naming KPI and period, where a case cannot be judged.
    """
    worked_out = _statuses([(item, item.before, item.policy_before) for item in given])
    before = [item.rated or status for item, status in zip(given, worked_out, strict=True)]
    after = _statuses([(item, item.after, item.policy_after) for item in given])
    changes = [_change(item, *pair) for item, *pair in zip(given, before, after, strict=True) if pair[0] is not pair[1]]
    return Replay(Counter(zip(before, after, strict=True)), tuple(changes))


def _statuses(cases: Sequence[tuple[Replayed, Case, Policy]]) -> list[Status]:
    """Judge all cases of a policy at once, whichever period they are of."""
    found: dict[int, Status] = {}
    for policy in {policy.id: policy for _, _, policy in cases}.values():
        places = [place for place, case in enumerate(cases) if case[2].id == policy.id]
        try:
            statuses = statuses_of(_frame([cases[place][1] for place in places]), policy)
        except RowError as error:
            item = cases[places[error.row]][0]
            raise ValueError(f"KPI {item.kpi_ref}, {item.period}, by {policy.id}: {error.words}") from error
        found |= dict(zip(places, (Status(word) for word in statuses), strict=True))
    return [found[place] for place in range(len(cases))]


def _frame(cases: Sequence[Case]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "value": pd.Series([case.actual for case in cases], dtype=object),
            "target_low": pd.Series([case.target[0] if case.target else None for case in cases], dtype=object),
            "target_high": pd.Series([case.target[1] if case.target else None for case in cases], dtype=object),
            "intervention_level": pd.Series([case.intervention_level for case in cases], dtype=object),
            "tolerance_pct": pd.Series([case.tolerance_pct for case in cases], dtype=object),
            "direction": pd.Series([case.direction for case in cases], dtype=object),
            "status_type": pd.Series([case.status_type for case in cases], dtype=object),
            "absence": pd.Series([case.absence for case in cases], dtype=object),
            "since_last_year": pd.Series([case.since_last_year for case in cases], dtype=object),
        }
    )


def _change(item: Replayed, before: Status, after: Status) -> ChangedRating:
    case = item.after
    return ChangedRating(
        kpi_ref=item.kpi_ref,
        title=item.title,
        period=item.period,
        value=case.actual,
        target_before=item.target_before,
        target_after=case.target_text,
        policy_before=item.policy_before.id,
        policy_after=item.policy_after.id,
        status_before=before,
        status_after=after,
        basis=Basis.RATED if item.rated else Basis.WORKED_OUT,
        reason=case.judged(item.policy_after).reason,
    )
