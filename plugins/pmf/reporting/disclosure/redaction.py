"""How a report looks without what public editions leave out: measures from which it is gone before anything is printed.

What may stay is listed, and nothing else stays: a column that is new to the table ``rating`` is left out of what is guarded until it is
named here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from pmf.reporting.measure import CONFIDENTIAL_MARK, Measure
from pmf.status import Status

LEFT_OUT = "Left out of public editions so that nobody can be recognised."
COMMENT_LEFT_OUT = "The commentary is left out of public editions so that nobody can be recognised."
_MADE_OF = "figures it is made of are left out of public editions so that nobody can be recognised"
# The columns that tell nothing of the figures, and those that each part tells.
_ALWAYS = (
    "organisation kpi_ref period policy_id as_at target target_version previous_period previous_target last_year_period year_target "
    "months_used months_missing code_version lock_digest register_digest policy_digest"
)
_TOLD_BY = {
    _ALWAYS: (),
    "status value off_target_pct reason flags is_provisional": ("value",),
    "previous_value previous_status": ("previous_value",),
    "change moved": ("value", "previous_value"),
    "last_year_value": ("last_year_value",),
    "last_year_change": ("value", "last_year_value"),
    "comment": ("comment",),
    "forecast forecast_status trend projection year_end year_end_low year_end_high year_end_status year_end_reason": ("history",),
    "forecast_count forecast_mean_miss forecast_bias reds_in_a_row is_deep_dive": ("history",),
    "variation assurance variation_reason centre_line lower_limit upper_limit": ("history",),
}
EVERY_PART = frozenset(part for told in _TOLD_BY.values() for part in told)
# What a report reads although it is gone.
_INSTEAD = {
    "status": Status.CONFIDENTIAL.value,
    "reason": LEFT_OUT,
    "flags": "",
    "is_provisional": False,
    "comment": COMMENT_LEFT_OUT,
    "trend": CONFIDENTIAL_MARK,
    "year_end_reason": _MADE_OF,
    "variation_reason": _MADE_OF,
}


def public_measures(measures: Iterable[Measure], withheld: Mapping[str, AbstractSet[str]]) -> list[Measure]:
    """Select the measures of public KPIs and take out of them what is withheld (parts by kpi_ref)."""
    public = [measure for measure in measures if measure.kpi.is_public]
    refs = {measure.ref for measure in public}
    return [_public(measure, withheld.get(measure.ref, frozenset()), refs) for measure in public]


def redacted(measure: Measure, parts: AbstractSet[str]) -> Measure:
    """Take parts out of a measure, and whatever tells of them.

    The rest of what a measure holds about its KPI stays out as well: waivers, queries and checks are about figures.
    """
    if not parts:
        return measure
    kept = {name for names, told in _TOLD_BY.items() if parts.isdisjoint(told) for name in names.split()}
    gone = {name for name, value in measure.rating.items() if name not in kept and value is not None}
    if "history" in parts and measure.comparisons:
        gone.add("comparisons")
    if "quarters" in parts:
        gone.add("quarters")
    return replace(
        measure,
        rating={name: value if name in kept else _INSTEAD.get(name) for name, value in measure.rating.items()},
        recent=() if "history" in parts else measure.recent,
        comparisons=() if "history" in parts else measure.comparisons,
        chart=None if "history" in parts else measure.chart,
        waivers=(),
        unmet=(),
        queries=(),
        confidential=frozenset(gone),
    )


def _public(measure: Measure, parts: AbstractSet[str], refs: AbstractSet[str]) -> Measure:
    public = redacted(measure, parts)
    return replace(public, parts=tuple(ref for ref in public.parts if ref in refs))
