"""A figure among others': what holds whatever the figures, and 2,678 published places of Scottish councils."""

from __future__ import annotations

import math
import os
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.series.comparison import compare, median
from pmf.settings import read_settings
from pmf.value import Direction

OPPOSITE = {Direction.HIGHER: Direction.LOWER, Direction.LOWER: Direction.HIGHER}
TARGET = (Decimal(40), Decimal(60))
# Few different figures, so that many are equal.
figures = st.decimals(min_value=-100, max_value=100, places=0) | st.decimals(min_value=-(10**6), max_value=10**6, places=4)
sets = st.lists(figures, min_size=1, max_size=40)
plain_directions = st.sampled_from(sorted(OPPOSITE))
factors = st.decimals(min_value="0.01", max_value=1000, places=2)


@given(figures, sets, plain_directions, factors)
def test_the_unit_does_not_matter(own: Decimal, others: list[Decimal], direction: Direction, factor: Decimal) -> None:
    """Pounds or thousands of pounds: the same place and quartile, and a distance in the other unit."""
    one, other = compare(own, others, direction=direction), compare(own * factor, [item * factor for item in others], direction=direction)
    assert (one.place, one.sharing, one.quartile) == (other.place, other.sharing, other.quartile)
    assert one.better_by is not None
    assert other.better_by == one.better_by * factor


@given(figures, sets, plain_directions)
def test_turning_the_sign_round_turns_the_direction_round(own: Decimal, others: list[Decimal], direction: Direction) -> None:
    """Where lower is better the negatives stand as the figures do where higher is better."""
    one = compare(own, others, direction=direction)
    other = compare(-own, [-item for item in others], direction=OPPOSITE[direction])
    assert (one.place, one.quartile, one.better_by, one.median) == (other.place, other.quartile, other.better_by, -other.median)


@given(figures, figures, st.lists(figures, min_size=4, max_size=40), plain_directions)
def test_a_better_figure_never_stands_worse(own: Decimal, rival: Decimal, others: list[Decimal], direction: Direction) -> None:
    """The better of two figures has no worse place, quartile or distance among the same others."""
    better, worse = sorted((own, rival), reverse=direction is Direction.HIGHER)
    best, rest = compare(better, others, direction=direction), compare(worse, others, direction=direction)
    assert best.place is not None
    assert rest.place is not None
    assert best.place <= rest.place
    assert best.quartile is None or rest.quartile is None or best.quartile <= rest.quartile
    assert best.better_by is not None
    assert rest.better_by is not None
    assert best.better_by >= rest.better_by


@given(figures, sets.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))), st.sampled_from(Direction))
def test_the_order_of_the_others_does_not_matter(own: Decimal, sets: tuple[list[Decimal], list[Decimal]], direction: Direction) -> None:
    """Others are the same others in whatever order they are given."""
    one, other = (compare(own, some, direction=direction, target=TARGET if direction is Direction.RANGE else None) for some in sets)
    assert one == other


@given(figures, sets, st.sampled_from(Direction))
def test_what_is_said_fits_together(own: Decimal, others: list[Decimal], direction: Direction) -> None:
    """Places lie between first and last, and nobody better than the median is in a worse quartile, or the other way round."""
    target = TARGET if direction is Direction.RANGE else (TARGET[0], TARGET[0])
    found = compare(own, others, direction=direction, target=target)
    assert found.others == len(others)
    assert found.better_by is not None
    if found.place is None:
        assert len(others) == 1
        return
    assert 1 <= found.place <= len(others) + 1 - found.sharing
    if found.quartile is not None:
        assert Fraction(found.quartile - 1, 4) <= Fraction(2 * found.place - 1, 2 * len(others) + 2) <= Fraction(found.quartile, 4)
        assert direction not in OPPOSITE or found.better_by == 0 or (found.better_by > 0) == (found.quartile <= 2)


@pytest.mark.parametrize("many", range(4, 40))
def test_the_best_quartile_is_as_large_as_the_worst(many: int) -> None:
    """Among councils that all differ as many are in the best quartile as in the worst, and in the second as in the third or one off."""
    all_of_them = [Decimal(number) for number in range(many + 1)]
    quartiles = [compare(own, [other for other in all_of_them if other != own], direction=Direction.HIGHER).quartile for own in all_of_them]
    sizes = [quartiles.count(quartile) for quartile in (1, 2, 3, 4)]
    assert sum(sizes) == many + 1
    assert sizes[0] == sizes[3]
    assert sizes[1] - sizes[2] in (0, 1)
    assert max(sizes) - min(sizes) <= 2


@given(sets)
def test_half_the_figures_lie_on_either_side_of_the_median(some: list[Decimal]) -> None:
    """No more than half of them are below the median, and no more than half above."""
    middle = median(some)
    assert max(sum(item < middle for item in some), sum(item > middle for item in some)) * 2 <= len(some)


def test_there_is_nothing_to_compare_with_nobody() -> None:
    """Without others there is no median, and the caller is told so."""
    with pytest.raises(ValueError, match="no median of no figures"):
        compare(Decimal(1), [], direction=Direction.HIGHER)


@pytest.fixture(scope="module")
def councils() -> pd.DataFrame:
    """The published quarters of Scottish councils, with their family group."""
    path = read_settings(os.environ).reference_data / "lgbf" / "indicator_data_real_quarterly.csv"
    if not path.exists():
        pytest.skip(f"no reference data at {path}; set PMF_REFERENCE_DATA")
    frame = pd.read_csv(path, encoding="utf-8-sig", dtype={"Value": str, "Numerator": str, "Denominator": str})
    return frame.assign(Family=frame["Key_CodePeriodFamilyGroupDType"].str.extract(r"(Family Group \d)", expand=False))


@pytest.mark.parametrize(
    ("group", "prefix", "of_whole_quarters"),
    [([], "Scot", 1184), (["Family"], "Family", 1304)],
    ids=["Scotland", "family group"],
)
def test_places_are_those_that_were_published(councils: pd.DataFrame, group: list[str], prefix: str, of_whole_quarters: int) -> None:
    """Each of 1,339 figures has its published rank and share, among Scotland's councils and in its family; medians are numpy's."""
    checked = quartiles = 0
    for _, rows in councils.groupby(["Code", "Period", *group]):
        values, floats = [Decimal(text) for text in rows["Value"]], rows["Value"].astype(float).to_numpy()
        for number, (rank, share) in enumerate(zip(rows[f"{prefix}Rank"], rows[f"{prefix}Pct"], strict=True)):
            found = compare(values[number], values[:number] + values[number + 1 :], direction=Direction.HIGHER)
            assert (found.place, found.place and found.place / len(values)) == (rank, pytest.approx(share))
            assert float(found.median) == pytest.approx(np.median(np.delete(floats, number)), abs=1e-12)
            assert (found.quartile is None) == (len(set(values)) == 1)
            # Of 32 or 8 councils a quartile is a quarter, whichever definition is used.
            if len(values) % 4 == 0:
                assert found.quartile == math.ceil(share * 4)
                quartiles += 1
            checked += 1
    assert (checked, quartiles) == (1339, of_whole_quarters)


def test_quotients_stand_as_numpy_says(councils: pd.DataFrame) -> None:
    """Worked out from numerator and denominator, median, place, quartile and distance of every council are those numpy finds."""
    for _, rows in councils[councils["Denominator"].astype(float) != 0].groupby(["Code", "Period"]):
        floats = rows["Numerator"].astype(float).to_numpy() / rows["Denominator"].astype(float).to_numpy()
        shares = [Decimal(top) / Decimal(bottom) for top, bottom in zip(rows["Numerator"], rows["Denominator"], strict=True)]
        for number, own in enumerate(shares):
            found = compare(own, shares[:number] + shares[number + 1 :], direction=Direction.HIGHER)
            others = np.delete(floats, number)
            middle, place = np.median(others), 1 + (others > floats[number]).sum()
            part = (place - 0.5) / len(floats)
            second = 3 if part > 0.5 or (part == 0.5 and floats[number] < middle) else 2
            assert (found.place, found.quartile) == (place, 1 if part < 0.25 else 4 if part > 0.75 else second)
            assert float(found.median) == pytest.approx(middle, abs=1e-12)
            assert float(found.better_by or 0) == pytest.approx(floats[number] - middle, abs=1e-12)
