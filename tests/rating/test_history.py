"""Whole histories at once give the answers that are given figure by figure."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmf.period import Month, parse_month
from pmf.rating.colours import RowError
from pmf.rating.history import rate_history, statuses_of
from pmf.rating.judge import judge
from pmf.rating.policy import Policy, load_policies
from pmf.register import Register, load_register
from pmf.register.assessment import Persistence
from pmf.register.kpi import StatusType
from pmf.series.change import Verdict, change
from pmf.series.point import Point, steps
from pmf.series.projection import linear
from pmf.series.reds import count_reds
from pmf.series.trend import trend
from pmf.status import Status
from pmf.value import Absence, Direction, parse_figure, quotient

ROOT = Path(__file__).resolve().parents[2]
POLICIES = load_policies(ROOT / "include" / "rating_policies")
FIRST = Month(2021, 11)
CAMBRIDGESHIRE = ROOT / "include" / "organisations" / "cambridgeshire"
FRAMEWORK = POLICIES["ccc-framework-2024"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A KPI's figure of a month with what it is judged by."""

    month: Month
    value: Decimal | None
    target: tuple[Decimal, Decimal] | None
    direction: Direction | None
    level: Decimal | None = None
    tolerance_pct: Decimal | None = None
    status_type: StatusType = StatusType.RATED
    absence: Absence | None = None


@dataclass(frozen=True, kw_only=True)
class Series:
    """A KPI's rows, oldest first, and what is the same in all of them."""

    rows: tuple[Row, ...]
    decimals: int = 6
    is_percentage: bool = False
    is_cumulative: bool = False
    every: int = 1


def frame_of(all_series: Sequence[Series]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "organisation": f"council-{number % 2}",
                "kpi_ref": f"K{number}",
                "period": row.month.key,
                "value": row.value,
                "target_low": row.target and row.target[0],
                "target_high": row.target and row.target[1],
                "intervention_level": row.level,
                "tolerance_pct": row.tolerance_pct,
                "direction": row.direction,
                "status_type": row.status_type,
                "absence": row.absence,
                "decimals": series.decimals,
                "is_percentage": series.is_percentage,
                "is_cumulative": series.is_cumulative,
                "every": series.every,
            }
            for number, series in enumerate(all_series)
            for row in series.rows
        ]
    )


def by_the_row(series: Series, policy: Policy, no_change_pct: Decimal) -> list[dict[str, Any]]:
    """Answer as the cycle does: one figure after the other."""
    by_month = {row.month: row for row in series.rows}
    points = [Point(period=row.month, value=row.value) for row in series.rows]
    added = {point.period: point.value for point in (steps(points) if series.is_cumulative else points)}
    answers, seen = [], []
    for place, row in enumerate(series.rows):
        before, last_year = row.month.plus(-series.every), by_month.get(row.month.year_before)
        same = {"direction": row.direction, "no_change_pct": no_change_pct}
        printed = same | {"target": row.target, "decimals": series.decimals}
        moved = change(added[row.month], added.get(before), **(same if series.is_cumulative else printed))
        since = change(row.value, last_year.value if last_year else None, **printed).verdict
        to_the_digit = change(row.value, last_year.value if last_year else None, **(printed | {"decimals": None})).verdict
        status = judged(row, policy, to_the_digit).status
        known = points[: place + 1]
        found = trend(known, direction=row.direction, target=row.target, is_cumulative=series.is_cumulative)
        line = linear(known, to=row.month.plus(series.every), is_percentage=series.is_percentage, is_cumulative=series.is_cumulative)
        reds = count_reds(status, reversed(seen), limit=Persistence())
        seen.append(status)
        answers.append(
            {
                "status": status,
                "change": moved.verdict,
                "last_year_change": since,
                "trend": found.course,
                "outlook": found.outlook,
                "projection": line and line.value,
                "reds_in_a_row": reds and reds.in_a_row,
            }
        )
    return answers


def judged(row: Row, policy: Policy, since: Verdict | None) -> Any:
    return judge(
        actual=row.value,
        target=row.target,
        direction=row.direction,
        policy=policy,
        status_type=row.status_type,
        absence=row.absence,
        intervention_level=row.level,
        tolerance_pct=row.tolerance_pct,
        since_last_year=since,
    )


def assert_same(made: pd.DataFrame, expected: Sequence[dict[str, Any]]) -> None:
    for column in ("status", "change", "last_year_change", "trend", "outlook", "reds_in_a_row"):
        own = [None if pd.isna(each) else each for each in made[column]]
        assert own == [row[column] for row in expected], column
    own = made["projection"].to_numpy()
    line = np.array([np.nan if row["projection"] is None else float(row["projection"]) for row in expected])
    size = max(1.0, float(np.nanmax(np.abs(line), initial=0)))
    np.testing.assert_allclose(own, line, rtol=1e-11, atol=1e-11 * size)


figures = st.one_of(
    st.integers(-30, 1200).map(lambda number: Decimal(number).scaleb(-1)),
    st.integers(88, 102).map(Decimal),
    st.just(Decimal(0)),
    st.tuples(st.integers(1, 40), st.integers(1, 40)).map(lambda pair: Decimal(100 * pair[0]) / Decimal(pair[1])),
)


@st.composite
def targets(draw: st.DrawFn, direction: Direction | None) -> tuple[Decimal, Decimal] | None:
    low = draw(st.none() | figures)
    if low is None:
        return None
    return (low, low + draw(st.integers(0, 9))) if direction is Direction.RANGE else (low, low)


@st.composite
def series(draw: st.DrawFn) -> Series:
    direction = draw(st.sampled_from(Direction))
    pool = draw(st.lists(figures, min_size=1, max_size=20))
    is_cumulative = draw(st.booleans()) and draw(st.booleans())
    is_drifting = draw(st.booleans())
    every = 1 if is_cumulative else draw(st.sampled_from([1, 1, 3]))
    target = draw(targets(direction))
    rows: list[Row] = []
    for place in range(draw(st.integers(1, 32))):
        if draw(st.integers(0, 14)) == 0:
            continue
        if draw(st.integers(0, 9)) == 0:
            target = draw(targets(direction))
        drifting = sorted(pool)[min(place * len(pool) // 24, len(pool) - 1)]
        value = None if draw(st.integers(0, 12)) == 0 else drifting if is_drifting else draw(st.sampled_from(pool))
        status_type = draw(st.sampled_from(StatusType)) if draw(st.integers(0, 9)) == 0 else StatusType.RATED
        absence = draw(st.sampled_from(Absence)) if value is None and draw(st.booleans()) else None
        worse = -1 if direction is Direction.HIGHER else 1
        level = target[1] + worse * draw(st.integers(0, 12)) if target and draw(st.booleans()) else None
        tolerance = draw(st.none() | st.sampled_from([Decimal(0), Decimal("2.5"), Decimal(10)]))
        is_unjudged = status_type is StatusType.CONTEXTUAL
        rows.append(
            Row(
                month=FIRST.plus(place * every),
                value=value,
                target=None if is_unjudged else target,
                direction=None if is_unjudged else direction,
                level=level,
                tolerance_pct=tolerance,
                status_type=status_type,
                absence=absence,
            )
        )
    print_like = {"decimals": draw(st.integers(0, 3)), "is_percentage": draw(st.booleans())}
    return Series(rows=tuple(rows), is_cumulative=is_cumulative, every=every, **print_like)


@settings(max_examples=60, deadline=None)
@given(st.lists(series(), min_size=1, max_size=4), st.sampled_from(sorted(POLICIES)), st.sampled_from([Decimal(0), Decimal("2.5")]))
def test_a_history_at_once_is_the_history_figure_by_figure(all_series: list[Series], policy_id: str, no_change_pct: Decimal) -> None:
    """Any figures, targets, gaps and absences, under every shipped policy: the same statuses, verdicts, trends and reds."""
    policy = POLICIES[policy_id]
    frame = frame_of(all_series)
    if frame.empty:
        return
    made = rate_history(frame, policy, no_change_pct=no_change_pct)
    assert_same(made, [answer for each in all_series for answer in by_the_row(each, policy, no_change_pct)])


def council_of(register: Register) -> list[Series]:
    """The sample council's imported history, a series per KPI, with what each month is judged by."""
    found: dict[str, list[Row]] = {}
    with (CAMBRIDGESHIRE / "history.csv").open(encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            month = parse_month(line["period"])
            kpi = register.kpi(line["kpi_ref"], month)
            assert kpi is not None
            target = register.target(kpi.kpi_ref, month)
            parts = [parse_figure(line[name]) for name in ("numerator", "denominator")]
            value = parse_figure(line["value"])
            if parts[0] is not None and parts[1] is not None:
                value = quotient(parts[0], parts[1], multiplier=kpi.ratio_multiplier)
            row = Row(
                month=month,
                value=value,
                target=target.bounds if target else None,
                direction=kpi.direction,
                level=target.intervention_level if target else None,
                tolerance_pct=target.tolerance_pct if target else None,
                status_type=kpi.status_type,
            )
            found.setdefault(kpi.kpi_ref, []).append(row)
    kpis = {kpi.kpi_ref: kpi for kpi in register.kpi_versions}
    return [
        Series(
            rows=tuple(rows),
            decimals=kpis[ref].decimals,
            is_percentage=kpis[ref].unit == "%",
            is_cumulative=kpis[ref].is_cumulative,
            every=kpis[ref].frequency.months,
        )
        for ref, rows in found.items()
    ]


@pytest.mark.parametrize("policy_id", sorted(POLICIES))
def test_a_councils_history_at_once_is_its_history_figure_by_figure(policy_id: str) -> None:
    """Three years of the sample council, quotients with 28 digits, cumulative and quarterly KPIs: the same answers."""
    council = council_of(load_register(CAMBRIDGESHIRE))
    made = rate_history(frame_of(council), POLICIES[policy_id], no_change_pct=Decimal(1))
    assert len(made) > 2500
    assert {"red", "green"} <= set(made["status"])
    assert {"rising", "falling", "no clear trend", "not enough history"} == set(made["trend"])
    assert_same(made, [answer for each in council for answer in by_the_row(each, POLICIES[policy_id], Decimal(1))])


def whole_frame(series: int, months: int) -> pd.DataFrame:
    """Figures in tenths, close enough to targets that many lie exactly at the edge of a band."""
    dice = np.random.default_rng(7)
    target = dice.integers(1, 90, (series, 1)) * 10
    value = np.rint(target * (1 + dice.integers(-3, 3, (series, months)) / 20)).astype(np.int64)
    places, cells = np.divmod(np.arange(series * months), months)
    return pd.DataFrame(
        {
            "organisation": pd.Categorical.from_codes(places % 3, categories=["a", "b", "c"]),
            "kpi_ref": [f"K{place // 3}" for place in places],
            "period": [FIRST.plus(int(cell)).key for cell in cells],
            "value": value.reshape(-1),
            "target_low": np.broadcast_to(target, value.shape).reshape(-1),
            "target_high": np.broadcast_to(target, value.shape).reshape(-1),
            "direction": np.where(places % 2, "higher", "lower"),
        }
    )


def test_the_order_and_the_blocks_of_a_table_do_not_matter() -> None:
    """Hundreds of series in any order, a month missing here and there, get what each of them gets alone."""
    frame = whole_frame(800, 60)
    frame = frame.sample(frac=0.98, random_state=1)
    made = rate_history(frame, FRAMEWORK, scale=1)
    pd.testing.assert_frame_equal(rate_history(frame.sort_index(), FRAMEWORK, scale=1), made.sort_index())
    for _, alone in list(frame.groupby(["organisation", "kpi_ref"], observed=True))[::100]:
        pd.testing.assert_frame_equal(rate_history(alone, FRAMEWORK, scale=1), made.loc[alone.index])


def test_whole_numbers_and_decimals_are_the_same_figures() -> None:
    """Tenths as whole numbers, as Decimals and as text: the same statuses, exact at every edge, as ``judge`` gives them."""
    frame = whole_frame(60, 20)
    figures = ["value", "target_low", "target_high"]
    decimals = frame.assign(**{name: [Decimal(int(cell)).scaleb(-1) for cell in frame[name]] for name in figures})
    texts = decimals.assign(**{name: decimals[name].map(str) for name in figures})
    made = rate_history(frame, FRAMEWORK, scale=1)
    for other in (decimals, texts):
        pd.testing.assert_frame_equal(rate_history(other, FRAMEWORK), made)
    rows = zip(decimals["value"], decimals["target_low"], decimals["direction"], strict=True)
    judged_alone = [judge(actual=a, target=(t, t), direction=Direction(d), policy=FRAMEWORK) for a, t, d in rows]
    assert list(made["status"]) == [each.status for each in judged_alone]
    assert Counter(each.off_target_pct for each in judged_alone)[Decimal(10)] > 50
    pd.testing.assert_series_equal(statuses_of(frame, FRAMEWORK, scale=1).astype(str), made["status"].astype(str))


def test_a_missing_month_is_the_same_as_a_month_without_a_figure() -> None:
    """Leaving a row out changes no other row's answers."""
    frame = whole_frame(6, 30).astype({"value": "Int64"})
    gone = frame.index % 7 == 3
    with_blanks = frame.assign(value=frame["value"].mask(gone))
    made = rate_history(with_blanks, FRAMEWORK, scale=1)
    pd.testing.assert_frame_equal(rate_history(frame[~gone], FRAMEWORK, scale=1), made[~gone])
    assert set(made.loc[gone, "status"]) == {"awaiting_data"}
    assert made.loc[gone, "reds_in_a_row"].isna().all()


def test_large_figures_do_not_overflow() -> None:
    """Billions with six decimals, of which a hundredth of a per cent is told from ten per cent."""
    frame = whole_frame(2, 1).assign(direction="higher", target_low=9 * 10**15, target_high=9 * 10**15)
    made = statuses_of(frame.assign(value=[8_100_000_000_000_000, 8_099_999_999_999_999]), FRAMEWORK, scale=6)
    assert list(made) == ["amber", "red"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": [1.5, 2.5]}, "with a scale every figure is a whole number"),
        ({"direction": ["up", "higher"]}, "write higher, lower, range, maintain"),
        ({"direction": [None, "higher"]}, "row 0: a figure with a target needs a direction"),
        ({"target_high": [950, 960]}, "row 1: a target with two ends needs the direction range"),
        ({"period": ["2024-04", "2024-04"]}, "two rows for the same month"),
        ({"period": ["2024-04", "spring"]}, "'spring' is not a month"),
        ({"kpi_ref": [None, "K1"]}, "column kpi_ref: row 0 is empty"),
        ({"every": [1, 3]}, "the same in all rows of a series"),
    ],
)
def test_what_cannot_be_rated_is_refused(change: dict[str, Any], words: str) -> None:
    """A table that cannot be read, or a row that ``judge`` would refuse, is named; nothing is guessed."""
    frame = pd.DataFrame(
        {
            "organisation": ["a", "a"],
            "kpi_ref": ["K1", "K1"],
            "period": ["2024-04", "2024-05"],
            "value": [940, 930],
            "target_low": [950, 950],
            "target_high": [950, 950],
            "direction": ["higher", "higher"],
        }
    )
    assert list(rate_history(frame, FRAMEWORK, scale=1)["status"]) == ["amber", "amber"]
    with pytest.raises(ValueError, match=words):
        rate_history(frame.assign(**change), FRAMEWORK, scale=1)


def test_a_float_is_no_exact_figure() -> None:
    """Without a scale a column of floats is refused: which decimals were meant cannot be known."""
    frame = whole_frame(1, 2)
    with pytest.raises(ValueError, match="column value, row 0"):
        rate_history(frame.assign(value=[0.1, 0.2]), FRAMEWORK)


def test_a_row_that_cannot_be_judged_is_told_by_its_place() -> None:
    """An intervention level better than its target is refused with the row it stands in."""
    frame = whole_frame(1, 2).assign(direction="higher", intervention_level=[0, 10**6])
    with pytest.raises(RowError, match="row 1: the intervention level is better than the target") as refused:
        statuses_of(frame, POLICIES["hdc-intervention"], scale=1)
    assert refused.value.row == 1
    assert [Status(each) for each in statuses_of(frame[:1], POLICIES["hdc-intervention"], scale=1)]
