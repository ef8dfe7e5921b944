"""What has been judged stays as it was judged: where a changed register would answer differently for a month gone by.

A month is judged by the KPI, the targets and the template in force on its last day, and by the council's rating policy of
that day. A quarter is judged by what is in force on its last day, a year likewise; where a year's target is spread over
its months, every month is judged by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

from pmf.period import Month, parse_month
from pmf.register.council import Profile
from pmf.register.dated import Dated
from pmf.register.kpi import Kpi
from pmf.register.target import PeriodKind, Target, target_bounds
from pmf.register.template import DataQualityTemplate
from pmf.register.versions import Register
from pmf.value import plain

_KPI_FIELDS = (
    "service_id",
    "unit",
    "direction",
    "status_type",
    "frequency",
    "aggregation",
    "ratio_multiplier",
    "is_cumulative",
    "incomplete",
    "part_of",
)
_TARGET_FIELDS = ("target", "intervention_level", "tolerance_pct", "profile")
_TEMPLATE_FIELDS = (
    *("minimum", "maximum", "max_decimals", "needs_numerator", "large_movement_pct"),
    *("is_seasonal", "sensitivity", "zero_is_plausible", "repeat_is_plausible", "restatement_tolerance_pct"),
)
Row = TypeVar("Row", bound=Dated)
# What a month was judged by: field to value, with whatever is to be compared.
_Answers = dict[str, Any]
_KPI, _TEMPLATE = "the KPI", "the data quality template"
_TARGETS = {kind: f"the {kind}'s target" for kind in PeriodKind}
_IN_FORCE, _NONE = "in force", "none"


def rewritten(before: Register, after: Register, *, until: Month | None) -> list[str]:
    """Say, sentence by sentence, what months that have been judged would be judged by instead.

    ``until`` is the last month that was judged (None: none was); the council's first month is the first. An empty list
    means that nothing judged changes. Only KPIs whose rows differ are looked at, month by month.
    """
    first = min(parse_month(register.profile.first_month) for register in (before, after))
    if until is None or until < first:
        return []
    months = tuple(first.up_to(until))
    sentences = list(_policy_sentences(before.profile, after.profile, months))
    old, new = _rows_by_ref(before), _rows_by_ref(after)
    for ref in dict.fromkeys((*old, *new)):
        if old.get(ref) != new.get(ref):
            sentences.extend(_differences(ref, old.get(ref, ()), new.get(ref, ()), months))
    return sentences


def _rows_by_ref(register: Register) -> dict[str, tuple[Dated, ...]]:
    """Group every dated row by KPI, in an order that does not depend on the files'."""
    rows: dict[str, list[Dated]] = defaultdict(list)
    for row in (*register.kpi_versions, *register.target_versions, *register.template_versions):
        rows[row.kpi_ref].append(row)
    return {ref: tuple(sorted(items, key=lambda row: (type(row).__name__, row.valid_from))) for ref, items in rows.items()}


def _differences(ref: str, old: Sequence[Dated], new: Sequence[Dated], months: Sequence[Month]) -> Iterator[str]:
    """Compare what a KPI was and would be judged by, and join months that differ alike into one sentence."""
    found: dict[tuple[str, str, str], list[Month]] = defaultdict(list)
    # Most months are judged by the same rows as the month before: each set of rows is compared once.
    compared: dict[tuple[int, ...], list[tuple[str, str, str]]] = {}
    for month in months:
        was, would_be = _judging(old, month), _judging(new, month)
        rows = (*map(id, was), 0, *map(id, would_be))
        if rows not in compared:
            compared[rows] = list(_changed(_answers(was), _answers(would_be)))
        for change in compared[rows]:
            found[change].append(month)
    for (field, before, after), differing in found.items():
        yield _sentence(f"KPI {ref}, {field}", before, after, differing, until=months[-1])


def _changed(was: _Answers, would_be: _Answers) -> Iterator[tuple[str, str, str]]:
    """List what differs as field, old and new; of a KPI, target or template that comes or goes, only that it does."""
    for whole in (_KPI, *_TARGETS.values(), _TEMPLATE):
        if (whole in was) != (whole in would_be):
            yield whole, _printed(was.get(whole)), _printed(would_be.get(whole))
    for field in was:
        if field in would_be and was[field] != would_be[field]:
            yield field, _printed(was[field]), _printed(would_be[field])


def _judging(rows: Sequence[Dated], month: Month) -> list[Dated]:
    """Pick the rows a month is judged by."""
    day = month.last_day
    return [row for row in rows if row.holds_on(day) and not (isinstance(row, Target) and not _judges(row, month))]


def _answers(rows: Sequence[Dated]) -> _Answers:
    """Give everything that rows in force say about judging; what is not in force has no entry."""
    answers: _Answers = {}
    for row in rows:
        if isinstance(row, Kpi):
            answers |= {_KPI: _IN_FORCE} | {field: getattr(row, field) for field in _KPI_FIELDS}
        elif isinstance(row, DataQualityTemplate):
            answers |= {_TEMPLATE: _IN_FORCE} | {f"{field} of the template": getattr(row, field) for field in _TEMPLATE_FIELDS}
        elif isinstance(row, Target):
            whole = _TARGETS[row.period_kind]
            answers |= {whole: _IN_FORCE} | {f"{field} of {whole}": _value(row, field) for field in _TARGET_FIELDS}
    return answers


def _judges(target: Target, month: Month) -> bool:
    """Tell whether a target is used when a month is judged, or the quarter or year that ends with it."""
    if target.period_kind is PeriodKind.MONTH or target.profile:
        return True
    period = month.quarter if target.period_kind is PeriodKind.QUARTER else month.financial_year
    return month == period.months[-1]


def _value(target: Target, field: str) -> Any:
    return target_bounds(target.target) if field == "target" else getattr(target, field)


def _printed(value: Any) -> str:
    if value is None or value == "" or value == ():
        return _NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        texts = [item if isinstance(item, str) else plain(item) for item in value]
        return ";".join(texts) if isinstance(value[0], str) else "..".join(dict.fromkeys(texts))
    return str(value)


def _policy_sentences(before: Profile, after: Profile, months: Sequence[Month]) -> Iterator[str]:
    if before.headline_policies == after.headline_policies:
        return
    found: dict[tuple[str, str], list[Month]] = defaultdict(list)
    for month in months:
        was, would_be = _policy(before, month), _policy(after, month)
        if was != would_be:
            found[was, would_be].append(month)
    for (was, would_be), differing in found.items():
        yield _sentence(f"{before.name}, headline_policies", was, would_be, differing, until=months[-1])


def _policy(profile: Profile, month: Month) -> str:
    try:
        return profile.policy_id(month)
    except LookupError:
        return _NONE


def _sentence(subject: str, before: str, after: str, months: Sequence[Month], *, until: Month) -> str:
    """Word one difference, and the way to make the change without it."""
    day = until.next.first_day
    if months[-1] < until:
        way_out = "Leave the rows that held then as they were."
    elif before == _NONE:
        way_out = f"Let it begin with valid_from {day}."
    else:
        way_out = f"End the row that held then with valid_to {day}, leave it otherwise as it was, and give the change a row from {day} on."
    return f"{subject}: was {before}, would be {after}, for {_spans(months)}, already judged. {way_out}"


def _spans(months: Sequence[Month]) -> str:
    """Write months as spans: April 2024 to June 2024, September 2024."""
    runs = groupby(enumerate(months), key=lambda pair: pair[1].plus(-pair[0]))
    ends = [(run[0], run[-1]) for _, group in runs if (run := [month for _, month in group])]
    return ", ".join(first.label if first == last else f"{first.label} to {last.label}" for first, last in ends)
