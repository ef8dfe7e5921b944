"""Judge figures of published series by their own history: false alarms among the clean ones, and slips found among spoilt ones.

Every figure with six or more before it is judged as the month's validation would, by the three years before it. The
series are real (Trafford's and its neighbours' claimants, universal credit, vehicles, energy certificates and planning
decisions; Scottish councils' invoices and sickness, quarterly; the M3 competition's monthly series), so "clean" still holds
what did go wrong in them: an alarm there is false only as far as nobody should have asked. The constants of
``pmf.series.unusual`` were chosen on the same series; charging points and employment rates were looked at only afterwards, and
are printed apart.

Each slip is then made in every figure in turn: what the previous line of the form held, digits swapped, a sign lost, a
comma misplaced, another unit. Found by: out of line beyond the flag limit, beyond the limit that withholds, or by the
check of powers of ten. Times are printed beside pandas' rolling median over the same windows.

Usage: bench_unusual.py (reads PMF_REFERENCE_DATA, by default ../shared/data).
"""

from __future__ import annotations

import calendar
import csv
import itertools
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmf.series.suspicious import runs, surprising_noughts, tens_off
from pmf.series.unusual import FLAG_BEYOND, WITHHOLD_BEYOND, Histories, known_before, unusual

MONTHS_BACK = 36
Floats = npt.NDArray[np.float64]
_MONTHS = {name: number - 1 for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()}


@dataclass(frozen=True)
class Windows:
    """Figures of one kind of series, each with the three years before it."""

    name: str
    is_share: bool
    is_count: bool
    digit: float
    figures: Floats

    def histories(self, figures: Floats, *, is_seasonal: bool) -> Histories:
        """Lay figures out for the check."""
        number = len(figures)
        return Histories(
            figures=figures,
            is_share=np.full(number, self.is_share),
            is_count=np.full(number, self.is_count),
            last_digit=np.full(number, self.digit),
            cases=np.full(number, np.nan),
            is_seasonal=np.full(number, is_seasonal),
        )


def month_number(period: str) -> int:
    """Number the month a period ends with: 2024-03, 2022-12-31, March 2023, Oct 2021-Sep 2022, 2022/23 Q3, 2018-19;Q1."""
    if quarter := re.fullmatch(r"(\d{4})[/-]\d\d[ ;]Q(\d)", period):
        return int(quarter[1]) * 12 + int(quarter[2]) * 3 + 2
    if named := re.search(r"([A-Z][a-z]+) (\d{4})$", period):
        return int(named[2]) * 12 + _MONTHS[named[1]]
    return int(period[:4]) * 12 + int(period[5:7]) - 1


def read_series(path: Path, *, key: str, value: str, where: tuple[str, str] | None = None, times: float = 1) -> list[Floats]:
    """Read the series of a file, a figure for each month from first to last; ``where``: a column, and how it must begin."""
    by_key: dict[str, dict[int, float]] = {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row[value] and (where is None or row[where[0]].startswith(where[1])):
                month = month_number(row["period" if "period" in row else "Period"])
                by_key.setdefault(row[key], {})[month] = round(float(row[value]) * times, 6)
    return [np.array([months.get(place, np.nan) for place in range(min(months), max(months) + 1)]) for months in by_key.values()]


def all_series(data: Path) -> Iterator[tuple[str, bool, bool, list[Floats]]]:
    """Yield the name of a kind of series, whether its figures are shares, or counts, and the series."""
    economy, climate = f"{data}/trafford/economy__{{}}.csv", f"{data}/trafford/climate__{{}}.csv"
    for title, file, where, is_share in (
        ("claimants", "claimant_count", ("measure", "Count"), False),
        ("claimants %", "claimant_count", ("measure", "Percentage"), True),
        ("universal credit", "universal_credit", ("measure", "count"), False),
        ("universal credit %", "universal_credit", ("measure", "rate"), True),
        ("major planning %", "planning_applications_major", ("measure", "Percentage"), True),
        ("non-major planning %", "planning_applications_non-major", ("measure", "Percentage"), True),
    ):
        yield title, is_share, not is_share, read_series(Path(economy.format(file)), key="area_code", value="value", where=where)
    for title, file, column in (
        ("energy certificates", "energy_performance_certificates", "value_certificates_lodged"),
        ("of them rated A", "energy_performance_certificates", "value_rating_A"),
        ("vehicles", "licensed_vehicles", "value_all_vehicles"),
        ("electric vehicles", "licensed_vehicles", "value_ulev"),
    ):
        yield title, False, True, read_series(Path(climate.format(file)), key="area_code", value=column)
    for code in ("CORP 09", "CORP 10"):
        path = data / "lgbf" / "indicator_data_real_quarterly.csv"
        yield f"LGBF {code} %", True, False, read_series(path, key="LocalAuthority", value="Value", where=("Code", code), times=100)
    yield "M3", False, False, read_series(data / "m3" / "m3_monthly_subset60.csv", key="series_id", value="value")


def later_series(data: Path) -> Iterator[tuple[str, bool, bool, list[Floats]]]:
    """Yield the series that had no part in the choice of the constants."""
    trafford = data / "trafford"
    yield (
        "charging points",
        False,
        False,
        read_series(trafford / "climate__electric_vehicle_charging_points.csv", key="area_code", value="value"),
    )
    yield "employment %", True, False, read_series(trafford / "economy__employment_rate.csv", key="area_code", value="value")


def windows(name: str, series: list[Floats], *, is_share: bool, is_count: bool) -> Windows:
    """Cut every figure of a kind of series out with its three years before."""
    cut = []
    for figures in series:
        padded = np.concatenate([np.full(MONTHS_BACK, np.nan), figures])
        view = np.lib.stride_tricks.sliding_window_view(padded, MONTHS_BACK + 1)
        cut.append(view[np.isfinite(view[:, -1])])
    together = np.concatenate(cut)
    is_whole = not np.any(np.abs(together - np.round(together)) > 1e-9)
    return Windows(name, is_share, is_count, 1.0 if is_whole else 0.1, together)


def digits_swapped(figure: float) -> float:
    """Swap the first two neighbouring digits that differ."""
    text = f"{figure:.10g}"
    for one, two in itertools.pairwise(text):
        if one.isdigit() and two.isdigit() and one != two:
            return float(text.replace(one + two, two + one, 1))
    return figure


def slips(figures: Floats, dice: np.random.Generator) -> dict[str, Floats]:
    """Spoil the last figure of every window, in each way."""
    true = figures[:, -1]
    return {
        "another KPI's figure": dice.permutation(true),
        "digits swapped": np.array([digits_swapped(figure) for figure in true]),
        "sign lost": -true,
        "10 times": true * 10,
        "a tenth": true / 10,
        "100 times": true * 100,
        "a hundredth (fraction)": true / 100,
        "0 for no data": np.zeros_like(true),
    }


def shares(kinds: list[Windows], *, is_seasonal: bool) -> None:
    """Print the share of clean figures beyond each limit, by kind of series."""
    print(f"{'clean figures':24}{'judged':>10}{'flagged':>10}{'withheld':>10}{'tens off':>10}{'first 0':>10}{'repeated':>10}")
    by_kind = {kind.name: clean_counts(kind, is_seasonal=is_seasonal) for kind in kinds}
    for name, counts in [*by_kind.items(), ("all", sum(by_kind.values(), np.zeros(6)))]:
        print(f"{name:24}{counts[0]:10.0f}" + "".join(f"{share:9.2f}%" for share in 100 * counts[1:] / counts[0]))


def clean_counts(kind: Windows, *, is_seasonal: bool) -> Floats:
    """Count the figures judged, and of them those each check asks about."""
    figures, nothing = kind.figures, np.full(len(kind.figures), np.nan)
    histories = kind.histories(figures, is_seasonal=is_seasonal)
    by = unusual(histories, nothing).by
    again = runs(figures - known_before(figures))
    noughts = surprising_noughts(figures, nothing, is_count=histories.is_count, cases=nothing)
    asked = (
        by > float(FLAG_BEYOND),
        by > float(WITHHOLD_BEYOND),
        tens_off(figures, nothing) != 0,
        noughts,
        (again.most >= 0) & (again.repeats > again.most) & (figures[:, -1] != 0),
    )
    return np.array([np.isfinite(by).sum(), *(np.sum(each & np.isfinite(by)) for each in asked)], dtype=np.float64)


def found(kinds: list[Windows], *, is_seasonal: bool) -> None:
    """Print the share of slips that are flagged at least, and that are withheld by any check."""
    print(f"{'slips found':24}{'made':>10}{'flagged':>10}{'withheld':>10}")
    dice = np.random.default_rng(2024)
    made: dict[str, Floats] = {}
    for kind in kinds:
        for name, spoilt in slips(kind.figures, dice).items():
            figures = kind.figures.copy()
            figures[:, -1] = spoilt
            nothing = np.full(len(figures), np.nan)
            histories = kind.histories(figures, is_seasonal=is_seasonal)
            by = unusual(histories, nothing).by
            certain = (tens_off(figures, nothing) != 0) | surprising_noughts(figures, nothing, is_count=histories.is_count, cases=nothing)
            judged = np.isfinite(by) & (spoilt != kind.figures[:, -1])
            counts = (judged, judged & (certain | (by > float(FLAG_BEYOND))), judged & (certain | (by > float(WITHHOLD_BEYOND))))
            made[name] = made.get(name, np.zeros(3)) + np.array([count.sum() for count in counts])
    for name, (number, flagged, withheld) in made.items():
        print(f"{name:24}{number:10.0f}{100 * flagged / number:9.1f}%{100 * withheld / number:9.1f}%")


def times(kinds: list[Windows]) -> None:
    """Print what judging costs beside a rolling median of pandas over the same figures."""
    figures = np.concatenate([kind.figures for kind in kinds])
    together = Windows("all", False, False, 1.0, figures)
    seconds = []
    for work in (
        lambda: unusual(together.histories(figures, is_seasonal=True), np.full(len(figures), 5.0)),
        lambda: pd.DataFrame(figures.T).rolling(MONTHS_BACK, min_periods=1).median(),
    ):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    print(f"{len(figures):,} figures judged in {seconds[0]:.2f} s: {seconds[0] / seconds[1]:.2f} times a rolling median of pandas")


def main() -> None:
    """Print all tables."""
    data = Path(os.environ.get("PMF_REFERENCE_DATA", "../shared/data"))
    for title, read in (("Series the constants were chosen on", all_series(data)), ("Series looked at afterwards", later_series(data))):
        kinds = [windows(name, series, is_share=share, is_count=count) for name, share, count, series in read]
        for is_seasonal in (False, True):
            print(f"\n{title}, compared {'with the same month of other years' if is_seasonal else 'with all months'}\n")
            shares(kinds, is_seasonal=is_seasonal)
            print()
            found(kinds, is_seasonal=is_seasonal)
        print()
        times(kinds)


if __name__ == "__main__":
    main()
