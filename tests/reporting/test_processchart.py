"""The process chart: what is drawn of a KPI's figures, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pmf.page.document import Chart
from pmf.period import Month, Period, Quarter
from pmf.register import Kpi, Target
from pmf.register.assessment import Rebase
from pmf.register.kpi import Frequency
from pmf.reporting.processchart import process_chart
from pmf.series.point import Point
from pmf.series.variation import stretches

SAID = "The latest figure is no more than chance."
ALTERNATE = [80, 82] * 12
OCTOBER = Month(2022, 10)


def kpi(**changed: Any) -> Kpi:
    answers = {
        "kpi_ref": "36",
        "valid_from": date(2019, 4, 1),
        "title": "Active library users",
        "directorate_id": "people",
        "service_id": "libraries",
        "level": "strategic",
        "aggregation": "last",
        "direction": "higher",
    }
    return Kpi.model_validate(answers | changed)


def target(text: str) -> Target:
    return Target(kpi_ref="36", valid_from=date(2019, 4, 1), target=text)


def drawn(
    figures: Sequence[int | None],
    *,
    first: Month | Quarter = OCTOBER,
    targets: dict[Period, Target] | None = None,
    since: str = "",
    **changed: Any,
) -> Chart | None:
    periods: list[Month | Quarter] = [first]
    while len(periods) < len(figures):
        periods.append(periods[-1].next)
    points = [
        Point(period=period, value=None if figure is None else Decimal(figure)) for period, figure in zip(periods, figures, strict=True)
    ]
    frequency = Frequency.MONTHLY if isinstance(first, Month) else Frequency.QUARTERLY
    rebases = (
        [Rebase(kpi_ref="36", month=since, reason="Counters were replaced", post="team", decided_on=date(2024, 1, 1))] if since else []
    )
    laid_out = stretches(points, frequency=frequency, rebases=rebases)
    return process_chart(kpi(frequency=frequency, **changed), laid_out, targets=targets or {}, said=SAID)


def test_everything_drawn_is_told() -> None:
    """The text alternative says how many figures of when, the latest, mean, limits, target, gaps, signals, and what the rating says."""
    chart = drawn([*ALTERNATE, None, 82, 100], targets={Month(2024, 12): target("90")})
    assert chart is not None
    assert chart.alt == (
        "26 monthly figures from October 2022 to December 2024, the latest 100. 1 month has no figure. "
        "Mean 81.8, lower limit 74.7, upper limit 88.9, target 90. 1 figure is marked as unusual. " + SAID
    )
    assert [point.mark for point in chart.points] == [""] * 26 + ["improving"]
    assert chart.points[24].value is None
    assert chart.key == (("improving", "Unusual, for the better"),)


def test_the_latest_lines_carry_words() -> None:
    """Each stretch has its own mean and limits; those of the last have words, and the break between them is drawn."""
    chart = drawn([*ALTERNATE[:12], *(90, 92) * 6], since="2023-10")
    assert chart is not None
    assert [(line.style, line.first, line.last, line.words) for line in chart.lines] == [
        ("mean", 0, 11, ""),
        ("limit", 0, 11, ""),
        ("limit", 0, 11, ""),
        ("mean", 12, 23, "Mean 91.0"),
        ("limit", 12, 23, "Lower limit 85.7"),
        ("limit", 12, 23, "Upper limit 96.3"),
    ]
    assert chart.breaks == (12,)
    assert (chart.key, {point.mark for point in chart.points}) == ((), {""})


def test_a_stretch_too_short_for_limits_is_drawn_without() -> None:
    """Figures before a decision stay on the chart even where there are too few for limits of their own."""
    chart = drawn([50, 60, *ALTERNATE], since="2022-12")
    assert chart is not None
    assert [line.first for line in chart.lines] == [2, 2, 2]


def test_no_limits_no_chart() -> None:
    """Where the latest stretch has too few figures, or there are none at all, nothing is drawn."""
    assert drawn(ALTERNATE, since="2024-04") is None
    assert process_chart(kpi(), (), targets={}, said=SAID) is None


def test_a_target_is_drawn_as_long_as_it_holds() -> None:
    """A target that changes makes a step; one that is missing for a month leaves a hole; a range is two lines."""
    months = list(Month(2022, 10).up_to(Month(2024, 9)))
    targets: dict[Period, Target] = {month: target("70" if month < Month(2023, 4) else "75..85") for month in months if month != months[3]}
    chart = drawn(ALTERNATE, targets=targets, direction="range")
    assert chart is not None
    assert [(line.value, line.first, line.last, line.words) for line in chart.lines if line.style == "target"] == [
        (70.0, 0, 2, ""),
        (70.0, 4, 5, ""),
        (75.0, 6, 23, "Target from 75"),
        (85.0, 6, 23, "Target to 85"),
    ]


def test_years_are_labelled_where_there_is_room() -> None:
    """The first and the last period have labels, and each April far enough from both; quarters are named as quarters."""
    monthly, quarterly = drawn(ALTERNATE), drawn(ALTERNATE[:13], first=Quarter(2021, 2))
    assert monthly is not None
    assert quarterly is not None
    assert monthly.ticks == ((0, "Oct 2022"), (6, "Apr 2023"), (18, "Apr 2024"), (23, "Sep 2024"))
    assert quarterly.ticks == ((0, "Q2 2021/22"), (3, "Q1 2022/23"), (7, "Q1 2023/24"), (12, "Q2 2024/25"))
    assert quarterly.alt.startswith("13 quarterly figures from quarter 2 2021/22 to quarter 2 2024/25")
