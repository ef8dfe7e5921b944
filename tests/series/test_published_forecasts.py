"""On the M3 months, the forecasts stand beside those published for the same series (`benchmarks/bench_projection.py` prints all)."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pmf.period import parse_month
from pmf.series.forecast import Forecast, forecasts
from pmf.series.point import Point
from pmf.series.projection import Method
from pmf.series.track import History
from pmf.settings import read_settings

HORIZON = 18


@dataclass(frozen=True)
class Competition:
    histories: list[History]
    outcomes: npt.NDArray[np.float64]
    published: dict[str, npt.NDArray[np.float64]]

    def smape(self, paths: npt.NDArray[np.float64]) -> float:
        return float(np.mean(200 * np.abs(paths - self.outcomes) / (np.abs(paths) + np.abs(self.outcomes))))


@pytest.fixture(scope="module")
def m3() -> Competition:
    folder = read_settings(os.environ).reference_data / "m3"
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder}; set PMF_REFERENCE_DATA")
    trains: dict[str, list[Point]] = {}
    outcomes: dict[str, list[float]] = {}
    for row in rows(folder / "m3_monthly_subset60.csv"):
        if row["split"] == "train":
            trains.setdefault(row["series_id"], []).append(Point(period=parse_month(row["period"]), value=Decimal(row["value"])))
        else:
            outcomes.setdefault(row["series_id"], []).append(float(row["value"]))
    paths: dict[str, dict[str, list[float]]] = {}
    for row in rows(folder / "published_forecasts_subset60.csv"):
        paths.setdefault(row["method"], {}).setdefault(row["series_id"], []).append(float(row["forecast"]))
    published = {method: np.array([of[name] for name in trains]) for method, of in paths.items()}
    return Competition([History(points=train) for train in trains.values()], np.array([outcomes[name] for name in trains]), published)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def values(made: list[Forecast]) -> npt.NDArray[np.float64]:
    return np.array([[float(step.value) for step in forecast.path] for forecast in made])


def test_the_published_methods_are_matched(m3: Competition) -> None:
    """The symmetric error over 18 months is no worse than that of the best published method, to 2%, and far below no change."""
    ours = m3.smape(values(forecasts(m3.histories, horizon=HORIZON)))
    assert len(m3.published) == 4
    assert ours < 1.02 * min(m3.smape(paths) for paths in m3.published.values())
    assert ours < 0.8 * m3.smape(values(forecasts(m3.histories, horizon=HORIZON, method=Method.NO_CHANGE)))


def test_a_line_does_worse_than_no_change(m3: Competition) -> None:
    """Why the plain line is an option with a label, and never the forecast."""
    line, last = (m3.smape(values(forecasts(m3.histories, horizon=HORIZON, method=method))) for method in (Method.LINEAR, Method.NO_CHANGE))
    assert line > 1.2 * last


def test_the_band_holds_about_four_out_of_five(m3: Competition) -> None:
    """Of 1,080 outcomes that played no part in its making, between 70% and 85% fall inside."""
    made = forecasts(m3.histories, horizon=HORIZON)
    low = np.array([[float(step.low or 0) for step in forecast.path] for forecast in made])
    high = np.array([[float(step.high or 0) for step in forecast.path] for forecast in made])
    assert 0.70 < ((low <= m3.outcomes) & (m3.outcomes <= high)).mean() < 0.85
