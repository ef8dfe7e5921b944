"""What changed in a register between two days: KPIs new, ended or redefined, and targets changed within a year.

A target that has another value each month or quarter is no change when the year's targets were approved before the year
began (``approved_on``): it was planned so. Any other second target of a financial year is an in-year change, and must say
why (``reason``; HDC framework, Appendix C.1: targets are set once a year).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from pmf.period import Month, Quarter
from pmf.register.dated import decimals_of
from pmf.register.kpi import Kpi
from pmf.register.lifecycle import ChangeKind, Course, read_courses
from pmf.register.target import PeriodKind, Target, TargetMethod
from pmf.register.versions import Register
from pmf.value import plain, printed

_DATES = frozenset({"kpi_ref", "valid_from", "valid_to"})
# How a figure comes in and who sends it is the service's own business; members are told what the figure is. Why a KPI is
# suspended or has no target is told as the reason of that change.
_INTERNAL = frozenset(
    {
        *("holder_post", "deputy_post", "due_working_day", "source_kind", "source_id", "criteria"),
        *("suspended_reason", "no_target_reason", "review_on"),
    }
)


class What(StrEnum):
    """What became of a KPI."""

    NEW = "new"
    ENDED = "ended"
    REDEFINED = "redefined"
    TARGET = "target"


# What a proposal of each kind may have become.
_BECOMES = {ChangeKind.NEW: {What.NEW}, ChangeKind.RETIRE: {What.ENDED}, ChangeKind.CHANGE: {What.REDEFINED, What.TARGET}}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change. ``fields`` are those a redefinition changed.

    ``old`` and ``new`` are targets as printed, None where the change is not of a target (``old`` also for a first one);
    ``is_in_year``: the target of a year that had begun. ``reason``: why, empty where nobody said. ``change_id`` and
    ``adopted_on`` are None for a change nobody proposed formally.
    """

    what: What
    kpi_ref: str
    title: str
    committee_ids: tuple[str, ...]
    effective_from: date
    fields: tuple[str, ...] = ()
    old: str | None = None
    new: str | None = None
    period_kind: PeriodKind | None = None
    method: TargetMethod | None = None
    is_in_year: bool = False
    reason: str = ""
    change_id: str | None = None
    adopted_on: date | None = None


def changes_between(register: Register, first: date, last: date) -> tuple[Change, ...]:
    """List what changed from the day ``first`` to the day ``last``, both included, as time runs.

    The day a register begins changes nothing: what it holds from then on is what there was. Of targets, those that are
    new for a year and those changed within one are listed; planned steps of a year's targets are not.
    """
    begins = min((kpi.valid_from for kpi in register.kpi_versions), default=first)
    since = max(first, begins + timedelta(days=1))
    found = [*_kpi_changes(register, since, last), *_target_changes(register, since, last)]
    return tuple(sorted(found, key=lambda change: change.effective_from))


def adopted_changes(register: Register, events: Iterable[Mapping[str, Any]], quarter: Quarter) -> tuple[Change, ...]:
    """List what the papers of a quarter must report: what took effect in it, and what was adopted in it for another day.

    ``events`` are rows of ``change_event``. A target set for a whole year is left out unless it was proposed formally: the
    dashboard shows each KPI's current and previous target. Each change says whose paper it belongs into (``committee_ids``).
    """
    adopted = [course for course in read_courses(events, register) if course.adopted_on is not None]
    in_force = [_for_members(_joined(change, adopted)) for change in changes_between(register, quarter.first_day, quarter.last_day)]
    told = [change for change in in_force if _concerns_members(change)]
    known = {change.change_id for change in told}
    for course in adopted:
        if course.proposal.change_id not in known and course.adopted_on and quarter.first_day <= course.adopted_on <= quarter.last_day:
            day = course.proposal.effective_from
            announced = (_for_members(_joined(change, [course])) for change in changes_between(register, day, day))
            told += [change for change in announced if change.change_id is not None]
    return tuple(told)


def unexplained_targets(register: Register, day: date) -> dict[str, str]:
    """Map each KPI whose target on a day was changed within its year, and nobody said why, to the change in words."""
    found = {}
    for before, target in _successions(register):
        kpi = _holding(register, target.kpi_ref, day) if target.holds_on(day) and not target.reason else None
        if kpi is not None and _is_in_year(before, target):
            old = f" from {_printed(before, kpi)}" if before else ""
            found[target.kpi_ref] = f"changed{old} to {_printed(target, kpi)} on {target.valid_from:%-d %B %Y}"
    return found


def _kpi_changes(register: Register, since: date, last: date) -> Iterator[Change]:
    for kpi in register.kpi_versions:
        if since <= kpi.valid_from <= last:
            before = _holding(register, kpi.kpi_ref, kpi.valid_from - timedelta(days=1))
            if before is None:
                yield _change(What.NEW, [kpi], kpi.valid_from)
            elif fields := _differing(before, kpi):
                reason = (kpi.suspended_reason or kpi.no_target_reason) if "status_type" in fields else ""
                yield _change(What.REDEFINED, [before, kpi], kpi.valid_from, fields=fields, reason=reason)
        if kpi.valid_to is not None and since <= kpi.valid_to <= last and _holding(register, kpi.kpi_ref, kpi.valid_to) is None:
            yield _change(What.ENDED, [kpi], kpi.valid_to)


def _target_changes(register: Register, since: date, last: date) -> Iterator[Change]:
    for before, target in _successions(register):
        day = target.valid_from
        kpi = _holding(register, target.kpi_ref, day) if since <= day <= last and not _is_planned(before, target) else None
        if kpi is None:
            continue
        old, new = _printed(before, kpi) if before else None, _printed(target, kpi)
        if old != new:
            facts = {"old": old, "new": new, "period_kind": target.period_kind, "method": target.method, "reason": target.reason}
            yield _change(What.TARGET, [kpi], day, is_in_year=_is_in_year(before, target), **facts)


def _successions(register: Register) -> Iterator[tuple[Target | None, Target]]:
    """Give each target with the one of its KPI and kind of period that came before it. None: it is the first."""
    latest: dict[tuple[str, PeriodKind], Target] = {}
    for target in sorted(register.target_versions, key=lambda target: target.valid_from):
        key = (target.kpi_ref, target.period_kind)
        yield latest.get(key), target
        latest[key] = target


def _is_in_year(before: Target | None, target: Target) -> bool:
    """Tell whether a target took the place of another within a financial year, without having been planned so."""
    return _follows_within_a_year(before, target) and not _is_planned(before, target)


def _is_planned(before: Target | None, target: Target) -> bool:
    """Tell whether a target is a later step of a year's targets that were approved by the year's first day."""
    is_approved = target.approved_on is not None and target.approved_on <= _year_began(target)
    return is_approved and _follows_within_a_year(before, target)


def _follows_within_a_year(before: Target | None, target: Target) -> bool:
    return before is not None and (before.valid_to is None or before.valid_to > _year_began(target))


def _year_began(target: Target) -> date:
    return Month.of(target.valid_from).financial_year.first_day


def _concerns_members(change: Change) -> bool:
    if change.change_id is not None or change.what in {What.NEW, What.ENDED}:
        return True
    return change.is_in_year if change.what is What.TARGET else bool(change.fields)


def _for_members(change: Change) -> Change:
    return replace(change, fields=tuple(name for name in change.fields if name not in _INTERNAL))


def _joined(change: Change, adopted: Iterable[Course]) -> Change:
    """Add to a change of the files by which formal change it came about, and why."""
    for course in adopted:
        proposal = course.proposal
        is_same = proposal.kpi_ref == change.kpi_ref and proposal.effective_from == change.effective_from
        if is_same and change.what in _BECOMES[proposal.kind]:
            reason = change.reason or proposal.rationale
            return replace(change, change_id=proposal.change_id, adopted_on=course.adopted_on, reason=reason)
    return change


def _holding(register: Register, kpi_ref: str, day: date) -> Kpi | None:
    return next((kpi for kpi in register.kpi_versions if kpi.kpi_ref == kpi_ref and kpi.holds_on(day)), None)


def _differing(before: Kpi, after: Kpi) -> tuple[str, ...]:
    return tuple(name for name in Kpi.model_fields if name not in _DATES and getattr(before, name) != getattr(after, name))


def _printed(target: Target, kpi: Kpi) -> str:
    """Print a target with how far short of it is still amber, where it says so: that is part of what is promised."""
    level, tolerance = target.intervention_level, target.tolerance_pct
    parts = [target.printed(kpi)]
    if level is not None:
        parts.append(f"intervention level {printed(level, unit=kpi.unit, decimals=max(kpi.decimals, decimals_of(level)))}")
    if tolerance is not None:
        parts.append(f"tolerance {plain(tolerance)}%")
    return parts[0] if len(parts) == 1 else f"{parts[0]} ({', '.join(parts[1:])})"


def _change(what: What, versions: Sequence[Kpi], day: date, **facts: Any) -> Change:
    """Describe a change of a KPI by its versions before and after."""
    kpi, committees = versions[-1], dict.fromkeys(version.committee_id for version in versions if version.committee_id)
    return Change(what=what, kpi_ref=kpi.kpi_ref, title=kpi.title, committee_ids=tuple(committees), effective_from=day, **facts)
