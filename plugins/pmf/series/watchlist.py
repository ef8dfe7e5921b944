"""The lists of KPIs that a report draws attention to by colour and movement together.

Source: CCC framework: a deep dive for what is consistently red, highlights for what improves ("Responding to
underperformance"), and greens that decline before they dip below standard ("Targets").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from pmf.series.change import Verdict
from pmf.series.trend import Outlook
from pmf.status import Status

Item = TypeVar("Item")


class Watch(StrEnum):
    """Why a KPI is on a list. One KPI may be on several: a red can be improving and looked into."""

    DEEP_DIVE = "deep_dive"
    NEWLY_RED = "newly_red"
    IMPROVING_RED = "improving_red"
    RED_TO_GREEN = "red_to_green"
    GREEN_BUT_DECLINING = "green_but_declining"
    GREEN_GETTING_WORSE = "green_getting_worse"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a KPI stands and how it came there.

    ``previous`` None: it had no status in the period before. ``verdict`` None: the change cannot be told. ``outlook``
    None: no trend, or neither way is better. ``reds_in_a_row`` None: it has no colour now.
    """

    previous: Status | None
    current: Status
    verdict: Verdict | None
    outlook: Outlook | None
    reds_in_a_row: int | None
    is_deep_dive: bool


def watches(standing: Standing) -> frozenset[Watch]:
    """Say on which lists a KPI is.

    Newly red is the first red of a run, whatever was without a colour before it. Green but declining is worse than the
    period before; green getting worse has a trend for the worse, which is more than one period's ups and downs.
    """
    is_red, is_green = standing.current is Status.RED, standing.current is Status.GREEN
    is_on_target = standing.current in (Status.GREEN, Status.BLUE)
    answers = {
        Watch.DEEP_DIVE: standing.is_deep_dive,
        Watch.NEWLY_RED: is_red and standing.reds_in_a_row == 1,
        Watch.IMPROVING_RED: is_red and standing.verdict is Verdict.IMPROVED,
        Watch.RED_TO_GREEN: is_on_target and standing.previous is Status.RED,
        Watch.GREEN_BUT_DECLINING: is_green and standing.verdict is Verdict.DECLINED,
        Watch.GREEN_GETTING_WORSE: is_green and standing.outlook is Outlook.GETTING_WORSE,
    }
    return frozenset(watch for watch, answer in answers.items() if answer)


def watch_lists(items: Iterable[Item], standing_of: Callable[[Item], Standing]) -> Mapping[Watch, tuple[Item, ...]]:
    """Put items on their lists in one pass, in the order given. Every list is there, empty or not; its count is its length."""
    lists: dict[Watch, list[Item]] = {watch: [] for watch in Watch}
    for item in items:
        for watch in watches(standing_of(item)):
            lists[watch].append(item)
    return {watch: tuple(found) for watch, found in lists.items()}
