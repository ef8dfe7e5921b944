"""Forecast: what a KPI's figures will probably be, and whether that is worth showing.

``forecasts`` and ``project`` take many KPIs at once; each gets the same forecast alone or among others. Theta and the
damped trend with shrunk seasons are used where the history bears them, a smoothed level where it does not (``recipe``),
and every KPI's own past decides whether its forecast is shown (``backtest``, ``trial``; decision 0011).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmf.period import Period
from pmf.series.backtest import band, mean_miss, past_misses
from pmf.series.point import ordinal
from pmf.series.projection import FEWEST_POINTS, Method, Projection
from pmf.series.recipe import expected, fewest_figures, fullest
from pmf.series.seasonality import Array
from pmf.series.track import History, Track, track
from pmf.series.trial import Trial, told, too_few

# "No change" takes the place of a forecast that missed by a quarter more. Where the two are closer, the past cannot tell which
# is better: switching at the least difference made the forecasts of the M3 months worse, not better.
_CLEARLY_LESS = 0.8
# So many series at once keep the memory of a whole country's KPIs at some hundred megabytes.
_SERIES_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What is expected for the periods after the last figure; ``path`` is empty with fewer than six figures.

    ``trial`` None: it could not be tried on the past. ``reason`` says in words how that went, or why it could not be.
    """

    path: tuple[Projection, ...]
    trial: Trial | None
    reason: str

    @property
    def is_shown(self) -> bool:
        """Tell whether the method missed by less than "no change" when tried on the KPI's past."""
        return self.trial is not None and self.trial.is_won


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A projection fit to be shown with the trial it has passed, or None; ``reason`` says why in words."""

    projection: Projection | None
    reason: str
    trial: Trial | None = None


def project(wanted: Sequence[tuple[History, Period]], *, method: Method = Method.AUTO) -> list[Shown]:
    """Forecast every KPI for a later period of its own, shown only where the method beats "no change" up to that distance.

    Raises:
        ValueError: when a period is of another kind than the KPI's figures, or not later than the last of them.
    """
    made = [Shown(projection=None, reason=too_few(0))] * len(wanted)
    by_distance: dict[int, list[int]] = defaultdict(list)
    for place, (history, to) in enumerate(wanted):
        last = history.last
        if last is not None:
            if type(to) is not type(last) or ordinal(to) <= ordinal(last):
                raise ValueError(f"{to.key} does not come after {last.key}: forecast a later period of the same kind")
            by_distance[ordinal(to) - ordinal(last)].append(place)
    for horizon, places in by_distance.items():
        found = forecasts([wanted[place][0] for place in places], horizon=horizon, method=method)
        for place, each in zip(places, found, strict=True):
            made[place] = Shown(projection=each.path[-1] if each.is_shown else None, reason=each.reason, trial=each.trial)
    return made


def forecasts(histories: Sequence[History], *, horizon: int, method: Method = Method.AUTO) -> list[Forecast]:
    """Forecast every KPI for each of the ``horizon`` periods after its last figure, in the order given.

    With "auto", the method is chosen by the length of the history, and is "no change" where that clearly did better. A
    named method is used as it is. Figures that never were negative are not expected to be, and a percentage between 0 and
    100 stays there.
    """
    if horizon < 1:
        raise ValueError(f"{horizon} periods ahead cannot be forecast: ask for one or more")
    made = [Forecast(path=(), trial=None, reason=too_few(0))] * len(histories)
    alike: dict[tuple[int, bool, Method], list[tuple[int, Track]]] = defaultdict(list)
    for place, history in enumerate(histories):
        found = track(history)
        if found is not None and found.points_used >= FEWEST_POINTS:
            chosen = fullest(found.points_used, season=found.season) if method is Method.AUTO else method
            alike[found.season, found.adds_up, chosen].append((place, found))
        elif found is not None:
            made[place] = Forecast(path=(), trial=None, reason=too_few(found.points_used))
    for (_, _, chosen), group in alike.items():
        for start in range(0, len(group), _SERIES_AT_ONCE):
            places, tracks = zip(*group[start : start + _SERIES_AT_ONCE], strict=True)
            for place, forecast in zip(places, _forecast_alike(tracks, chosen, horizon, may_switch=method is Method.AUTO), strict=True):
                made[place] = forecast
    return made


def _forecast_alike(tracks: Sequence[Track], method: Method, horizon: int, *, may_switch: bool) -> list[Forecast]:
    """Forecast tracks of one kind by one method, and by "no change" beside it."""
    fewest = fewest_figures(method, season=tracks[0].season)
    tried, stayed = (_try(tracks, method=each, horizon=horizon, fewest=fewest) for each in (method, Method.NO_CHANGE))
    made = []
    for row, each in enumerate(tracks):
        miss, miss_of_no_change = float(tried.miss[row]), float(stayed.miss[row])
        trial = None
        if tried.tests[row]:
            trial = Trial(miss=miss, miss_of_no_change=miss_of_no_change, adds_up=each.adds_up, decimals=each.decimals)
        used = stayed if may_switch and miss_of_no_change < _CLEARLY_LESS * miss else tried
        made.append(Forecast(path=_path(each, used, row), trial=trial, reason=told(trial)))
    return made


@dataclass(frozen=True)
class _Tried:
    """What a method expects of some tracks, with its band (a row per track, a column per period ahead), and its mean past miss."""

    method: Method
    middle: Array
    low: Array
    high: Array
    miss: Array
    tests: Array


def _try(tracks: Sequence[Track], *, method: Method, horizon: int, fewest: int) -> _Tried:
    figures, season = _side_by_side(tracks), tracks[0].season
    steps = expected(figures, method=method, season=season, horizon=horizon)
    steps = np.where([[each.is_never_negative] for each in tracks], np.maximum(steps, 0.0), steps)
    misses = past_misses(figures, method=method, season=season, horizon=horizon, fewest=fewest)
    ahead = np.arange(1, horizon + 1)
    if tracks[0].adds_up:
        added = np.stack([each.added(ahead) for each in tracks])
        totals = np.cumsum(np.pad(steps, ((0, 0), (1, 0))), axis=1)
        base = np.stack([each.base(ahead) for each in tracks])
        middle = base + totals[:, 1:] - np.take_along_axis(totals, ahead - added, axis=1)
        half, (miss, tests) = band(misses).of_total(ahead, added), mean_miss(misses.by_total)
    else:
        middle, half, (miss, tests) = steps, band(misses).of_period(ahead), mean_miss(misses.by_period)
    floor, ceiling = np.stack([each.floor(ahead) for each in tracks]), np.stack([each.ceiling(ahead) for each in tracks])
    middle, low, high = (np.clip(each, floor, ceiling) for each in (middle, middle - half, middle + half))
    return _Tried(method, middle, low, high, miss, tests)


def _side_by_side(tracks: Sequence[Track]) -> Array:
    """Lay tracks out as rows that all end in the last column."""
    width = max(len(each.steps) for each in tracks)
    figures = np.full((len(tracks), width), np.nan)
    for row, each in zip(figures, tracks, strict=True):
        row[width - len(each.steps) :] = each.steps
    return figures


def _path(of: Track, used: _Tried, row: int) -> tuple[Projection, ...]:
    """Write one track's forecast in exact decimals; without past forecasts there is no band."""
    has_band = bool(used.tests[row])
    made, period = [], of.last
    for value, low, high in zip(used.middle[row].tolist(), used.low[row].tolist(), used.high[row].tolist(), strict=True):
        period = period.next
        made.append(
            Projection(
                period=period,
                value=of.estimate(value),
                method=used.method.value,
                points_used=of.points_used,
                low=of.estimate(low) if has_band else None,
                high=of.estimate(high) if has_band else None,
            )
        )
    return tuple(made)
