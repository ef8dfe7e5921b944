"""Load a history into the warehouse, in bulk and a month at a time, on both databases, beside pandas' ``to_sql`` in the same run.

Usage: bench_loading.py [--rows N] [--times N]

The figures are synthetic and in the order of a history's file: 300 KPIs over 120 months of as many councils as it takes. All go
into the table ``observation`` of a migrated warehouse, keys, indices and, on PostgreSQL, partitions included, in one transaction,
each time into a new database. Each contender gets them in the form that suits it: ours as Arrow columns with decimals, ``to_sql``
as a data frame with floats, ``append_new`` as dictionaries. What the driver alone takes for the same rows in the same table, and
ADBC for what differs in a table without keys, are told beside them. Times are medians.

A month's upsert is 300 figures, half of them there already, added by ``append_new`` and committed in the warehouse that then
holds all the others, on a connection that is open, as it is in the middle of a stage. The PostgreSQL server is this program's
own, without fsync, its data in memory where there is room; the SQLite file lies in the temporary folder.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from results import record

from pmf.settings import read_settings
from pmf.warehouse.access import append_new
from pmf.warehouse.bulk import append_table
from pmf.warehouse.engine import connect, migrate
from pmf.warehouse.tables import observation
from postgresql_cluster import Cluster, find_programs

KPIS, MONTHS = 300, 120
SHARED: dict[str, Any] = {
    "comment": "",
    "status": "final",
    "source": "import",
    "file_hash": "f" * 64,
    "recorded_at": datetime(2024, 5, 1, 6, tzinfo=UTC),
    "sequence": 0,
    "sender": "Annual report",
}
MONTH_ROWS, MONTH_LIMIT = 300, 0.015


def history(rows: int) -> pa.Table:
    """Make the columns that differ from row to row."""
    number = np.arange(rows)
    month = number % MONTHS
    figures = np.random.default_rng(3).integers(0, 10**6, rows)
    return pa.table(
        {
            "organisation": pa.array([f"council-{place:03d}" for place in number // (KPIS * MONTHS)]),
            "kpi_ref": pa.array([f"K{place:03d}" for place in number // MONTHS % KPIS]),
            "period": pa.array([f"{2014 + (3 + place) // 12}-{(3 + place) % 12 + 1:02d}" for place in month]),
            "version_id": pa.array([hashlib.sha256(b"%d" % place).hexdigest()[:16] for place in number]),
            "value": pa.array([Decimal(int(figure)).scaleb(-2) for figure in figures], pa.decimal128(18, 2)),
            "cell": pa.array([f"line {place}" for place in number + 2]),
        }
    )


@dataclass(frozen=True)
class Database:
    """A kind of database, and how a new warehouse without rows is made on it."""

    name: str
    new: Callable[[], Engine]


def ours(engine: Engine, figures: pa.Table) -> Callable[[], object]:
    """Load in bulk."""

    def run() -> None:
        with engine.begin() as connection:
            append_table(connection, observation, figures, shared=SHARED)

    return run


def one_by_one(engine: Engine, figures: pa.Table) -> Callable[[], object]:
    """Load as a month is: statements of many rows, prepared in Python."""
    rows = [SHARED | row for row in figures.to_pylist()]

    def run() -> None:
        with engine.begin() as connection:
            append_new(connection, observation, rows)

    return run


def with_pandas(engine: Engine, figures: pa.Table) -> Callable[[], object]:
    """Load with ``to_sql``, all that is said of a row in its data frame."""
    frame = figures.to_pandas().astype({"value": float}).assign(**SHARED)
    if engine.dialect.name == "sqlite":  # as the warehouse holds them there
        frame = frame.astype({"value": str}).assign(recorded_at=SHARED["recorded_at"].isoformat())

    def run() -> None:
        with engine.begin() as connection:
            frame.to_sql("observation", connection, if_exists="append", index=False)

    return run


def driver_alone(engine: Engine, figures: pa.Table) -> Callable[[], object]:
    """What the same table costs the driver itself, looking for nothing: ``executemany`` on SQLite, rows by COPY on PostgreSQL."""
    is_sqlite = engine.dialect.name == "sqlite"
    stored = SHARED | {"recorded_at": SHARED["recorded_at"].isoformat()}
    names = ", ".join([*figures.column_names, *stored])
    columns = figures.set_column(4, "value", figures.column("value").cast(pa.string())).to_pydict().values()
    rows = [(*row, *stored.values()) for row in zip(*columns, strict=True)]
    places = ", ".join("?" * len(rows[0]))

    def run() -> None:
        with engine.begin() as connection:
            driver: Any = connection.connection.driver_connection
            if is_sqlite:
                driver.executemany(f"INSERT INTO observation ({names}) VALUES ({places})", rows)  # noqa: S608 - columns of ours
                return
            with driver.cursor().copy(f"COPY observation ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    return run


def without_keys(engine: Engine, figures: pa.Table) -> Callable[[], object]:
    """The limit: ADBC, on a connection of its own, into a table without keys that it makes itself, of what differs alone."""
    from adbc_driver_postgresql import dbapi as postgresql
    from adbc_driver_sqlite import dbapi as sqlite

    is_sqlite = engine.dialect.name == "sqlite"
    where = str(engine.url.database) if is_sqlite else engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    columns = figures.set_column(4, "value", figures.column("value").cast(pa.string()))

    def run() -> None:
        with (sqlite if is_sqlite else postgresql).connect(where) as connection, connection.cursor() as cursor:
            cursor.adbc_ingest("without_keys", columns)
            connection.commit()

    return run


def seconds(run: Callable[[], object]) -> float:
    """Time a run."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def compare(database: Database, figures: pa.Table, times: int) -> None:
    """Load everything with each contender, in turn, then a month."""
    taken: dict[str, list[float]] = {}
    for _ in range(times):
        for contender in (ours, one_by_one, with_pandas, driver_alone, without_keys):
            engine = database.new()
            contender(engine, figures.slice(0, 10))()  # imports, and the first connection
            engine = database.new()
            taken.setdefault(contender.__name__, []).append(seconds(contender(engine, figures)))
            engine.dispose()
    median = {name: statistics.median(found) for name, found in taken.items()}
    what = f"{len(figures):,} figures into {database.name}"
    record(6, f"{what}, in bulk", ours=median["ours"], peer="pandas.to_sql", theirs=median["with_pandas"], at_least=8)
    record(6, f"{what}, in bulk", ours=median["ours"], peer="the driver alone into the same table", theirs=median["driver_alone"])
    record(6, f"{what}, in bulk", ours=median["ours"], peer="ADBC into a table without keys", theirs=median["without_keys"])
    record(6, f"{what}, as a month is", ours=median["one_by_one"], peer="pandas.to_sql", theirs=median["with_pandas"])


def upsert(database: Database, figures: pa.Table) -> None:
    """Add month after month to a warehouse that holds the history."""
    engine = database.new()
    ours(engine, figures)()
    taken = []
    with engine.connect() as connection:
        for month in range(1, 21):
            rows = [_row(kpi, month) for kpi in range(MONTH_ROWS)]
            with connection.begin():
                append_new(connection, observation, rows[::2])
            began = time.perf_counter()
            with connection.begin():
                append_new(connection, observation, rows)
            taken.append(time.perf_counter() - began)
    what = f"a month's {MONTH_ROWS} figures into {database.name} of {len(figures):,}"
    record(6, what, ours=statistics.median(taken), peer="the limit of 15 ms", theirs=MONTH_LIMIT, at_most=1)


def _row(kpi: int, month: int) -> dict[str, Any]:
    nothing = dict.fromkeys(observation.c.keys())
    key = {"organisation": "council-000", "kpi_ref": f"K{kpi:03d}", "period": f"{2030 + month // 12}-{month % 12 + 1:02d}"}
    return nothing | SHARED | key | {"version_id": f"{kpi:08d}", "value": Decimal(kpi), "cell": "E12"}


def main() -> None:
    """Compare on both databases, on SQLite alone where no PostgreSQL is installed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    figures, sql, programs = history(asked.rows), read_settings({}).sql, find_programs()
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "first.db"
        migrate(connect(f"sqlite:///{first}"), sql)
        databases = [Database("SQLite", lambda: connect(f"sqlite:///{shutil.copy(first, tempfile.mkdtemp(dir=folder))}"))]
        cluster = Cluster(programs) if programs else None
        try:
            if cluster:
                template = cluster.create_database()
                migrate(connect(cluster.url(template)), sql)
                databases.append(Database("PostgreSQL", lambda: connect(cluster.url(cluster.create_database(template=template)))))
            for database in databases:
                compare(database, figures, asked.times)
                upsert(database, figures)
        finally:
            if cluster:
                cluster.remove()


if __name__ == "__main__":
    main()
