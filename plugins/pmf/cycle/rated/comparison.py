"""Comparison: how a KPI's figure stands beside others' figures of the same period (rows of the table ``comparison``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pmf.cycle.rated.comparisonwords import caution_words, comparison_words
from pmf.cycle.rated.definition import is_same_measure
from pmf.cycle.rated.standing import Rater
from pmf.period import Month, Period
from pmf.register import Kpi
from pmf.register.kpi import Aggregation
from pmf.register.others import Others, find_others
from pmf.register.structure import folded
from pmf.series.aggregation import Aggregated
from pmf.series.comparison import Comparison, compare


def comparison_rows(rater: Rater, kpi: Kpi, period: Period, *, as_at: datetime) -> Iterator[dict[str, Any]]:
    """Compare a KPI with those whose figures were published by then: a row for the neighbours, the region and the country.

    No row: the KPI has no national definition, or no figure of others is held. Where the council has no figure of the
    others' period, or theirs are counted differently, their median stands alone and the words say why.
    """
    today = as_at.astimezone(ZoneInfo(rater.register.profile.timezone)).date()
    for others in find_others(rater.register, kpi, period, known_on=today):
        found, why_not = _compared(rater, kpi, others)
        template = rater.register.template(kpi.kpi_ref, period.last_day)
        caution = caution_words(others, kpi, period, max_age_months=template.benchmark_max_age_months if template else None)
        yield {
            "kpi_ref": kpi.kpi_ref,
            "period": period.key,
            "kind": others.kind.value,
            "about": others.about.key,
            "name": others.name,
            "own_value": found.own,
            "others": found.others,
            "median": found.median,
            "quartile": found.quartile,
            "place": found.place,
            "better_by": found.better_by,
            "is_other_period": others.about != period,
            "words": f"{comparison_words(found, others, kpi, why_not=why_not)} {caution}".rstrip(),
            "source": "; ".join(others.sources),
            "definition": others.definition,
        }


def _compared(rater: Rater, kpi: Kpi, others: Others) -> tuple[Comparison, str]:
    """Compare what counts alike; of anything else give the median alone and say why it is not compared."""
    own, why_not = _own(rater, kpi, others.about)
    if own is None or not others.is_alike:
        return compare(own, others.figures, direction=None), why_not or "The council's own figure is not compared with it."
    target = rater.register.target(kpi.kpi_ref, others.about)
    return compare(own, others.figures, direction=kpi.direction, target=target.bounds if target else None), ""


def _own(rater: Rater, kpi: Kpi, about: Period) -> tuple[Decimal | None, str]:
    """Work out the council's own figure of the whole period that others' figures are about, or say why there is none."""
    then = rater.register.kpi(kpi.kpi_ref, about) or kpi
    if not _counts_alike(kpi, then):
        return None, f"The council counted it differently in {about.label}."
    if len(about.months) < kpi.frequency.months:
        return None, f"The council's own figures are {kpi.frequency.value}: there is none of {about.label}."
    if kpi.is_cumulative and about.months[0] != about.months[0].financial_year.months[0]:
        return None, f"The council's own figures run from April on: there is none of {about.label} alone."
    due = [month for month in about.months if then.is_due(month)]
    figure = rater.aggregate(then, due)
    if figure.value is None:
        return None, f"The council has no figure of {about.label}."
    lacking = _lacking(then, figure)
    if lacking:
        what = lacking[0].label if len(lacking) == 1 else f"{len(lacking)} of its {len(due)} months"
        return None, f"The council's figure of {about.label} lacks {what}."
    return figure.value, ""


def _counts_alike(kpi: Kpi, then: Kpi) -> bool:
    """Tell whether a KPI was the same measure by the same definition; one that is named for the first time changes no figure."""
    named = {folded(definition) for definition in (kpi.national_definition, then.national_definition) if definition}
    return is_same_measure(kpi, then) and len(named) <= 1


def _lacking(kpi: Kpi, figure: Aggregated) -> tuple[Month, ...]:
    """List the months without which a figure is none of the whole period: all of them, but only the last where the last one counts."""
    if kpi.is_cumulative or kpi.aggregation is Aggregation.LAST:
        return tuple(month for month in figure.months_missing if month > figure.months_used[-1])
    return figure.months_missing
