"""A country's figures: load, validate, rate and roll up, from Parquet files read by DuckDB through SQLAlchemy, beside peers.

Usage: bench_scale.py [--rows N]: 36,000 figures are a council's (300 KPIs over ten years); 11,412,000 are all of England's.

- ours: each council's figures are written as Parquet (``pmf.warehouse.parquet``) and read through SQLAlchemy from DuckDB, which
  is kept to 1 GB. Validation and rating go sixteen councils at a time, ratings exact to the digit and written as Parquet;
  the roll-up (median, quartiles and reds of every KPI and month over all councils) is one query of DuckDB.
- postgresql: the partitioned warehouse, loaded in bulk; rated and rolled up by SQL windows of floats, results in tables.
- pandas, polars: what they do in memory, in floats, with the table there already: the checks written out by hand, the
  straightforward ratings of ``bench_rating.py``, grouped quantiles. Neither reads nor writes.

The figures are synthetic, those of ``bench_rating.py`` and, for the checks, of ``checks.py``. Each contender has a
process of its own; the peak of its memory is counted from when what it is given is there, for all its phases together. Making
the figures up is not timed. One run each: medians take the smaller sizes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bench_rating as rating
import checks
import numpy as np
import pandas as pd
import pyarrow as pa
from results import ROOT, record
from sqlalchemy import Engine, MetaData, Table, text

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from pmf.rating.history import rate_history
from pmf.rating.policy import load_policy
from pmf.settings import read_settings
from pmf.validation.run import run_suite
from pmf.warehouse.bulk import append_table
from pmf.warehouse.engine import connect, migrate
from pmf.warehouse.parquet import open_history, write_rows
from pmf.warehouse.tables import observation
from postgresql_cluster import Cluster, find_programs

A_COUNCIL = rating.KPIS * rating.MONTHS
AT_ONCE = 16
SHARED: dict[str, Any] = {"comment": "", "status": "final", "source": "import", "file_hash": "f" * 64, "sequence": 0}
MONTHS = [f"{2014 + (3 + month) // 12}-{(3 + month) % 12 + 1:02d}" for month in range(rating.MONTHS)]
Seconds = dict[str, float]
# The checks read a wide table of their own; targets are the register's, and here lie beside the figures.
CHECKED, TARGETS = (Table(name, MetaData()) for name in ("checked", "target"))
RATE = """
    SELECT organisation, kpi_ref, period, CAST(CAST(value AS DECIMAL(18, 2)) * 100 AS BIGINT) AS value, target, direction
    FROM observation JOIN read_parquet('{targets}', hive_partitioning = true) AS target USING (organisation, kpi_ref, period)
    WHERE organisation BETWEEN :first AND :last
"""
ROLL_UP = """
    SELECT kpi_ref, period, count(*) AS councils, quantile_cont(value, [0.25, 0.5, 0.75]) AS quartiles,
        count(*) FILTER (WHERE status = 'red') AS reds
    FROM read_parquet('{rated}') GROUP BY kpi_ref, period
"""


def councils_of(figures: rating.Arrays, councils: int) -> Iterator[tuple[str, pa.Table, pa.Table]]:
    """Hand out council after council: its name, its observations and its targets."""
    kpis = np.repeat(np.arange(rating.KPIS), rating.MONTHS)
    refs = pa.array([f"K{kpi:03d}" for kpi in kpis])
    months = pa.array(MONTHS * rating.KPIS)
    for number in range(councils):
        columns = slice(number * rating.KPIS, (number + 1) * rating.KPIS)
        value, target = (figures[name][:, columns].T.reshape(-1) for name in ("value", "target"))
        is_lower = np.repeat(figures["is_lower"][columns], rating.MONTHS)
        keys = {"kpi_ref": refs, "period": months}
        versions = pa.array([f"{number:08x}{place:08x}" for place in range(A_COUNCIL)])
        said = pa.array([f"{each / 100:.2f}" for each in value.tolist()])
        yield (
            f"council-{number:03d}",
            pa.table(keys | {"version_id": versions, "value": said}),
            pa.table(keys | {"target": target, "direction": pa.array(np.where(is_lower, "lower", "higher"))}),
        )


# ---------------------------------------------------------------------------------------------------------------------- ours


def ours(councils: int, folder: Path) -> Callable[[], Seconds]:
    """Do everything over Parquet files."""
    figures = rating.figures_of(councils)
    names = [f"council-{number:03d}" for number in range(councils)]
    some = [names[start : start + AT_ONCE] for start in range(0, councils, AT_ONCE)]
    for group in some:
        frame = checks.frame_of(len(group) * A_COUNCIL)
        write_rows(folder, CHECKED, group[0], pa.Table.from_pandas(frame, preserve_index=False))
    run_suite(checks.suite(), checks.frame_of(50))  # imports, as in the peers

    def run() -> Seconds:
        loading = 0.0
        for organisation, rows, targets in councils_of(figures, councils):
            began = time.perf_counter()
            for name, value in SHARED.items():
                rows = rows.append_column(name, pa.array([value] * len(rows)))  # noqa: PLW2901
            write_rows(folder, observation, organisation, rows)
            write_rows(folder, TARGETS, organisation, targets)
            loading += time.perf_counter() - began
        history = open_history(folder, options={"memory_limit": "1GB", "threads": 2})
        return {
            "load": loading,
            "validate": timed(lambda: _validate(history, folder, some)),
            "rate": timed(lambda: _rate(history, folder, some)),
            "roll up": timed(lambda: _all(history, ROLL_UP.format(rated=folder / "rated-*.parquet"))),
        }

    return run


def _validate(history: Engine, folder: Path, groups: list[list[str]]) -> None:
    suite = checks.suite()
    for group in groups:
        path = folder / "checked" / f"organisation={group[0]}" / "rows.parquet"
        if not run_suite(suite, _all(history, f"SELECT * FROM read_parquet('{path}')")).findings:  # noqa: S608
            raise SystemExit("the rows that are wrong were not found")


def _rate(history: Engine, folder: Path, groups: list[list[str]]) -> None:
    policy = load_policy(ROOT / "include" / "rating_policies" / "ccc-framework-2024.yaml")
    query = RATE.format(targets=folder / "target" / "*" / "rows.parquet")
    for group in groups:
        frame = _all(history, query, first=group[0], last=group[-1])
        words = {name: frame[name].astype("category") for name in ("organisation", "kpi_ref", "period", "direction")}
        made = rate_history(frame.assign(**words, target_low=frame["target"], target_high=frame["target"]), policy, scale=2)
        rated = pd.concat([frame[["organisation", "kpi_ref", "period", "value"]], made], axis=1)
        rated.to_parquet(folder / f"rated-{group[0]}.parquet", index=False)


def _all(history: Engine, query: str, **parameters: Any) -> pd.DataFrame:
    """Ask through SQLAlchemy, and take the columns as DuckDB hands them out."""
    with history.connect() as connection:
        answer: Any = connection.execute(text(query), parameters).cursor
        found: pd.DataFrame = answer.fetch_df()
        return found


# ----------------------------------------------------------------------------------------------------------------- PostgreSQL


def with_postgresql(councils: int, _folder: Path) -> Callable[[], Seconds]:
    """Load the warehouse in bulk; rate and roll up where the rows are."""
    programs = find_programs()
    if programs is None:
        raise SystemExit("no PostgreSQL server programs")
    cluster = Cluster(programs)
    engine = connect(cluster.url(cluster.create_database()))
    migrate(engine, read_settings({}).sql)
    figures = rating.figures_of(councils)
    windows = rating.windows("figures").replace("::TINYINT", "::SMALLINT").replace("::DOUBLE", "::FLOAT8").replace("** 2", "^ 2")
    source = """
        SELECT row_number() OVER (PARTITION BY organisation, kpi_ref ORDER BY period)::INT - 1 AS month, organisation, kpi_ref AS kpi,
            value::FLOAT8 AS value, target::FLOAT8 / 100 AS target, direction = 'lower' AS is_lower
        FROM observation JOIN target USING (organisation, kpi_ref, period)"""
    rolled = """
        SELECT kpi, month, count(*) AS councils, percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY value) AS quartiles,
            count(*) FILTER (WHERE status = 0) AS reds
        FROM rated JOIN figures USING (organisation, kpi, month) GROUP BY kpi, month"""

    def sql(*statements: str) -> float:
        began = time.perf_counter()
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        return time.perf_counter() - began

    def load() -> float:
        sql("CREATE TABLE target (organisation varchar, kpi_ref varchar, period varchar, target bigint, direction varchar)")
        loading = 0.0
        for organisation, rows, targets in councils_of(figures, councils):
            began = time.perf_counter()
            with engine.begin() as connection:
                append_table(connection, observation, rows, shared=SHARED | {"organisation": organisation, "recorded_at": rating_clock()})
            loading += time.perf_counter() - began
            _copy_targets(engine, organisation, targets)
        return loading

    def run() -> Seconds:
        try:
            return {
                "load": load(),
                "rate": sql(f"CREATE TABLE figures AS {source}", f"CREATE TABLE rated AS {windows}"),
                "roll up": sql(f"CREATE TABLE rolled AS {rolled}"),
            }
        finally:
            cluster.remove()

    return run


def _copy_targets(engine: Engine, organisation: str, targets: pa.Table) -> None:
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        with driver.cursor().copy("COPY target FROM STDIN") as copy:
            for row in zip(*(column.to_pylist() for column in targets.columns), strict=True):
                copy.write_row((organisation, *row))


def rating_clock() -> Any:
    """Name the moment all was recorded at."""
    return pd.Timestamp("2024-05-01T06:00:00Z").to_pydatetime()


# ------------------------------------------------------------------------------------------------------------ pandas, polars


def with_pandas(councils: int, _folder: Path) -> Callable[[], Seconds]:
    """Check and rate in memory."""
    rate = rating.with_pandas(rating.figures_of(councils), councils)
    check = checks.with_pandas(checks.frame_of(councils * A_COUNCIL))

    def run() -> Seconds:
        return {"validate": timed(check), "rate": rate()[0]}

    return run


def with_polars(councils: int, _folder: Path) -> Callable[[], Seconds]:
    """Rate and roll up in memory."""
    import polars as pl

    figures = rating.figures_of(councils)
    rate = rating.with_polars(figures, councils)
    keys = rating.keys_of(councils)

    def run() -> Seconds:
        rating_seconds, answers = rate()
        frame = pl.DataFrame(
            {"kpi": keys["kpi"], "month": keys["month"], "value": figures["value"].reshape(-1), "status": answers["status"]}
        )
        began = time.perf_counter()
        value = pl.col("value")
        quartiles = [value.quantile(share, "linear").alias(str(share)) for share in (0.25, 0.5, 0.75)]
        frame.group_by("kpi", "month").agg(pl.len(), *quartiles, (pl.col("status") == 0).sum())
        return {"rate": rating_seconds, "roll up": time.perf_counter() - began}

    return run


# ----------------------------------------------------------------------------------------------------------------------- run

CONTENDERS = {"ours": ours, "pandas": with_pandas, "polars": with_polars, "postgresql": with_postgresql}


def timed(work: Callable[[], object]) -> float:
    """Time it once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def child(name: str, councils: int) -> None:
    """Run a contender and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        run = CONTENDERS[name](councils, Path(folder))
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        seconds = run()
    peak = next(line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"seconds": seconds, "peak_mb": int(peak.split()[1]) / 1024}))


def main(rows: int) -> None:
    """Print what each took for each phase, and record ours beside the others."""
    councils = max(1, rows // A_COUNCIL)
    what = f"{councils * A_COUNCIL:,} figures of {councils} councils"
    measured = {name: _measure(name, councils) for name in CONTENDERS if name != "postgresql" or find_programs()}
    print(f"{what}\n{'':12}" + "".join(f"{phase:>12}" for phase in measured["ours"]["seconds"]) + f"{'peak MB':>12}")
    for name, found in measured.items():
        times = [found["seconds"].get(phase) for phase in measured["ours"]["seconds"]]
        print(f"{name:12}" + "".join(f"{'–' if each is None else f'{each:.2f} s':>12}" for each in times) + f"{found['peak_mb']:>12.0f}")
    mine = measured["ours"]
    sections = {"load": 6, "validate": 2, "rate": 3, "roll up": 3}
    for peer, found in measured.items():
        for phase in found["seconds"].keys() & mine["seconds"].keys() if peer != "ours" else ():
            most = {"at_most": 6} if phase == "validate" else {}
            words = f"{phase} {what}, Parquet and DuckDB"
            others: dict[str, Any] = {"theirs": found["seconds"][phase], "peak_mb": mine["peak_mb"], **most}
            record(sections[phase], words, ours=mine["seconds"][phase], peer=peer, **others)


def _measure(name: str, councils: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--child", name, "--rows", str(councils * A_COUNCIL)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - this very file
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=72_000)
    parser.add_argument("--child", choices=CONTENDERS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child, asked.rows // A_COUNCIL)
    else:
        main(asked.rows)
