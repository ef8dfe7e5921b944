"""A comparison with others in words that a member reads: where the council stands, among how many, when, and by how much."""

from __future__ import annotations

from decimal import Decimal

from pmf.period import Period
from pmf.register import Kpi
from pmf.register.benchmark import months_since
from pmf.register.others import FEWEST_FOR_QUARTILES, Others
from pmf.series.comparison import Comparison
from pmf.value import Direction, exact_sum, printed, rounded

# "Best quarter" would be read as a quarter of the year.
_QUARTILES = {1: "Best", 2: "Second-best", 3: "Second-worst", 4: "Worst"}
_NEARER = (Direction.RANGE, Direction.MAINTAIN)
# Figures and their distance are printed with as many more decimals as it takes for them to agree, up to so many.
_MORE_DECIMALS = 4


def comparison_words(found: Comparison, others: Others, kpi: Kpi, *, why_not: str = "") -> str:
    """Say how a figure compares with others', or what theirs is and why it is not compared (``why_not``, a sentence).

    For example: "Best quartile of 16 neighbours in 2022/23 (place 2 of 17): 84.1%, 3.2 percentage points better than their
    median of 80.9%."
    """
    decimals = _decimals(found, kpi)
    theirs = _figure(found.median, kpi, decimals)
    if found.own is None or why_not:
        return f"{_middle(found, others)} in {others.about.label} is {theirs}. {why_not}".rstrip()
    own, gap = _figure(found.own, kpi, decimals), _gap(found, kpi, decimals)
    if others.is_single:
        return f"{own} in {others.about.label}, {gap} {others.name} ({theirs})."
    middle = f"their median of {theirs}" if found.others > 1 else f"its {theirs}"
    return f"{_standing(found, others)}: {own}, {gap} {middle}."


def caution_words(others: Others, kpi: Kpi, period: Period, *, max_age_months: int | None) -> str:
    """Say what a reader of a comparison must know besides: another period, an old one, figures counted otherwise. Empty: nothing.

    ``max_age_months`` is how old the KPI's data-quality template lets the figures be (None: it does not say).
    """
    said = []
    if others.about != period:
        said.append(_period_words(others.about, period, max_age_months))
    if not others.is_alike:
        own = f", not as {_quoted(kpi.national_definition)}" if kpi.national_definition else ""
        said.append(f"The figures count by another definition: {_quoted(others.definition)}{own}.")
    if others.left_out:
        said.append(f"Left out, because counted by another definition: {_counted(others.left_out, 'figure')}.")
    return " ".join(said)


def _period_words(about: Period, period: Period, max_age_months: int | None) -> str:
    months = months_since(about, period)
    if months == 0:
        return f"The figures are of {about.label}, not of {period.label}."
    is_old = max_age_months is not None and months > max_age_months
    too_old = f", more than the {max_age_months} that the data-quality template allows" if is_old else ""
    return f"The figures are of {about.label}, which ended {_counted(months, 'month')} before {period.label} did{too_old}."


def _standing(found: Comparison, others: Others) -> str:
    whom = f"{_neighbours(found, others)} in {others.about.label}"
    if found.place is None:
        return f"Beside {whom}"
    if found.sharing == found.others:
        return f"Level with all {whom}"
    shared = f", shared with {_counted(found.sharing, 'other')}" if found.sharing else ""
    place = f"place {found.place} of {found.others + 1}{shared}"
    if found.quartile is None:
        few = ", too few for quartiles" if found.others < FEWEST_FOR_QUARTILES else ""
        return f"{place.capitalize()} beside {whom}{few}"
    return f"{_QUARTILES[found.quartile]} quartile of {whom} ({place})"


def _middle(found: Comparison, others: Others) -> str:
    if others.is_single:
        return f"The figure of {others.name}"
    return f"The {'median' if found.others > 1 else 'figure'} of {_neighbours(found, others)}"


def _neighbours(found: Comparison, others: Others) -> str:
    """Count the neighbours that have a figure, and how many there are where some have none."""
    return f"{found.others} neighbours" if found.others == others.asked else f"{found.others} of {others.asked} neighbours"


def _gap(found: Comparison, kpi: Kpi, decimals: int) -> str:
    """Say by how much own is better or worse, or, where that cannot be said, above or below."""
    if found.own is None:
        return ""
    apart = exact_sum((found.own, found.median.copy_negate()))
    if found.better_by is None or (apart == 0 and kpi.direction not in _NEARER):
        side = "above" if apart > 0 else "below"
        return "the same as" if apart == 0 else f"{_amount(apart, kpi, decimals)} {side}"
    if found.better_by == 0:
        return "as near to target as"
    better, worse = ("nearer to target than", "further from target than") if kpi.direction in _NEARER else ("better than", "worse than")
    return f"{_amount(found.better_by, kpi, decimals)} {better if found.better_by > 0 else worse}"


def _decimals(found: Comparison, kpi: Kpi) -> int:
    """Take the KPI's decimals, or as many more as it takes for figure, median and distance to agree with each other in print."""
    if found.own is None:
        return kpi.decimals
    apart = exact_sum((found.own, found.median.copy_negate()))
    for decimals in range(kpi.decimals, kpi.decimals + _MORE_DECIMALS):
        own, middle = rounded(found.own, decimals), rounded(found.median, decimals)
        subtracted, distance = exact_sum((own, middle.copy_negate())), rounded(apart, decimals)
        hides = any(figure and not rounded(figure, decimals) for figure in (apart, found.better_by))
        if subtracted == distance and not hides:
            return decimals
    return kpi.decimals + _MORE_DECIMALS


def _amount(apart: Decimal, kpi: Kpi, decimals: int) -> str:
    if kpi.unit == "%":
        return f"{printed(abs(apart), decimals=decimals)} percentage points"
    return _figure(abs(apart), kpi, decimals)


def _figure(figure: Decimal, kpi: Kpi, decimals: int) -> str:
    number = printed(figure, unit=kpi.unit, decimals=decimals)
    return number if kpi.unit in ("%", "£", "number") else f"{number} {kpi.unit}"


def _quoted(definition: str) -> str:
    return f'"{definition.rstrip(".")}"'


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"
