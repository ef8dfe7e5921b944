"""What became of each KPI since the period before, grouped as the committees' paper lists it.

Source: CCC quarter 2 report 2024/25, paragraphs 5.1 and 5.2. Every KPI is in exactly one group and a group's count is the
length of its list, so a number in the text can never differ from the names below it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pmf.series.change import Verdict
from pmf.status import Status


class TransitionKind(StrEnum):
    """What happened to the colour. ``not_rated``: there was none and is none."""

    REMAINED = "remained"
    MOVED = "moved"
    NEWLY_RATED = "newly_rated"
    NO_LONGER_RATED = "no_longer_rated"
    NOT_RATED = "not_rated"


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One KPI from the period before to this one. ``previous`` None: it was not there. ``verdict`` None: not comparable."""

    kpi_ref: str
    title: str
    previous: Status | None
    current: Status
    verdict: Verdict | None

    @property
    def kind(self) -> TransitionKind:
        """Tell what happened to the colour."""
        was_rated = self.previous is not None and self.previous.is_rated
        if was_rated and self.current.is_rated:
            return TransitionKind.REMAINED if self.previous is self.current else TransitionKind.MOVED
        if self.current.is_rated:
            return TransitionKind.NEWLY_RATED
        return TransitionKind.NO_LONGER_RATED if was_rated else TransitionKind.NOT_RATED


@dataclass(frozen=True, kw_only=True)
class TransitionGroup:
    """The KPIs that went the same way. ``previous`` and ``current`` are the colours, or what stood in their place."""

    kind: TransitionKind
    previous: Status | None
    current: Status
    verdict: Verdict | None
    movements: tuple[Movement, ...]

    @property
    def count(self) -> int:
        """The number printed: the length of the list below it."""
        return len(self.movements)


_VERDICTS = (Verdict.IMPROVED, Verdict.DECLINED, Verdict.UNCHANGED, None)
_KINDS = tuple(TransitionKind)
# Best first, as the paper begins with what remained green; what has no colour follows.
_STATUSES = (Status.BLUE, Status.GREEN, Status.AMBER, Status.RED, *(status for status in Status if not status.is_rated))
_Key = tuple[Verdict | None, TransitionKind, Status, Status | None]


def classify(movements: Iterable[Movement]) -> tuple[TransitionGroup, ...]:
    """Group KPIs by verdict, what happened to the colour, and the colours; each KPI in one group, in the order given.

    Groups come as the paper prints them: all that improved, then what declined, stayed, or cannot be compared; within
    each, remained before moved, then newly rated, no longer rated and not rated; better colours first, and among moves to the same
    colour those that came furthest.

    Raises:
        ValueError: when a KPI is given twice.
    """
    groups: dict[_Key, list[Movement]] = {}
    seen: set[str] = set()
    for movement in movements:
        if movement.kpi_ref in seen:
            raise ValueError(f"KPI {movement.kpi_ref} is given twice: every KPI counts once")
        seen.add(movement.kpi_ref)
        groups.setdefault((movement.verdict, movement.kind, movement.current, movement.previous), []).append(movement)
    return tuple(
        TransitionGroup(
            kind=kind, previous=previous, current=current, verdict=verdict, movements=tuple(groups[verdict, kind, current, previous])
        )
        for verdict, kind, current, previous in sorted(groups, key=_place)
    )


def _place(key: _Key) -> tuple[int, int, int, int]:
    verdict, kind, current, previous = key
    origin = len(_STATUSES) if previous is None else _STATUSES.index(previous)
    return _VERDICTS.index(verdict), _KINDS.index(kind), _STATUSES.index(current), -origin
