"""A council of one KPI, its own figures and others', to compare without a warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pmf.cycle.figures import Figures
from pmf.cycle.rated.comparison import comparison_rows
from pmf.cycle.rated.standing import Rater
from pmf.period import Month, Period
from pmf.rating.policy import load_policies
from pmf.register import Kpi, Register, Target
from pmf.register.benchmark import Benchmark
from pmf.register.template import DataQualityTemplate
from pmf.series.point import Point
from pmf.settings import read_settings
from validation.samples import a_kpi, a_profile

AS_AT = datetime(2030, 1, 1, 12, tzinfo=UTC)
DEFINITION = "Share of visits within a day"
LONG_AGO = date(2010, 4, 1)


def compared_kpi(**fields: Any) -> Kpi:
    """A KPI with a national definition, in the register for ever."""
    content = {"has_national_definition": True, "national_definition": DEFINITION, "aggregation": "last", "unit": "%", "decimals": 1}
    return a_kpi("K1", **content | {"valid_from": LONG_AGO} | fields)


def row(area: str, period: Period, value: str, **fields: Any) -> Benchmark:
    content = {"kpi_ref": "K1", "area": area, "kind": "neighbour", "period": period.key, "value": value, "source": "Public statistics"}
    return Benchmark.model_validate(content | fields)


def neighbour_set(areas: Sequence[str], **fields: Any) -> dict[str, Any]:
    return {"id": "nearest", "name": "Nearest neighbours", "source": "CIPFA", "since": "2010-04-01", "areas": list(areas)} | fields


def a_rater(
    kpi: Kpi,
    figures: Mapping[Month, str],
    benchmarks: Iterable[Benchmark],
    *,
    sets: Sequence[Mapping[str, Any]] = (),
    targets: Iterable[Target] = (),
    templates: Iterable[DataQualityTemplate] = (),
    other_versions: Iterable[Kpi] = (),
) -> Rater:
    """A rater of one KPI: its figures by month, as "84.1" or "numerator/denominator"."""
    register = Register(
        a_profile(neighbour_sets=list(sets)), (*other_versions, kpi), tuple(targets), tuple(templates), benchmarks=tuple(benchmarks)
    )
    points = tuple(_point(month, text, kpi) for month, text in sorted(figures.items()))
    return Rater(register, Figures({kpi.kpi_ref: points}, {}, {}), load_policies(read_settings({}).policies)["ccc-framework-2024"])


def _point(month: Month, text: str, kpi: Kpi) -> Point:
    numerator, slash, denominator = text.partition("/")
    if not slash:
        return Point(period=month, value=Decimal(text))
    value = Decimal(numerator) * kpi.ratio_multiplier / Decimal(denominator)
    return Point(period=month, value=value, numerator=Decimal(numerator), denominator=Decimal(denominator))


def compared(rater: Rater, period: Period, *, as_at: datetime = AS_AT) -> list[dict[str, Any]]:
    """The rows a report on a period gets."""
    (kpi,) = rater.register.kpis(period)
    return list(comparison_rows(rater, kpi, period, as_at=as_at))
