"""Whether a figure is out of line with its KPI's own history. Many KPIs at once, in one pass over arrays.

A figure is looked at twice: by its *step* on the figure before it, against the steps made so far, and by its *level*,
against the levels seen so far. It is out of line by as much as both agree on: what comes back from one odd month is an
unusual step to a usual level, what goes on growing a usual step to an unusual level, and neither is asked about.

How unusual is counted in robust standard deviations: the distance from the median in units of 1.4826 times the median
absolute deviation (F. R. Hampel, The influence curve and its role in robust estimation, JASA 69 (1974) 383-393), which
odd months of the past do not widen. Steps and levels are taken on the scale on which chance moves a figure of its kind
about evenly (M. S. Bartlett, The use of transformations, Biometrics 3 (1947) 39-52): the square root of what is counted or
adds up, the angle arcsin(sqrt(p)) of a share, and the figure itself where it may fall below nought. So 2 cases more on 3
and 98% after 99.5% are not judged like 200 on 300 and 50% after 51.5%.

``benchmarks/bench_unusual.py`` measures the constants below on published series.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Beyond this many robust standard deviations a figure is asked about, or held back. On the published series of the
# benchmark 1 figure in 370 passes the first and 1 in 2,000 the second, and most of those deserve the question.
FLAG_BEYOND = Decimal(5)
WITHHOLD_BEYOND = Decimal(10)
# Fewer earlier figures say too little about what is usual; a KPI with fewer is not judged.
FEWEST_FIGURES = 6
# A spread estimated from n steps is itself uncertain: the limits are widened by the factor 1 + 3/n, which keeps the share of
# false alarms with 6 figures as low as with 36.
_WIDENING = 3.0
# The level is that of the last year: an older one says little about a KPI that has since moved on.
_LEVEL_MONTHS = 12
# The same month of earlier years: two of them at least, and four differences between years to tell their spread.
_FEWEST_YEARS, _FEWEST_YEARLY = 2, 4
# The variance of a median of n figures is pi/2 as large as that of their mean.
_MEDIAN_LOSS = np.pi / 2
_TO_DEVIATIONS = 1.4826

# A history without movement has no spread. It is taken to be at least as wide as the last digit printed and as 1% of the figure.
_LEAST_SPREAD = 0.01
# By chance alone the square root of a count has a standard deviation of 1/2, the angle of a share of n cases 1/(2 sqrt(n)). No
# share of known cases is steadier. A count may be (of people who stay on a list, say), and so may a share that comes without
# its denominator: there, chance counts like four more steps beside those seen, as of 400 cases.
_CHANCE = 0.5
_CHANCE_STEPS = 4
_USUAL_CASES = 400.0


@dataclass(frozen=True, kw_only=True)
class Histories:
    """The figures of many KPIs, a row each.

    ``figures`` has a column per month, oldest first, NaN where there is no figure; the last column is the month in question
    and is compared with those before. ``is_share``: a percentage. ``is_count``: a whole number of cases. ``last_digit``: a
    unit of the last decimal printed. ``cases``: the denominator of a share (NaN: not known). ``is_seasonal``: compare with
    the same month of other years.
    """

    figures: Floats
    is_share: Bools
    is_count: Bools
    last_digit: Floats
    cases: Floats
    is_seasonal: Bools


@dataclass(frozen=True, kw_only=True)
class Unusual:
    """What history says of each figure, a number per KPI.

    ``by`` is how far it is out of line, in robust standard deviations (0: in line), NaN where it is not judged. ``low`` and
    ``high`` bound the figures that would not have passed the limits asked about. ``largest_step`` is the largest step so far
    of those compared with, ``usual_step`` their median size. ``is_by_season`` tells whether those were of the same calendar
    month; they are of all months where a KPI's history is too short for that. ``points`` counts the figures before.
    """

    by: Floats
    low: Floats
    high: Floats
    largest_step: Floats
    usual_step: Floats
    is_by_season: Bools
    points: npt.NDArray[np.int64]


@dataclass(frozen=True)
class _View:
    """One way to look at a figure: what was to be expected, and how wide figures lie around that."""

    expected: Floats
    spread: Floats


def unusual(histories: Histories, limits: Floats) -> Unusual:
    """Say of each KPI's last figure how far it is out of line with those before. ``limits`` (one per KPI) bound low and high.

    By = 0 where step and level disagree which way, else the smaller of their |figure - expected| / (spread (1 + 3/n)), n being
    the number of steps compared with. Each step counts from the last figure known. Of a seasonal KPI the step expected is the
    median of the same calendar month's, the level last year's figure and the median change over a year, and the spread is
    that of the differences between years, which season does not widen.
    """
    scale = _Scale.of(histories)
    on_scale = scale.to(histories.figures)
    before = known_before(on_scale)
    steps = on_scale - before
    floor = scale.floor(histories)
    step, level, compared, is_by_season = _views(on_scale, steps, before[:, -1], floor, histories.is_seasonal)
    widening = 1 + _WIDENING / np.maximum(compared, 1)
    points = np.isfinite(histories.figures[:, :-1]).sum(axis=1)
    by = _agreed(on_scale[:, -1], step, level) / widening
    reach = limits * widening
    raw_steps = np.abs(histories.figures - known_before(histories.figures))[:, :-1]
    raw_steps = np.where(_others_of_season(raw_steps) & is_by_season[:, None], np.nan, raw_steps)
    return Unusual(
        by=np.where(points >= FEWEST_FIGURES, by, np.nan),
        low=scale.back(np.minimum(step.expected - reach * step.spread, level.expected - reach * level.spread)),
        high=scale.back(np.maximum(step.expected + reach * step.spread, level.expected + reach * level.spread)),
        largest_step=np.nanmax(raw_steps, axis=1, initial=0.0),
        usual_step=median(raw_steps),
        is_by_season=is_by_season,
        points=points,
    )


def _agreed(figure: Floats, step: _View, level: _View) -> Floats:
    by_step = (figure - step.expected) / step.spread
    by_level = (figure - level.expected) / level.spread
    nearer = np.minimum(np.abs(by_step), np.abs(by_level))
    return np.where(np.isnan(by_step), np.nan, np.where(np.sign(by_step) == np.sign(by_level), nearer, 0.0))


def _views(
    on_scale: Floats, steps: Floats, before: Floats, floor: _Floor, is_seasonal: Bools
) -> tuple[_View, _View, npt.NDArray[np.int64], Bools]:
    """Lay out both views of every KPI, by season where it has one that shows, and the number of steps behind them."""
    earlier, past = steps[:, :-1], on_scale[:, :-1]
    step = _View(before + median(earlier), floor.under(_spread(earlier), earlier))
    recent = past[:, -_LEVEL_MONTHS:]
    level = _View(median(recent), floor.under(_spread(recent), recent))
    compared = np.isfinite(earlier).sum(axis=1)
    if past.shape[1] < 2 * _LEVEL_MONTHS:
        return step, level, compared, np.zeros(len(past), dtype=bool)

    same_month = np.where(_others_of_season(earlier), np.nan, earlier)
    years = np.isfinite(same_month).sum(axis=1)
    step_changes = earlier[:, _LEVEL_MONTHS:] - earlier[:, :-_LEVEL_MONTHS]
    yearly = past[:, _LEVEL_MONTHS:] - past[:, :-_LEVEL_MONTHS]
    differences = np.isfinite(step_changes).sum(axis=1)
    shows = is_seasonal & (years >= _FEWEST_YEARS) & (differences >= _FEWEST_YEARLY)

    # A difference of two years holds the chance of both: its spread is sqrt(2) that of one.
    of_one_year = _TO_DEVIATIONS * median(np.abs(step_changes)) / np.sqrt(2)
    of_season = floor.under(of_one_year, step_changes) * np.sqrt(1 + _MEDIAN_LOSS / np.maximum(years, 1))
    seasonal_step = _View(before + median(same_month), of_season)
    last_year = past[:, -_LEVEL_MONTHS]
    # Without a figure for the same month of last year, the step alone is looked at.
    seasonal_level = _View(last_year + median(yearly), floor.under(_spread(yearly), yearly))
    seasonal_level = _either(np.isfinite(last_year), seasonal_level, seasonal_step)
    return _either(shows, seasonal_step, step), _either(shows, seasonal_level, level), np.where(shows, differences, compared), shows


def _either(chosen: Bools, one: _View, other: _View) -> _View:
    return _View(np.where(chosen, one.expected, other.expected), np.where(chosen, one.spread, other.spread))


def _others_of_season(earlier: Floats) -> Bools:
    """Tell which columns are of another calendar month than the one after the last of them."""
    months = earlier.shape[1]
    return np.broadcast_to((months - np.arange(months)) % _LEVEL_MONTHS != 0, earlier.shape)


def known_before(figures: Floats) -> Floats:
    """Give for each column the last figure known before it."""
    places = np.where(np.isfinite(figures), np.arange(figures.shape[1]), -1)
    latest = np.maximum.accumulate(places, axis=1)
    latest = np.concatenate([np.full((len(figures), 1), -1), latest[:, :-1]], axis=1)
    return np.where(latest >= 0, np.take_along_axis(figures, np.maximum(latest, 0), axis=1), np.nan)


def median(figures: Floats) -> Floats:
    """Give the median of each row's known figures. NaN: it has none."""
    # Sorting puts NaN last; numpy's own nanmedian takes ten times as long on rows this short.
    known = np.isfinite(figures).sum(axis=1, keepdims=True)
    in_order = np.sort(np.where(np.isfinite(figures), figures, np.nan), axis=1)
    low = np.take_along_axis(in_order, np.maximum((known - 1) // 2, 0), axis=1)
    high = np.take_along_axis(in_order, known // 2, axis=1)
    return np.asarray((low + high)[:, 0] / 2)


def _spread(figures: Floats) -> Floats:
    """Give the median absolute deviation, as a standard deviation of normally distributed figures."""
    return _TO_DEVIATIONS * median(np.abs(figures - median(figures)[:, None]))


@dataclass(frozen=True)
class _Floor:
    """How narrow a history may be: never below ``least``; ``chance`` (0: known to the full in ``least``) weighs like four steps."""

    least: Floats
    chance: Floats

    def under(self, spread: Floats, seen: Floats) -> Floats:
        """Widen a spread that was worked out from the columns ``seen``."""
        n = np.isfinite(seen).sum(axis=1)
        chance = np.maximum(self.chance, spread)
        mixed = (n * spread**2 + _CHANCE_STEPS * chance**2) / (n + _CHANCE_STEPS)
        return np.asarray(np.maximum(np.sqrt(mixed), self.least))


@dataclass(frozen=True)
class _Scale:
    """The scale each KPI's figures are compared on: the angle of a share, the root of an amount, or the figure itself."""

    is_angle: Bools
    is_root: Bools

    @classmethod
    def of(cls, histories: Histories) -> _Scale:
        """Choose by what a KPI's figures were so far: the one in question may be wrong."""
        past = histories.figures[:, :-1]
        lowest, highest = np.fmin.reduce(past, axis=1), np.fmax.reduce(past, axis=1)
        is_angle = histories.is_share & (lowest >= 0) & (highest <= 100)
        return cls(is_angle, ~is_angle & (lowest >= 0))

    def to(self, figures: Floats) -> Floats:
        """Bring figures onto the scale. What lies outside 0 to 100%, or below nought, goes on beyond the end."""
        share = figures / 100
        inside = np.clip(share, 0, 1)
        angle = np.arcsin(np.sqrt(inside)) + (share - inside)
        root = np.sign(figures) * np.sqrt(np.abs(figures))
        return np.where(self.is_angle[:, None], angle, np.where(self.is_root[:, None], root, figures))

    def back(self, values: Floats) -> Floats:
        """Bring values of the scale back into the KPI's unit, shares between 0 and 100%, amounts not below 0."""
        angle = 100 * np.sin(np.clip(values, 0, np.pi / 2)) ** 2
        return np.where(self.is_angle, angle, np.where(self.is_root, np.maximum(values, 0) ** 2, values))

    def floor(self, histories: Histories) -> _Floor:
        """Say how narrow a spread a history is credited with, on the scale."""
        digit = histories.last_digit
        level = np.abs(median(histories.figures[:, :-1]))
        # Only shares are looked at on the angle, and the digit of one is a part of a hundred.
        share_digit = np.where(self.is_angle, digit, 1)
        share = np.clip(level, share_digit, 100 - share_digit) / 100
        # The slope of the scale turns a movement of the figure into one of the scale.
        angle = share_digit / 100 / (2 * np.sqrt(share * (1 - share)))
        by_cases = np.where(np.isnan(histories.cases), 0, _CHANCE * np.sqrt(2 / np.maximum(histories.cases, 1)))
        amount = np.maximum(level, digit)
        root = np.maximum(digit, _LEAST_SPREAD * amount) / (2 * np.sqrt(amount))
        unknown_cases = self.is_angle & np.isnan(histories.cases)
        chance = np.where(unknown_cases, np.sqrt(2 / _USUAL_CASES), np.where(self.is_root & histories.is_count, np.sqrt(2), 0))
        least = np.where(self.is_angle, np.maximum(angle, by_cases), np.where(self.is_root, root, digit))
        return _Floor(least, _CHANCE * chance)
