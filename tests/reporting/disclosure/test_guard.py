"""The guard proved against an attacker of its own kind: no count that is left out can be worked out from what is printed."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pmf.period import Month
from pmf.reporting.disclosure.bounds import bounds
from pmf.reporting.disclosure.fact import Fact, Figure, Piece, Secret, Statement, number_of
from pmf.reporting.disclosure.guard import Kind, Suppression, guard

APRIL, MAY, JUNE = MONTHS = (Month(2024, 4), Month(2024, 5), Month(2024, 6))
LIMIT = 5
TOLD_NOTHING: frozenset[Fact] = frozenset()
_PART_OF_MONTH = dict(zip(MONTHS, ("history", "last_year_value", "previous_value"), strict=True))


def piece(ref: str, month: Month, number: int) -> Piece:
    return Piece(ref, month, "in", Decimal(number))


def statement(ref: str, part: str, *pieces: Piece) -> Statement:
    fact = frozenset(pieces)
    return Statement(ref, part, (Figure(ref, MONTHS, (fact,)),), "small" if is_small(number_of(fact)) else "")


def is_small(number: Decimal) -> bool:
    return 0 < number < LIMIT


def secrets(*pieces: Piece) -> list[Secret]:
    return [Secret(frozenset([item]), Decimal(0), Decimal(LIMIT)) for item in pieces if is_small(item.number)]


def kinds(found: tuple[Suppression, ...]) -> dict[tuple[str, str], Kind]:
    return {(item.kpi_ref, item.part): item.kind for item in found}


def table(numbers: list[list[int]]) -> tuple[list[Statement], list[Secret]]:
    """Directorates by months: each month of each, the quarter of each, each month of the council and its quarter, all printed."""
    grid = [[piece(f"P{row}", month, number) for month, number in zip(MONTHS, own, strict=True)] for row, own in enumerate(numbers)]
    rows = [(f"P{row}", own) for row, own in enumerate(grid)]
    made = [statement(ref, "value", *own) for ref, own in rows]
    made += [statement(ref, _PART_OF_MONTH[item.month], item) for ref, own in rows for item in own]
    columns = list(zip(*grid, strict=True))
    made.append(statement("W", "value", *(item for own in grid for item in own)))
    made += [statement("W", _PART_OF_MONTH[month], *column) for month, column in zip(MONTHS, columns, strict=True)]
    return made, secrets(*(item for own in grid for item in own))


def printed(made: list[Statement], found: tuple[Suppression, ...]) -> list[Statement]:
    gone = {(item.kpi_ref, item.part) for item in found}
    return [item for item in made if (item.kpi_ref, item.part) not in gone]


class Attacker:
    """Knows every printed sum and that counts are not negative; the sums are written down here anew, as a matrix over all counts."""

    def __init__(self, shape: tuple[int, int], told: list[tuple[set[tuple[int, int]], int]]) -> None:
        self.cells = list(product(range(shape[0]), range(shape[1])))
        self.matrix = np.array([[float(cell in cells) for cell in self.cells] for cells, _ in told])
        self.totals = np.array([float(total) for _, total in told])

    def range_of(self, cell: tuple[int, int]) -> tuple[float, float]:
        aim = np.array([float(cell == other) for other in self.cells])
        given = {"A_eq": self.matrix, "b_eq": self.totals} if len(self.totals) else {}
        low = linprog(aim, bounds=(0, None), **given)
        high = linprog(-aim, bounds=(0, None), **given)
        return low.fun, -high.fun if high.success else float("inf")


_COUNTS = st.one_of(st.integers(0, 7), st.integers(0, 60))
_TABLES = st.integers(1, 4).flatmap(lambda rows: st.lists(st.lists(_COUNTS, min_size=3, max_size=3), min_size=rows, max_size=rows))


@settings(max_examples=15, deadline=None)
@given(numbers=_TABLES)
def test_no_small_count_of_a_table_can_be_worked_out(numbers: list[list[int]]) -> None:
    """Whatever the table, the printed figures leave open that each small count is none, and that it is not small at all."""
    made, hidden = table(numbers)
    found = guard(made, secrets=hidden, told=TOLD_NOTHING)
    told = [
        ({(int(part.kpi_ref[1:]), MONTHS.index(part.month)) for part in fact}, int(number_of(fact)))
        for item in printed(made, found)
        for fact in item.facts
    ]
    assert not any(is_small(Decimal(total)) for _, total in told)
    attacker = Attacker((len(numbers), 3), told)
    for row, column in product(range(len(numbers)), range(3)):
        if is_small(Decimal(numbers[row][column])):
            low, high = attacker.range_of((row, column))
            assert low < 1e-6
            assert high > LIMIT - 1e-6


@settings(max_examples=6, deadline=None)
@given(numbers=_TABLES, at=st.tuples(st.integers(0, 3), st.integers(0, 2)), step=st.integers(-4, 4).filter(bool))
def test_two_releases_do_not_tell_what_one_keeps(numbers: list[list[int]], at: tuple[int, int], step: int) -> None:
    """After a count is restated, the second release leaves out what, beside the first, would tell a small count of either."""
    row, column = at[0] % len(numbers), at[1]
    made, hidden = table(numbers)
    first = {fact for item in printed(made, guard(made, secrets=hidden, told=TOLD_NOTHING)) for fact in item.facts}
    changed = [list(own) for own in numbers]
    changed[row][column] = max(0, changed[row][column] + step)
    made_again, hidden_again = table(changed)
    already_known = {secret for secret in (*hidden, *hidden_again) if not _is_open(secret.fact, first)}
    again = printed(made_again, guard(made_again, secrets=[*hidden, *hidden_again], told=first))
    both = first | {fact for item in again for fact in item.facts}
    for secret in {*hidden, *hidden_again} - already_known:
        assert _is_open(secret.fact, both)


def _is_open(fact: Fact, told: set[Fact]) -> bool:
    low, high = bounds(fact, told)
    return low < 1e-6 and high > LIMIT - 1e-6


@settings(max_examples=6, deadline=None)
@given(numbers=_TABLES, order=st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(numbers: list[list[int]], order: object) -> None:
    """The same figures in another order leave a table as safe: nothing depends on which row comes first."""
    made, hidden = table(numbers)
    order.shuffle(made)  # type: ignore[attr-defined]
    told = {fact for item in printed(made, guard(made, secrets=hidden, told=TOLD_NOTHING)) for fact in item.facts}
    assert all(_is_open(secret.fact, told) for secret in hidden)


def test_nothing_is_left_out_where_nothing_is_small() -> None:
    """Noughts and counts from the threshold on are printed, with all their sums."""
    made, hidden = table([[0, 12, 5], [7, 30, 0]])
    assert guard(made, secrets=hidden, told=TOLD_NOTHING) == ()


def test_a_quarter_is_left_out_whose_other_months_are_known() -> None:
    """April is small and was left out; May and June were published: the quarter's figure would tell April."""
    april, may, june = piece("1", APRIL, 3), piece("1", MAY, 20), piece("1", JUNE, 30)
    quarter = statement("1", "value", april, may, june)
    told = [frozenset([may]), frozenset([june])]
    assert kinds(guard([quarter], secrets=secrets(april), told=told)) == {("1", "value"): Kind.SECONDARY}
    assert guard([quarter], secrets=secrets(april), told=told[:1]) == ()


def test_a_council_s_figure_stays_and_a_sibling_goes() -> None:
    """Of a sum with one small directorate the smallest other is left out too, so that the council's own figure can be printed."""
    counts = [piece("A", APRIL, 3), piece("B", APRIL, 14), piece("C", APRIL, 90)]
    made = [statement(item.kpi_ref, "value", item) for item in counts] + [statement("W", "value", *counts)]
    found = guard(made, secrets=secrets(*counts), told=TOLD_NOTHING)
    assert kinds(found) == {("A", "value"): Kind.PRIMARY, ("B", "value"): Kind.SECONDARY}
    assert found[1].reason == "With what else is published it would tell a figure that is left out."


def test_two_small_counts_do_not_hide_behind_each_other() -> None:
    """One and one of a known two are both one: a third is left out, although two are missing already."""
    counts = [piece("A", APRIL, 1), piece("B", APRIL, 1), piece("C", APRIL, 40)]
    made = [statement(item.kpi_ref, "value", item) for item in counts] + [statement("W", "value", *counts)]
    left_out = kinds(guard(made, secrets=secrets(*counts), told=TOLD_NOTHING))
    assert left_out.keys() >= {("A", "value"), ("B", "value")}
    assert left_out.keys() & {("C", "value"), ("W", "value")}


def test_what_an_earlier_release_told_is_told() -> None:
    """A small count that was published before cannot be hidden any more; it is left out all the same, and nothing else with it."""
    april, may = piece("1", APRIL, 3), piece("1", MAY, 20)
    made = [statement("1", "previous_value", april), statement("1", "value", may)]
    assert kinds(guard(made, secrets=secrets(april), told=[frozenset([april])])) == {("1", "previous_value"): Kind.PRIMARY}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], (0, float("inf"))),
        ([("A",)], (3, 3)),
        ([("A", "B")], (0, 10)),
        ([("A", "B"), ("B",)], (3, 3)),
        ([("A", "B"), ("A", "C"), ("B", "C")], (3, 3)),
    ],
)
def test_the_bounds_are_those_of_the_arithmetic(told: list[tuple[str, ...]], expected: tuple[float, float]) -> None:
    """What is known of A (3), beside B (7) and C (2), from sums of them."""
    counts = {"A": piece("A", APRIL, 3), "B": piece("B", APRIL, 7), "C": piece("C", APRIL, 2)}
    facts = [frozenset(counts[name] for name in names) for names in told]
    assert bounds(frozenset([counts["A"]]), facts) == pytest.approx(expected)
