"""Forecast the 60 series of the M3 subset and hold the forecasts against what came, beside published ones and libraries'.

Usage: bench_projection.py [FOLDER OF THE M3 FILES], by default ../shared/data/m3 or m3 in PMF_REFERENCE_DATA.

sMAPE is in per cent, MASE in mean misses of the seasonal naive forecast over the training part; both are means over all 18
months ahead, and at 1, 3, 12 and 18. The published forecasts are of the same series and months. Also printed: how many
outcomes fall in the 80% band, what showing forecasts only where they beat "no change" does, and cost and weight.

Nothing in the package was chosen by the 18 test months: its constants come from forecasts made inside the training part (the
first table; the last 18, 12 and 6 months of it held out). The test months were looked at twice: before and after seasons
became amounts or factors, whichever fits a series better, and the band its last width. Both came from the first table.

The libraries are not installed with the package; where they are there, they take part in the same run:

    uv run --no-project --python .venv/bin/python --with statsforecast==2.1.1 --with statsmodels==0.15.0 \
        benchmarks/bench_projection.py
"""

from __future__ import annotations

import csv
import importlib.metadata
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pmf.period import parse_month
from pmf.series.forecast import Forecast, forecasts
from pmf.series.point import Point
from pmf.series.projection import Method
from pmf.series.track import History

Array = npt.NDArray[np.float64]
HORIZON, SEASON = 18, 12
AHEAD = (1, 3, 12, 18)
# Months of a financial year still to come.
TO_COME = (3, 6, 9, 12)
# A council's KPIs, with five years of months.
MANY, MANY_MONTHS = 1000, 60


@dataclass(frozen=True)
class Task:
    """Series to be forecast, and what came; not-a-number after the end of a shorter outcome."""

    trains: list[list[Point]]
    outcomes: Array

    @property
    def figures(self) -> list[Array]:
        """The series as arrays."""
        return [np.array([float(point.value) for point in train if point.value is not None]) for train in self.trains]

    @property
    def scales(self) -> Array:
        """The mean miss of the seasonal naive forecast inside each training part, as a column."""
        return np.array([[np.abs(each[SEASON:] - each[:-SEASON]).mean()] for each in self.figures])


def read(folder: Path) -> tuple[list[str], Task]:
    """Read the series, in the order of the file."""
    parts: dict[str, dict[str, list[Point]]] = {}
    with (folder / "m3_monthly_subset60.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            point = Point(period=parse_month(row["period"]), value=Decimal(row["value"]))
            parts.setdefault(row["series_id"], {"train": [], "test": []})[row["split"]].append(point)
    outcomes = np.array([[float(point.value or 0) for point in part["test"]] for part in parts.values()])
    return list(parts), Task([part["train"] for part in parts.values()], outcomes)


def inside(task: Task) -> Task:
    """Hold out the last 18, 12 and 6 months of every training part, where three years are left."""
    trains, outcomes = [], []
    for train in task.trains:
        for held in (18, 12, 6):
            if len(train) - held >= 3 * SEASON:
                trains.append(train[:-held])
                came = [float(point.value or 0) for point in train[-held:]]
                outcomes.append(came + [np.nan] * (HORIZON - held))
    return Task(trains, np.array(outcomes))


def ours(task: Task, method: Method) -> list[Forecast]:
    """Forecast with the package."""
    return forecasts([History(points=train) for train in task.trains], horizon=HORIZON, method=method)


def values(made: Sequence[Forecast]) -> Array:
    """Take the forecasts out, a row per series."""
    return np.array([[float(step.value) for step in forecast.path] for forecast in made])


def seasonal_naive(task: Task) -> Array:
    """Expect of each month what the same month was last time."""
    return np.array([each[-SEASON:][np.arange(HORIZON) % SEASON] for each in task.figures])


def published(folder: Path, names: Sequence[str]) -> dict[str, Array]:
    """Read the competition's forecasts of the same series."""
    found: dict[str, dict[tuple[str, int], float]] = {}
    with (folder / "published_forecasts_subset60.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["method"], {})[row["series_id"], int(row["h"])] = float(row["forecast"])
    return {method: np.array([[of[name, h] for h in range(1, HORIZON + 1)] for name in names]) for method, of in found.items()}


def row(name: str, path: Array, task: Task, unit: float) -> float:
    """Print one method's accuracy, and its MASE as a ratio to ``unit``; give the MASE."""
    misses = np.abs(path - task.outcomes)
    smape = 200 * misses / (np.abs(path) + np.abs(task.outcomes))
    mase = misses / task.scales
    at = "".join(f"  {np.nanmean(smape[:, h - 1]):5.2f} {np.nanmean(mase[:, h - 1]):5.3f}" for h in AHEAD)
    mean = float(np.nanmean(mase))
    print(f"{name:34} {np.nanmean(smape):5.2f} {mean:6.3f} {at}   {mean / unit if unit else 1:5.2f}")
    return mean


def table(title: str, task: Task, others: dict[str, Array]) -> None:
    """Print the accuracy of all methods."""
    heads = "".join(f"{f'h={h}':>13}" for h in AHEAD)
    print(f"\n{title}\n{'':34} sMAPE   MASE{heads}   ratio of MASE to ours")
    auto = ours(task, Method.AUTO)
    unit = row("ours (auto)", values(auto), task, 0)
    for method in (Method.THETA_AND_DAMPED, Method.THETA, Method.DAMPED, Method.SMOOTHING, Method.LINEAR, Method.NO_CHANGE):
        row(f"ours, {method}", values(ours(task, method)), task, unit)
    row("seasonal naive", seasonal_naive(task), task, unit)
    for name, path in others.items():
        row(name, path, task, unit)
    _print_shown(auto, task, unit)
    _print_coverage(auto, task)
    print_totals(task)


def _print_shown(auto: Sequence[Forecast], task: Task, unit: float) -> None:
    """Tell where no forecast would be shown in a report, and how the forecast and "no change" then did."""
    shown = np.array([forecast.is_shown for forecast in auto])
    fallen_back = sum(forecast.path[0].method == Method.NO_CHANGE for forecast in auto)
    best, last = values(ours(task, Method.THETA_AND_DAMPED)), values(ours(task, Method.NO_CHANGE))
    row('"no change" wherever none is shown', np.where(shown[:, None], best, last), task, unit)
    mase = [float(np.nanmean((np.abs(path - task.outcomes) / task.scales)[~shown])) for path in (best, last)]
    print(f'a report shows {shown.sum()} of {len(auto)} forecasts; auto falls back to "no change" in {fallen_back}.')
    print(f'where none is shown, MASE of the forecast {mase[0]:.3f}, of "no change" {mase[1]:.3f}')


def _print_coverage(auto: Sequence[Forecast], task: Task) -> None:
    low = np.array([[float(step.low if step.low is not None else "nan") for step in forecast.path] for forecast in auto])
    high = np.array([[float(step.high if step.high is not None else "nan") for step in forecast.path] for forecast in auto])
    inside_band = np.where(np.isfinite(task.outcomes), (low <= task.outcomes) & (task.outcomes <= high), np.nan)
    at = ", ".join(f"{np.nanmean(inside_band[:, h - 1]):.0%} at {h}" for h in AHEAD)
    print(f"80% band: {np.nanmean(inside_band):.1%} of {np.isfinite(task.outcomes).sum()} outcomes inside ({at} months ahead)")


def print_totals(task: Task) -> None:
    """Tell how the totals that year ends are made of did: of so many months to come, and against going on as in the last month."""
    for months in TO_COME:
        histories = [History(points=train, is_total=True) for train in task.trains]
        made = [forecasts(histories, horizon=months, method=method) for method in (Method.AUTO, Method.NO_CHANGE)]
        came = task.outcomes[:, :months].sum(axis=1)
        known = np.isfinite(came)
        best, stayed = (np.array([float(each.path[-1].value) for each in one]) for one in made)
        low, high = (np.array([float(getattr(each.path[-1], end)) for each in made[0]]) for end in ("low", "high"))
        shown = np.array([each.is_shown for each in made[0]])
        ratios = {}
        for name, rows in (("all", known), ("shown", known & shown), ("not shown", known & ~shown)):
            scaled = [np.abs(path - came)[rows] / (months * task.scales[rows, 0]) for path in (best, stayed)]
            ratios[name] = f"{scaled[0].mean():.3f} against {scaled[1].mean():.3f} ({name}, {rows.sum()})"
        held = ((low <= came) & (came <= high))[known].mean()
        print(f"total of {months:2} months: miss per month, MASE, {', '.join(ratios.values())}; band holds {held:.0%}")


def libraries() -> dict[str, Callable[[Array], Array]]:
    """Find the libraries' methods that are there, each a function from a series to its path."""
    found: dict[str, Callable[[Array], Array]] = {}
    if importlib.util.find_spec("statsforecast"):
        from statsforecast import models

        def path(each: Array, model: type) -> Array:
            expected: Array = model(season_length=SEASON).forecast(each, h=HORIZON)["mean"]
            return expected

        for model in (models.AutoETS, models.AutoTheta):
            found[f"statsforecast {model.__name__}"] = partial(path, model=model)
    if importlib.util.find_spec("statsmodels"):
        from statsmodels.tsa.forecasting.theta import ThetaModel

        found["statsmodels ThetaModel"] = lambda each: np.asarray(ThetaModel(each, period=SEASON).fit().forecast(HORIZON))
    return found


def timed_libraries(task: Task) -> tuple[dict[str, Array], dict[str, float]]:
    """Forecast with the libraries; give their paths and seconds."""
    paths, seconds = {}, {}
    for name, forecast in libraries().items():
        forecast(task.figures[0])  # what a first call costs once is not counted
        began = time.process_time()
        paths[name] = np.array([forecast(each) for each in task.figures])
        seconds[name] = time.process_time() - began
    return paths, seconds


def print_cost(task: Task, library_seconds: dict[str, float]) -> None:
    """Print processor seconds for the same series, ours with every backtest, and for a council's KPIs."""
    ours(task, Method.AUTO)
    began = time.process_time()
    ours(task, Method.AUTO)
    unit = time.process_time() - began
    print(f"\ncost of {len(task.trains)} series: ours {unit:.2f} s of processor time, all past forecasts and bands included")
    for name, seconds in library_seconds.items():
        print(f"  {name}: {seconds:.2f} s, without past forecasts: {seconds / unit:.0f} times ours")
    many = Task([task.trains[index % len(task.trains)][-MANY_MONTHS:] for index in range(MANY)], task.outcomes)
    began = time.process_time()
    ours(many, Method.AUTO)
    print(f"  ours, {MANY:,} series of at most {MANY_MONTHS} months: {time.process_time() - began:.2f} s")


def print_weight() -> None:
    """Print what each library brings to disk beyond what the package has anyway."""
    own = {name.lower() for name in _names("pmf", set())}
    for library in ("statsforecast", "statsmodels"):
        if importlib.util.find_spec(library):
            more = _names(library, set()) - own
            size = sum(_size(name) for name in more)
            print(f"  {library}: {len(more)} more packages, {size / 1e6:.0f} MB")
    print("  ours: no more packages (numpy comes with pandas)")


def _names(package: str, seen: set[str]) -> set[str]:
    """Name a package and all it needs, as far as they are installed."""
    name = package.lower().replace("_", "-")
    if name in seen:
        return seen
    try:
        needs = importlib.metadata.requires(package) or []
    except importlib.metadata.PackageNotFoundError:
        return seen
    seen.add(name)
    for need in needs:
        if "extra ==" not in need:
            _names("".join(char if char.isalnum() or char in "-_." else " " for char in need).split()[0], seen)
    return seen


def _size(package: str) -> int:
    files = [Path(str(file.locate())) for file in importlib.metadata.files(package) or []]
    return sum(file.stat().st_size for file in files if file.is_file())


def main() -> None:
    """Print accuracy, coverage, cost and weight."""
    default = Path(os.environ.get("PMF_REFERENCE_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data") / "m3"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    if not folder.is_dir():
        sys.exit(f"{folder} is not there: name the folder that holds the M3 files")
    names, task = read(folder)
    past = inside(task)
    table("inside the training part (what the constants were chosen by)", past, timed_libraries(past)[0])
    paths, seconds = timed_libraries(task)
    table("the 18 test months", task, {f"published {name}": path for name, path in published(folder, names).items()} | paths)
    print_cost(task, seconds)
    print_weight()


if __name__ == "__main__":
    main()
