"""The process behaviour (XmR) chart of a KPI: what is drawn, and the same told in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Literal

from pmf.page.document import Chart, ChartLine, ChartPoint
from pmf.period import Month, Period, Quarter
from pmf.register import Kpi, Target
from pmf.register.kpi import Frequency
from pmf.reporting.wording import agree, counted
from pmf.series.point import financial_year
from pmf.series.variation import Stretch, Variation, variation
from pmf.series.variationtext import Wording
from pmf.value import printed

_Mark = Literal["", "improving", "concerning", "special"]
_MARKS: dict[Variation, _Mark] = {
    Variation.COMMON_CAUSE: "",
    Variation.IMPROVING: "improving",
    Variation.CONCERNING: "concerning",
    Variation.RISING: "special",
    Variation.FALLING: "special",
}
_KEY: dict[_Mark, str] = {"improving": "Unusual, for the better", "concerning": "Unusual, for the worse", "special": "Unusual"}


def process_chart(kpi: Kpi, stretches: Sequence[Stretch], *, targets: Mapping[Period, Target], said: str) -> Chart | None:
    """Draw a KPI's figures between their limits. None: the latest stretch has too few figures for limits.

    ``targets`` holds the target of each period that has one (empty: none is judged by), ``said`` what the rating says of the chart.
    """
    latest = stretches[-1] if stretches else None
    if latest is None or latest.limits is None:
        return None
    periods = [period for stretch in stretches for period in stretch.periods]
    points = tuple(_point(kpi, stretch, at, targets) for stretch in stretches for at in range(len(stretch.periods)))
    used = {point.mark for point in points}
    return Chart(
        caption=f"Indicator {kpi.kpi_ref}: {kpi.title}, {periods[0].label} to {periods[-1].label}",
        alt=_told(kpi, periods, points, Wording(kpi, latest, latest.limits), targets.get(periods[-1]), said),
        points=points,
        lines=(*_limit_lines(kpi, stretches), *_target_lines(kpi, [targets.get(period) for period in periods])),
        ticks=tuple(_ticks(periods)),
        key=tuple((mark, words) for mark, words in _KEY.items() if mark in used),
        breaks=tuple(_starts(stretches)[1:]),
    )


def _point(kpi: Kpi, stretch: Stretch, at: int, targets: Mapping[Period, Target]) -> ChartPoint:
    figure, target = stretch.figures[at], targets.get(stretch.periods[at])
    if figure is None:
        return ChartPoint(None)
    return ChartPoint(
        float(figure), _MARKS[variation(stretch.signals[at], direction=kpi.direction, target=target.bounds if target else None)]
    )


def _starts(stretches: Sequence[Stretch]) -> list[int]:
    """Number the first point of each stretch."""
    starts = [0]
    for stretch in stretches[:-1]:
        starts.append(starts[-1] + len(stretch.periods))
    return starts


def _limit_lines(kpi: Kpi, stretches: Sequence[Stretch]) -> Iterator[ChartLine]:
    """Give each stretch its mean and limits, the last one's with words."""
    for start, stretch in zip(_starts(stretches), stretches, strict=True):
        if stretch.limits is None:
            continue
        wording = Wording(kpi, stretch, stretch.limits)
        end, is_last = start + len(stretch.periods) - 1, stretch is stretches[-1]
        (lower, upper), (lower_words, upper_words) = stretch.bounds(is_percentage=kpi.unit == "%"), wording.bounds
        yield ChartLine("mean", float(stretch.limits.mean), start, end, f"Mean {wording.mean}" if is_last else "")
        yield ChartLine("limit", float(lower), start, end, f"Lower limit {lower_words}" if is_last else "")
        yield ChartLine("limit", float(upper), start, end, f"Upper limit {upper_words}" if is_last else "")


def _target_lines(kpi: Kpi, targets: Sequence[Target | None]) -> Iterator[ChartLine]:
    """Draw each target over the periods it holds for, the last one's with words; a range has two ends."""
    start = 0
    for bounds, run in groupby(targets, key=lambda target: target.bounds if target else None):
        held = list(run)
        last = start + len(held) - 1
        if bounds is not None:
            is_last = last == len(targets) - 1
            # "85% to 95%" is two lines, "95%" is one.
            words = held[-1].printed(kpi).split(" to ") if held[-1] else []
            for end, bound, which in zip(words, dict.fromkeys(bounds), ("from ", "to "), strict=False):
                yield ChartLine("target", float(bound), start, last, f"Target {which if len(words) > 1 else ''}{end}" if is_last else "")
        start = last + 1


def _ticks(periods: Sequence[Period]) -> Iterator[tuple[int, str]]:
    """Label the first period, the last, and the first of each financial year that is not too near to either."""
    near = max(2, len(periods) // 7)
    years = (at for at in range(near, len(periods) - near) if financial_year(periods[at - 1]) != financial_year(periods[at]))
    for at in dict.fromkeys((0, *years, len(periods) - 1)):
        yield at, _short(periods[at])


def _told(kpi: Kpi, periods: Sequence[Period], points: Sequence[ChartPoint], wording: Wording, target: Target | None, said: str) -> str:
    """Tell in words everything that is drawn."""
    known = [at for at, point in enumerate(points) if point.value is not None]
    latest = printed(wording.stretch.known[-1], unit=kpi.unit, decimals=kpi.decimals)
    noun = "quarter" if kpi.frequency is Frequency.QUARTERLY else "month"
    gaps, marked = len(points) - len(known), sum(bool(point.mark) for point in points)
    lower, upper = wording.bounds
    sentences = [
        f"{counted(len(known), f'{noun}ly figure')} from {periods[0].label} to {periods[-1].label}, the latest {latest}.",
        f"{counted(gaps, noun)} {agree(gaps, 'has', 'have')} no figure." if gaps else "",
        f"Mean {wording.mean}, lower limit {lower}, upper limit {upper}{f', target {target.printed(kpi)}' if target else ''}.",
        f"{counted(marked, 'figure')} {agree(marked, 'is', 'are')} marked as unusual." if marked else "No figure is marked as unusual.",
        said,
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _short(period: Period) -> str:
    """Write a period in the room there is below a point: "Apr 2024", "Q1 2024/25"."""
    if isinstance(period, Month):
        return f"{period.first_day:%b %Y}"
    return f"Q{period.number} {period.financial_year.label}" if isinstance(period, Quarter) else period.label
