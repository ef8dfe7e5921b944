"""Track: one KPI's figures made ready for a forecast, and the way back from what is expected to figures of the KPI.

A year-to-date figure is forecast by what each period adds; a total of periods to come by each of them. Floats are fine
here: a forecast is an estimate. What was measured stays in exact decimals elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal

import numpy as np

from pmf.period import FinancialYear, Month, Period
from pmf.series.point import Point, financial_year, known, ordinal
from pmf.series.projection import MOST_POINTS, year_end
from pmf.series.seasonality import Array, Periods

# Ten years of months: what is older says nothing about now.
_MOST_PERIODS = 120
# An estimate needs no more, however many digits the figures have.
_SIGNIFICANT_DIGITS = 9
# Rounding a figure must not fail for its number of digits.
_EXACT = Context(prec=200)


@dataclass(frozen=True, kw_only=True)
class History:
    """One KPI's figures, of one kind of period, in any order; periods without a figure may be there or not.

    ``is_cumulative``: each figure counts from the start of its financial year. ``is_total``: what is wanted is the total of
    all periods from the last figure up to each period ahead, not the figure of that period alone. ``decimals`` are those
    the figures are printed with (None: as many as they have); a quotient's own have no end.
    """

    points: Sequence[Point]
    is_percentage: bool = False
    is_cumulative: bool = False
    is_total: bool = False
    decimals: int | None = None

    @property
    def last(self) -> Period | None:
        """Name the last period that has a figure. None: no period has one."""
        return max((period for period, _ in known(self.points)), key=ordinal, default=None)


@dataclass(frozen=True)
class Track:
    """A history on a line of time.

    ``steps`` holds a figure per period up to the last one known, not-a-number where there is none: the KPI's figure, or
    for a cumulative KPI what the period added. ``last_rounded_up`` is the last figure in the decimals of an estimate, not
    below the figure itself.
    """

    history: History
    last: Period
    last_figure: float
    last_rounded_up: float
    steps: Array
    points_used: int
    is_never_negative: bool
    is_share: bool
    decimals: int

    @property
    def season(self) -> int:
        """How many periods a year has."""
        return periods_a_year(self.last)

    @property
    def adds_up(self) -> bool:
        """Tell whether the figures ahead are made by adding up several periods."""
        return self.history.is_cumulative or self.history.is_total

    def added(self, ahead: Periods) -> Periods:
        """Tell how many periods are added up in the figure of each period ahead."""
        if not self.history.is_cumulative or self.history.is_total:
            return ahead if self.history.is_total else np.ones_like(ahead)
        place = place_in_year(self.last)
        return np.where(ahead <= self.season - place, ahead, (place + ahead - 1) % self.season + 1)

    def base(self, ahead: Periods) -> Array:
        """Give what the periods ahead are added to: this year's figure up to now, and nothing in a new year."""
        is_on_top = self.history.is_cumulative and not self.history.is_total
        return np.where(is_on_top & (ahead <= self.season - place_in_year(self.last)), self.last_figure, 0.0)

    def floor(self, ahead: Periods) -> Array:
        """Give what the figures ahead cannot fall below: what there is already, if no period ever took away from it."""
        if not self.is_never_negative:
            return np.full(len(ahead), -np.inf)
        return np.where(self.base(ahead) > 0, self.last_rounded_up, 0.0)

    def ceiling(self, ahead: Periods) -> Array:
        """Give what the figures ahead cannot exceed: 100 for a percentage that never did."""
        if not self.is_share:
            return np.full(len(ahead), np.inf)
        return np.where(self.history.is_total, 100.0 * self.added(ahead), 100.0)

    def estimate(self, figure: float) -> Decimal:
        """Write an estimate with one decimal place more than the KPI's own figures have."""
        # Adding zero turns a minus zero into zero.
        return Decimal(f"{round(figure, self.decimals) + 0.0:.{self.decimals}f}")


def periods_a_year(period: Period) -> int:
    """Tell how many periods of this kind a year has."""
    if isinstance(period, FinancialYear):
        return 1
    return 12 if isinstance(period, Month) else 4


def place_in_year(period: Period) -> int:
    """Tell which period of its financial year this is, from 1."""
    return periods_a_year(period) - (ordinal(year_end(financial_year(period), like=period)) - ordinal(period))


def track(history: History) -> Track | None:
    """Put a history on a line of time. None: it has no figure.

    Raises:
        ValueError: for figures of different kinds of period.
    """
    if len({type(point.period) for point in history.points}) > 1:
        raise ValueError("months, quarters and years are forecast apart: give figures of one kind of period")
    figures = sorted((ordinal(period), period, figure) for period, figure in known(history.points))
    if not figures:
        return None
    _, last, last_figure = figures[-1]
    steps = _added_by_each(figures) if history.is_cumulative else _in_time({at: float(figure) for at, _, figure in figures})
    decimals = _decimals([figure for _, _, figure in figures[-MOST_POINTS:]], printed=history.decimals)
    return Track(
        history=history,
        last=last,
        last_figure=float(last_figure),
        last_rounded_up=float(last_figure.quantize(Decimal(1).scaleb(-decimals), ROUND_CEILING, _EXACT)),
        steps=steps,
        points_used=sum(at > figures[-1][0] - _MOST_PERIODS for at, _, _ in figures),
        is_never_negative=not np.nanmin(steps) < 0,
        is_share=history.is_percentage and all(0 <= figure <= 100 for _, _, figure in figures),
        decimals=decimals,
    )


def _in_time(figures: dict[int, float]) -> Array:
    first, last = max(min(figures), max(figures) - _MOST_PERIODS + 1), max(figures)
    return np.array([figures.get(at, np.nan) for at in range(first, last + 1)])


def _added_by_each(figures: Sequence[tuple[int, Period, Decimal]]) -> Array:
    """Work out what each period added; what periods without a figure of their own added together is shared out evenly."""
    added: dict[int, float] = {}
    year, at_before, figure_before = None, 0, 0.0
    for at, period, figure in figures:
        if financial_year(period) != year:
            year, at_before, figure_before = financial_year(period), at - place_in_year(period), 0.0
        share = (float(figure) - figure_before) / (at - at_before)
        added |= dict.fromkeys(range(at_before + 1, at + 1), share)
        at_before, figure_before = at, float(figure)
    return _in_time(added)


def _decimals(figures: Collection[Decimal], *, printed: int | None) -> int:
    """Choose the decimal places of estimates: one more than the latest figures have, if the largest leaves digits for them."""
    own = max(-int(figure.as_tuple().exponent) for figure in figures) if printed is None else printed
    whole = max(figure.adjusted() for figure in figures) + 1
    return max(min(own + 1, _SIGNIFICANT_DIGITS - whole), 0)
