# /// script
# requires-python = ">=3.11"
# dependencies = ["numba==0.*", "numpy==2.*"]
# ///
"""Rate dense matrices of floats, a series to a line, in loops that numba compiles for both cores: a limit beside numpy's.

Usage: rating.py RUNS FOLDER: ``value.npy``, ``target.npy`` (months by series, floats) and ``is_lower.npy`` lie there, and the answers
come to lie there as ``numba-ANSWER.npy``. Nothing is missing, sorted or encoded, and edges are as exact as floats are. Prints the
median and best time and the peak of memory, from when the matrices were there, as JSON. Compiling is not timed.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numba import config, njit, prange, set_num_threads

WINDOW, FEWEST, FEWEST_LINE = 12, 8, 6
Z = 1.959964
Floats = npt.NDArray[np.float64]


@njit(cache=False)
def moved(now: float, before: float, way: float) -> int:
    """Give 0 for better, 1 for worse, 2 for the same."""
    by = (now - before) * way
    return 0 if by > 0 else 1 if by < 0 else 2


@njit(cache=False)
def course(line: Floats, at: int, count: int) -> int:
    """Give 0 for rising, 1 for falling, 2 for neither, 3 for too few figures, by Mann and Kendall's test."""
    if count < FEWEST:
        return 3
    s, ties = 0, 0
    for one in range(at - count + 1, at + 1):
        alike = 0
        for other in range(at - count + 1, at + 1):
            if other > one:
                s += int(line[other] > line[one]) - int(line[other] < line[one])
            if other != one and line[other] == line[one]:
                alike += 1
        ties += alike * (2 * alike + 7)
    if s == 0 or (abs(s) - 1) ** 2 <= Z**2 * (count * (count - 1) * (2 * count + 5) - ties) / 18:
        return 2
    return 0 if s > 0 else 1


@njit(cache=False)
def next_figure(line: Floats, at: int, count: int) -> float:
    """Extend the plain line through the last figures by one."""
    if count < FEWEST_LINE:
        return np.nan
    y, xy = 0.0, 0.0
    for back in range(count):
        y += line[at - back]
        xy -= line[at - back] * back
    x, xx = -count * (count - 1) / 2, (count - 1) * count * (2 * count - 1) / 6
    return y / count + (count * xy - x * y) / (count * xx - x * x) * (1 - x / count)


@njit(parallel=True, cache=False)
def rate(value, target, is_lower, status, change, last_year, trend, outlook, reds, projection):  # type: ignore[no-untyped-def]
    """Fill the seven answers, series by series."""
    for series in prange(value.shape[0]):
        line, way, run = value[series], -1.0 if is_lower[series] else 1.0, 0
        for at in range(value.shape[1]):
            aim = target[series, at]
            off = (aim - line[at]) * way * 100 / abs(aim)
            status[series, at] = 0 if off > 10 else 1 if off > 0 else 2
            run = run + 1 if off > 10 else 0
            reds[series, at] = run
            change[series, at] = moved(line[at], line[at - 1], way) if at else -1
            last_year[series, at] = moved(line[at], line[at - WINDOW], way) if at >= WINDOW else -1
            count = min(at + 1, WINDOW)
            found = course(line, at, count)
            trend[series, at] = found
            outlook[series, at] = -1 if found > 1 else 0 if (found == 0) != is_lower[series] else 1
            projection[series, at] = next_figure(line, at, count)


def main(runs: int, folder: Path) -> None:
    """Time the runs, keep the answers of the last."""
    value, target = (np.ascontiguousarray(np.load(folder / f"{name}.npy").T) for name in ("value", "target"))
    is_lower = np.load(folder / "is_lower.npy")
    set_num_threads(min(2, config.NUMBA_NUM_THREADS))
    names = ("status", "change", "last_year_change", "trend", "outlook", "reds_in_a_row", "projection")
    kinds = {"reds_in_a_row": np.int16, "projection": np.float64}

    def answers(shape: tuple[int, ...]) -> list[npt.NDArray[np.generic]]:
        return [np.empty(shape, dtype=kinds.get(name, np.int8)) for name in names]

    rate(value[:2], target[:2], is_lower[:2], *answers((2, value.shape[1])))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        found = answers(value.shape)
        rate(value, target, is_lower, *found)
        taken.append(time.perf_counter() - began)
    peak = next(line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    for name, answer in zip(names, found, strict=True):
        np.save(folder / f"numba-{name}.npy", answer.T.reshape(-1))
    print(json.dumps({"median": statistics.median(taken), "best": min(taken), "peak_mb": int(peak.split()[1]) / 1024, "runs": runs}))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
