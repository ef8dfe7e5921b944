"""A council's figure among others' of the same period: median, place, quartile and distance, whichever way is better.

Places are those of the Local Government Benchmarking Framework: councils that are equally good share the better one. A place
stands in the middle of its share of all places: (place - 1/2) / number of places (Hyndman and Fan 1996, definition 5), so
that the best and the worst quartile are equally large. What lies on a border belongs to the middle quartiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pmf.register.others import FEWEST_FOR_QUARTILES
from pmf.series.change import distance
from pmf.series.exact import to_decimal
from pmf.value import Direction

# Beside a single figure, "better" and "worse" say all there is.
_FEWEST_FOR_PLACES = 2


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is said of a figure among others. ``own`` None: there is no figure, and all but the median is None.

    ``median`` is that of the others alone. ``better_by`` is own against median in the KPI's unit, positive when better; of a
    KPI to be kept in a range or at a level, how much nearer to target. ``place`` counts from 1, the best, among the others and
    the council; ``sharing`` is how many others have the same place. ``quartile`` 1 is the best; None: fewer than four others,
    or all are equally good. Place, quartile and ``better_by`` are None where it cannot be said which figure is better.
    """

    own: Decimal | None
    others: int
    median: Decimal
    better_by: Decimal | None = None
    place: int | None = None
    sharing: int = 0
    quartile: int | None = None


def compare(
    own: Decimal | None, others: Sequence[Decimal], *, direction: Direction | None, target: tuple[Decimal, Decimal] | None = None
) -> Comparison:
    """Compare a figure with others' of the same period.

    ``target`` (low, high) is needed for the directions range and maintain only, where better means nearer to it.

    Raises:
        ValueError: when there are no others.
    """
    middle = median(others)
    mine = None if own is None else distance(own, direction=direction, target=target)
    middling = distance(middle, direction=direction, target=target)
    if mine is None or middling is None:
        return Comparison(own=own, others=len(others), median=middle)
    theirs = [found for figure in others if (found := distance(figure, direction=direction, target=target)) is not None]
    place = 1 + sum(their < mine for their in theirs)
    is_one_of_many = len(others) >= _FEWEST_FOR_PLACES
    has_quartiles = len(others) >= FEWEST_FOR_QUARTILES and set(theirs) != {mine}
    return Comparison(
        own=own,
        others=len(others),
        median=middle,
        better_by=to_decimal(middling - mine),
        place=place if is_one_of_many else None,
        sharing=theirs.count(mine) if is_one_of_many else 0,
        quartile=_quartile(place, len(others) + 1, is_worse=mine > middling) if has_quartiles else None,
    )


def median(figures: Sequence[Decimal]) -> Decimal:
    """Find the middle figure, or half way between the two middle ones.

    Raises:
        ValueError: when there are none.
    """
    if not figures:
        raise ValueError("there is no median of no figures")
    ordered = sorted(figures)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return to_decimal((Fraction(ordered[middle - 1]) + Fraction(ordered[middle])) / 2)


def _quartile(place: int, places: int, *, is_worse: bool) -> int:
    """Find the quartile of a place: of 17, places 1 to 4 are in the best; the ninth, the middle, goes by the others' median."""
    share = Fraction(2 * place - 1, 2 * places)
    if share < Fraction(1, 4):
        return 1
    if share > Fraction(3, 4):
        return 4
    return 3 if share > Fraction(1, 2) or (share == Fraction(1, 2) and is_worse) else 2
