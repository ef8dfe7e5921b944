"""Rate whole histories: status, movement, 12-point trend, projection and consecutive reds, by ours and by peers in the same run.

Usage: bench_rating.py [COUNCILS ...], by default 28 (1.0 million figures) and 317 (11.4 million: every council of England with
300 KPIs over ten years).

The figures are synthetic (seeded): levels, seasons, drifts and noise, with none, one or two decimals, in the order they
would come in, month by month. Targets change each April. Each contender gets them in the form that suits it, keys as numbers or
categories, and gives the same seven answers for every figure: status by the CCC framework's bands, change since the month and
the year before, Mann-Kendall course of the last twelve figures, whether that is for the better, the plain line's next
figure, reds in a row. Sorting and encoding are inside the time, reading the figures is not.

- ours: ``rate_history``, exact decimals; also with one figure in 30 missing, which no other contender has to cope with.
- polars, DuckDB: straightforward expressions and SQL windows, in floats. pandas: groupby and shift, at the smaller sizes.
- limit: numpy on dense matrices of floats, months by series, nothing missing, nothing to sort or encode and no exact edges.
- numba: the same limit in compiled loops on both cores (``peers/rating.py``, an environment of its own).

Each contender has a process of its own, so that its memory is its own: the peak is counted from when its table is there, and
holds it. Ratios are of the best run, since machines are shared; the median stands beside it. Answers are held against ours and
differences counted: a float puts a figure that is exactly at the edge of a band on the wrong side of it now and then.
"""

from __future__ import annotations

import json
import operator
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import reduce
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from results import ask, record

Arrays = dict[str, npt.NDArray[Any]]
Answer = tuple[float, Arrays]

KPIS, MONTHS, SCALE = 300, 120, 2
COUNCILS = (28, 317)
LARGE = 100
WINDOW, FEWEST, FEWEST_LINE = 12, 8, 6
# Mann-Kendall's two-sided 5 per cent point.
Z = 1.959964
ROOT = Path(__file__).resolve().parents[1]
ANSWERS = ("status", "change", "last_year_change", "trend", "outlook", "reds_in_a_row", "projection")


def figures_of(councils: int) -> Arrays:
    """Make the figures in hundredths, a line per month and a column per series, with their targets and directions."""
    dice = np.random.default_rng(5)
    series = councils * KPIS
    level = dice.integers(500, 9500, series)
    unit = dice.choice([1, 10, 100], series)
    season = np.sin(2 * np.pi * np.arange(MONTHS)[:, None] / 12) * (level * dice.choice([0, 0, 0.05], series))
    drift = (np.arange(MONTHS)[:, None] - MONTHS / 2) * (level * dice.normal(0, 0.0008, series))
    value = level + season + drift + dice.normal(0, 0.06, (MONTHS, series)) * level
    value = (np.rint(value / unit) * unit).astype(np.int64)
    year = np.arange(MONTHS) // 12
    target = (np.rint(level * (1 + 0.01 * year[:, None]) / 10) * 10).astype(np.int64)
    return {"value": value, "target": target, "is_lower": dice.random(series) < 0.4}


def keys_of(councils: int) -> Arrays:
    """Number month, organisation and KPI of every figure, in the order of the matrix."""
    series = councils * KPIS
    return {
        "month": np.repeat(np.arange(MONTHS, dtype=np.int16), series),
        "organisation": np.tile(np.repeat(np.arange(councils, dtype=np.int16), KPIS), MONTHS),
        "kpi": np.tile(np.arange(KPIS, dtype=np.int16), councils * MONTHS),
    }


# ---------------------------------------------------------------------------------------------------------------------- ours


def ours(figures: Arrays, councils: int, *, with_gaps: bool = False) -> Callable[[], Answer]:
    """Rate with the package."""
    from pmf.rating.history import rate_history
    from pmf.rating.policy import load_policy

    policy = load_policy(ROOT / "include" / "rating_policies" / "ccc-framework-2024.yaml")
    frame = _frame(figures, councils, with_gaps=with_gaps)

    def run() -> Answer:
        begun = time.perf_counter()
        made = rate_history(frame, policy, scale=SCALE)
        taken = time.perf_counter() - begun
        words = {name: made[name].cat.codes.to_numpy() for name in ("change", "last_year_change", "trend", "outlook", "status")}
        reds = made["reds_in_a_row"].to_numpy(dtype=np.int16, na_value=-1)
        return taken, words | {"reds_in_a_row": reds, "projection": made["projection"].to_numpy()}

    return run


def _frame(figures: Arrays, councils: int, *, with_gaps: bool) -> pd.DataFrame:
    def words(codes: npt.NDArray[Any], names: list[str]) -> Any:
        return pd.Categorical.from_codes(codes, categories=pd.Index(names))

    keys = keys_of(councils)
    lower = np.tile(figures["is_lower"], MONTHS).astype(np.int8)
    target = figures["target"].reshape(-1)
    frame = pd.DataFrame(
        {
            "organisation": words(keys["organisation"], [f"council-{number:03d}" for number in range(councils)]),
            "kpi_ref": words(keys["kpi"], [f"K{number:03d}" for number in range(KPIS)]),
            "period": words(keys["month"], [f"{2014 + (3 + number) // 12}-{(3 + number) % 12 + 1:02d}" for number in range(MONTHS)]),
            "value": figures["value"].reshape(-1),
            "target_low": target,
            "target_high": target,
            "direction": words(lower, ["higher", "lower"]),
        },
        copy=False,
    )
    if with_gaps:
        return frame[np.random.default_rng(6).random(len(frame)) > 1 / 30].reset_index(drop=True)
    return frame


def ours_with_gaps(figures: Arrays, councils: int) -> Callable[[], Answer]:
    """Rate with the package a table that one row in 30 is missing from."""
    return ours(figures, councils, with_gaps=True)


# -------------------------------------------------------------------------------------------------------------------- polars


def with_polars(figures: Arrays, councils: int) -> Callable[[], Answer]:
    """Rate with polars' expressions, each series a window."""
    import polars as pl

    rows = keys_of(councils) | {name: (figures[name].reshape(-1) / 10**SCALE) for name in ("value", "target")}
    frame = pl.DataFrame(rows | {"is_lower": np.tile(figures["is_lower"], MONTHS)})
    series, lag = ["organisation", "kpi"], [pl.col("value"), *(pl.col(f"lag{back}") for back in range(1, WINDOW + 1))]

    def sign(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
        return (later - earlier).sign().fill_null(0)

    def total(parts: Any) -> pl.Expr:
        added: pl.Expr = reduce(operator.add, parts)
        return added

    def verdict(earlier: pl.Expr) -> pl.Expr:
        better = pl.when("is_lower").then(-sign(pl.col("value"), earlier)).otherwise(sign(pl.col("value"), earlier))
        return pl.when(earlier.is_null()).then(-1).when(better > 0).then(0).when(better < 0).then(1).otherwise(2).cast(pl.Int8)

    def tied(place: int) -> pl.Expr:
        others = (other for other in range(WINDOW) if other != place)
        return total((lag[place] == lag[other]).cast(pl.Int16).fill_null(0) for other in others).alias(f"tied{place}")

    short = pl.when("is_lower").then(pl.col("value") - pl.col("target")).otherwise(pl.col("target") - pl.col("value"))
    off = short * 100 / pl.col("target").abs()
    count = pl.min_horizontal(pl.col("month") + 1, WINDOW).cast(pl.Float64)
    s = total(sign(lag[earlier], lag[later]) for earlier, later in combinations(range(WINDOW), 2))
    ties = total(pl.col(f"tied{place}") * (2 * pl.col(f"tied{place}") + 7) for place in range(WINDOW))
    variance = (count * (count - 1) * (2 * count + 5) - ties) / 18
    is_course = (pl.col("s") != 0) & ((pl.col("s").abs() - 1) ** 2 > Z**2 * variance)
    course = pl.when(count < FEWEST).then(3).when(~is_course).then(2).when(pl.col("s") > 0).then(0).otherwise(1)
    is_better = (pl.col("trend") == 0) != pl.col("is_lower")
    y, xy = total(each.fill_null(0) for each in lag[:WINDOW]), total(lag[back].fill_null(0) * -back for back in range(WINDOW))
    x, xx = -count * (count - 1) / 2, (count - 1) * count * (2 * count - 1) / 6
    line = y / count + (count * xy - x * y) / (count * xx - x * x) * (1 - x / count)

    def run() -> Answer:
        begun = time.perf_counter()
        made = (
            frame.lazy()
            .sort([*series, "month"])
            .with_columns(pl.col("value").shift(back).over(series).alias(f"lag{back}") for back in range(1, WINDOW + 1))
            .with_columns(s.alias("s"), *(tied(place) for place in range(WINDOW)))
            .with_columns(
                pl.when(off > 10).then(0).when(off > 0).then(1).otherwise(2).cast(pl.Int8).alias("status"),
                verdict(lag[1]).alias("change"),
                verdict(lag[WINDOW]).alias("last_year_change"),
                course.cast(pl.Int8).alias("trend"),
                pl.when(count >= FEWEST_LINE).then(line).otherwise(float("nan")).alias("projection"),
            )
            .with_columns(
                pl.when(pl.col("trend") > 1).then(-1).when(is_better).then(0).otherwise(1).cast(pl.Int8).alias("outlook"),
                (pl.col("status") != 0).cum_sum().over(series).alias("run"),
            )
            .with_columns((pl.col("status") == 0).cum_sum().over([*series, "run"]).cast(pl.Int16).alias("reds_in_a_row"))
            .select("month", *series, *ANSWERS)
            .collect()
        )
        taken = time.perf_counter() - begun
        in_order = made.sort(["month", *series])
        return taken, {name: in_order[name].to_numpy() for name in ANSWERS}

    return run


# -------------------------------------------------------------------------------------------------------------------- DuckDB


def with_duckdb(figures: Arrays, councils: int) -> Callable[[], Answer]:
    """Rate with SQL windows in DuckDB."""
    import duckdb

    columns: Arrays = keys_of(councils) | {name: figures[name].reshape(-1) / 10**SCALE for name in ("value", "target")}
    columns["is_lower"] = np.tile(figures["is_lower"], MONTHS)
    database = duckdb.connect()
    database.execute("SET threads TO 2")
    given = pd.DataFrame(columns, copy=False)
    database.register("given", given)
    database.execute("CREATE TABLE figures AS SELECT * FROM given")
    database.unregister("given")
    del given
    columns.clear()
    query = windows("figures")

    def run() -> Answer:
        begun = time.perf_counter()
        database.execute(f"CREATE OR REPLACE TABLE rated AS {query}")
        taken = time.perf_counter() - begun
        made = database.execute(f"SELECT {', '.join(ANSWERS)} FROM rated ORDER BY month, organisation, kpi").fetchnumpy()  # noqa: S608
        return taken, {name: np.ma.filled(made[name], np.nan if name == "projection" else -1) for name in ANSWERS}

    return run


def windows(figures: str) -> str:
    """Write the ratings of a table of figures as SQL windows."""
    lags = ["value", *(f"lag{back}" for back in range(1, WINDOW + 1))]
    pairs = list(combinations(range(WINDOW), 2))
    s = " + ".join(f"coalesce(sign({lags[earlier]} - {lags[later]}), 0)" for earlier, later in pairs)
    tied = [
        " + ".join(f"coalesce(({lags[place]} = {lags[other]})::INT, 0)" for other in range(WINDOW) if other != place)
        for place in range(WINDOW)
    ]
    ties = " + ".join(f"({each}) * (2 * ({each}) + 7)" for each in tied)
    y = " + ".join(f"coalesce({lag}, 0)" for lag in lags[:WINDOW])
    xy = " + ".join(f"coalesce({lag}, 0) * -{back}" for back, lag in enumerate(lags[:WINDOW]))

    def verdict(earlier: str) -> str:
        better = f"sign(value - {earlier}) * CASE WHEN is_lower THEN -1 ELSE 1 END"
        return f"CASE WHEN {earlier} IS NULL THEN -1 WHEN {better} > 0 THEN 0 WHEN {better} < 0 THEN 1 ELSE 2 END::TINYINT"

    shifted = ", ".join(f"lag(value, {back}) OVER series AS lag{back}" for back in range(1, WINDOW + 1))
    return f"""
        WITH lagged AS (
            SELECT *, {shifted}, CASE WHEN is_lower THEN value - target ELSE target - value END * 100 / abs(target) AS off,
                least(month + 1, {WINDOW})::DOUBLE AS n
            FROM {figures}
            WINDOW series AS (PARTITION BY organisation, kpi ORDER BY month)
        ), summed AS (
            SELECT *, {s} AS s, {ties} AS ties, {y} AS y, {xy} AS xy, -n * (n - 1) / 2 AS x, (n - 1) * n * (2 * n - 1) / 6 AS xx
            FROM lagged
        ), judged AS (
            SELECT month, organisation, kpi, is_lower,
                CASE WHEN off > 10 THEN 0 WHEN off > 0 THEN 1 ELSE 2 END::TINYINT AS status,
                {verdict("lag1")} AS change, {verdict(f"lag{WINDOW}")} AS last_year_change,
                CASE WHEN n < {FEWEST} THEN 3
                    WHEN s = 0 OR (abs(s) - 1) ** 2 <= {Z**2} * (n * (n - 1) * (2 * n + 5) - ties) / 18 THEN 2
                    WHEN s > 0 THEN 0 ELSE 1 END::TINYINT AS trend,
                CASE WHEN n >= {FEWEST_LINE} THEN y / n + (n * xy - x * y) / (n * xx - x * x) * (1 - x / n) END AS projection
            FROM summed
        ), runs AS (
            SELECT *, sum((status <> 0)::INT) OVER (PARTITION BY organisation, kpi ORDER BY month) AS run FROM judged
        )
        SELECT month, organisation, kpi, status, change, last_year_change, trend, projection,
            CASE WHEN trend > 1 THEN -1 WHEN (trend = 0) <> is_lower THEN 0 ELSE 1 END::TINYINT AS outlook,
            sum((status = 0)::INT) OVER (PARTITION BY organisation, kpi, run ORDER BY month)::SMALLINT AS reds_in_a_row
        FROM runs
    """  # noqa: S608 - of constants


# -------------------------------------------------------------------------------------------------------------------- pandas


def with_pandas(figures: Arrays, councils: int) -> Callable[[], Answer]:
    """Rate with pandas: sorted, then grouped and shifted."""
    frame = pd.DataFrame(keys_of(councils) | {name: figures[name].reshape(-1) / 10**SCALE for name in ("value", "target")})
    frame["is_lower"] = np.tile(figures["is_lower"], MONTHS)

    def run() -> Answer:
        begun = time.perf_counter()
        made = frame.sort_values(["organisation", "kpi", "month"], ignore_index=True)
        grouped = made.groupby(["organisation", "kpi"], sort=False)["value"]
        lags = [made["value"].to_numpy(), *(grouped.shift(back).to_numpy() for back in range(1, WINDOW + 1))]
        answers = _by_lags(lags, made["target"].to_numpy(), made["is_lower"].to_numpy(), made["month"].to_numpy())
        is_red = pd.Series(answers["status"] == 0)
        run_of = (~is_red).groupby([made["organisation"], made["kpi"]], sort=False).cumsum()
        reds = is_red.groupby([made["organisation"], made["kpi"], run_of], sort=False).cumsum()
        made = made.assign(**answers, reds_in_a_row=reds.astype(np.int16))
        taken = time.perf_counter() - begun
        in_order = made.sort_values(["month", "organisation", "kpi"])
        return taken, {name: in_order[name].to_numpy() for name in ANSWERS}

    return run


def _by_lags(lags: list[npt.NDArray[Any]], target: npt.NDArray[Any], is_lower: npt.NDArray[Any], month: npt.NDArray[Any]) -> Arrays:
    way = np.where(is_lower, -1.0, 1.0)
    off = (target - lags[0]) * way * 100 / np.abs(target)
    count = np.minimum(month + 1, WINDOW).astype(np.float64)
    s, ties = np.zeros(len(target)), np.zeros(len(target))
    for earlier, later in combinations(range(WINDOW), 2):
        s += np.nan_to_num(np.sign(lags[earlier] - lags[later]))
    for place in range(WINDOW):
        tied = sum((lags[place] == lags[other]).astype(np.int16) for other in range(WINDOW) if other != place)
        ties += tied * (2 * tied + 7)
    is_course = (s != 0) & ((np.abs(s) - 1) ** 2 > Z**2 * (count * (count - 1) * (2 * count + 5) - ties) / 18)
    trend = np.select([count < FEWEST, ~is_course, s > 0], [3, 2, 0], 1).astype(np.int8)
    y = sum(np.nan_to_num(each) for each in lags[:WINDOW])
    xy = sum(np.nan_to_num(each) * -back for back, each in enumerate(lags[:WINDOW]))
    x, xx = -count * (count - 1) / 2, (count - 1) * count * (2 * count - 1) / 6
    with np.errstate(divide="ignore", invalid="ignore"):
        line = y / count + (count * xy - x * y) / (count * xx - x * x) * (1 - x / count)
    better = [np.nan_to_num((lags[0] - each) * way) for each in (lags[1], lags[WINDOW])]
    moved = [
        np.where(np.isnan(lags[back]), -1, np.select([way_on > 0, way_on < 0], [0, 1], 2)).astype(np.int8)
        for back, way_on in zip((1, WINDOW), better, strict=True)
    ]
    return {
        "status": np.select([off > 10, off > 0], [0, 1], 2).astype(np.int8),
        "change": moved[0],
        "last_year_change": moved[1],
        "trend": trend,
        "outlook": np.select([trend > 1, (trend == 0) != is_lower], [-1, 0], 1).astype(np.int8),
        "projection": np.where(count >= FEWEST_LINE, line, np.nan),
    }


# --------------------------------------------------------------------------------------------------------------------- limit


def limit(figures: Arrays, _councils: int) -> Callable[[], Answer]:
    """Rate dense matrices of floats in numpy, block by block: what is left when nothing is sorted, encoded, missing or exact."""
    from pmf.series.courses import courses
    from pmf.series.recent import Recent

    values, targets = (figures[name] / 10**SCALE for name in ("value", "target"))
    is_lower = figures["is_lower"]
    lines = np.arange(MONTHS)[:, None]
    width = 40_000 // MONTHS

    def block(columns: slice) -> Arrays:
        x, target, lower = (np.ascontiguousarray(each[..., columns]) for each in (values, targets, is_lower))
        way = np.where(lower, -1.0, 1.0)
        off = (target - x) * way * 100 / np.abs(target)
        status = (off <= 10).view(np.int8) + (off <= 0).view(np.int8)
        course = courses(Recent(x, lines, lines, has_gaps=False))  # the same counting of pairs, of floats
        moved = {}
        for name, back in (("change", 1), ("last_year_change", WINDOW)):
            moved[name] = np.full(x.shape, -1, dtype=np.int8)
            up, down = (x[back:] > x[:-back]).view(np.int8), (x[back:] < x[:-back]).view(np.int8)
            moved[name][back:] = 2 - np.where(lower, down, up) * np.int8(2) - np.where(lower, up, down)
        reds = np.cumsum(status == 0, axis=0, dtype=np.int16)
        ended = np.maximum.accumulate(np.where(status == 0, np.int16(0), reds), axis=0)
        return moved | {
            "status": status,
            "trend": course,
            "outlook": np.where(course > 1, np.int8(-1), ((course == 0) == lower).view(np.int8)),
            "reds_in_a_row": reds - ended,
            "projection": _next_figures(x),
        }

    def run() -> Answer:
        begun = time.perf_counter()
        kinds = {"reds_in_a_row": np.int16, "projection": np.float64}
        found: Arrays = {name: np.empty(values.shape, dtype=kinds.get(name, np.int8)) for name in ANSWERS}
        for start in range(0, values.shape[1], width):
            for name, answers in block(slice(start, start + width)).items():
                found[name][:, start : start + width] = answers
        taken = time.perf_counter() - begun
        return taken, {name: answers.reshape(-1) for name, answers in found.items()}

    return run


def _next_figures(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Extend the lines through complete windows: a window's figures, each times the same weight wherever the window is."""
    line = np.full(x.shape, np.nan)
    for count in range(FEWEST_LINE, WINDOW):
        line[count - 1] = _weights(count) @ x[:count]
    weights, product = _weights(WINDOW), np.empty_like(x[WINDOW - 1 :])
    np.multiply(x[: 1 - WINDOW], weights[0], out=line[WINDOW - 1 :])
    for place in range(1, WINDOW):
        np.multiply(x[place : len(x) - WINDOW + 1 + place], weights[place], out=product)
        line[WINDOW - 1 :] += product
    return line


def _weights(count: int) -> npt.NDArray[np.float64]:
    away = np.arange(count) - (count - 1) / 2
    weights: npt.NDArray[np.float64] = 1 / count + away * (count - (count - 1) / 2) / (away * away).sum()
    return weights


# ----------------------------------------------------------------------------------------------------------------------- run

CONTENDERS: dict[str, Callable[[Arrays, int], Callable[[], Answer]]] = {
    "limit": limit,
    "ours": ours,
    "ours, one in 30 missing": ours_with_gaps,
    "polars": with_polars,
    "duckdb": with_duckdb,
    "pandas": with_pandas,
}
SLOW = ("polars", "duckdb", "pandas")


def child(name: str, councils: int, folder: Path) -> None:
    """Time one contender and leave its answers in the folder."""
    run = CONTENDERS[name](figures_of(councils), councils)
    # What it took to make up the figures is not the contender's: the peak is counted from here on.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    runs = (1 if name in SLOW else 3) if councils > LARGE else 5
    results = [run() for _ in range(runs)]
    peak = next(line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    for answer, found in results[-1][1].items():
        np.save(folder / f"{name}-{answer}.npy", found)
    seconds = [taken for taken, _ in results]
    print(json.dumps({"median": statistics.median(seconds), "best": min(seconds), "peak_mb": int(peak.split()[1]) / 1024, "runs": runs}))


def compare(folder: Path, name: str) -> str:
    """Count the answers that differ from ours."""
    differing = []
    for answer in ANSWERS:
        own, other = (np.load(folder / f"{each}-{answer}.npy", mmap_mode="r") for each in ("ours", name))
        is_other = ~np.isclose(own, other, rtol=1e-9, atol=1e-9, equal_nan=True) if answer == "projection" else own != other
        if is_other.any():
            differing.append(f"{answer} {int(is_other.sum()):,}")
    return ", ".join(differing) or "none"


def main(sizes: list[int]) -> None:
    """Print a table for each number of councils."""
    for councils in sizes:
        names = [name for name in CONTENDERS if name != "pandas" or councils <= LARGE]
        print(f"\n{councils * KPIS * MONTHS:,} figures ({councils} councils, {KPIS} KPIs, {MONTHS} months), synthetic")
        print(f"{'':26}{'median s':>9}{'best s':>8}{'runs':>6}{'to limit':>10}{'to ours':>9}{'peak MB':>9}   answers other than ours")
        with tempfile.TemporaryDirectory() as folder:
            measured = {name: _measure(name, councils, folder) for name in names}
            if compiled := _measure_numba(councils, folder):
                measured["numba"] = compiled
            for name, found in measured.items():
                to_limit, to_ours = (found["best"] / measured[unit]["best"] for unit in ("limit", "ours"))
                others = "" if name.startswith("ours") else compare(Path(folder), name)
                times = f"{found['median']:9.2f}{found['best']:8.2f}{found['runs']:6}{to_limit:10.2f}{to_ours:9.2f}{found['peak_mb']:9.0f}"
                print(f"{name:26}{times}   {others}")
            _keep(f"{councils * KPIS * MONTHS:,} figures", measured)


def _keep(what: str, measured: dict[str, dict[str, Any]]) -> None:
    """Record ours beside each peer, and its memory beside the limit where it is about a country."""
    ours = measured["ours"]
    for peer, found in measured.items():
        if not peer.startswith("ours"):
            target = {"limit": {"at_most": 4.0}, "polars": {"at_least": 1.0}, "duckdb": {"at_least": 1.0}}.get(peer, {})
            label = {"limit": "numpy on dense floats", "numba": "numba on dense floats", "duckdb": "DuckDB"}.get(peer, peer)
            record(3, what, ours=ours["median"], peer=label, theirs=found["median"], peak_mb=ours["peak_mb"], **target)
    record(3, f"{what}, memory", ours=ours["peak_mb"], peer="the limit of 2 GB", theirs=2000, unit="MB", at_most=1)


def _measure(name: str, councils: int, folder: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--child", name, str(councils), folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - this very file
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _measure_numba(councils: int, folder: str) -> dict[str, Any] | None:
    figures = figures_of(councils)
    for name in ("value", "target"):
        np.save(Path(folder) / f"{name}.npy", figures[name] / 10**SCALE)
    np.save(Path(folder) / "is_lower.npy", figures["is_lower"])
    return ask("rating", 3 if councils > LARGE else 5, folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main([int(size) for size in sys.argv[1:]] or list(COUNCILS))
