"""The warehouse's history as Parquet files, a folder for each organisation, and DuckDB reading them by the same queries.

For questions across many councils and many years, where a column store answers in a fraction of the time. The files are a copy:
nothing is ever read back from them into the warehouse. What they need comes with the optional packages ``scale``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, StaticPool, Table, create_engine, event, select

from pmf.warehouse.bulk import columns_of
from pmf.warehouse.tables import observation, rating, received_file, return_release, returned_line

if TYPE_CHECKING:
    import pyarrow as pa

# What the queries about figures and their ratings read.
TABLES = (observation, received_file, return_release, returned_line, rating)
_FILE = "rows.parquet"


def organisations_of(connection: Connection) -> list[str]:
    """List the organisations that have figures."""
    return list(connection.execute(select(observation.c.organisation).distinct().order_by(observation.c.organisation)).scalars())


def export_organisation(connection: Connection, folder: Path, organisation: str) -> int:
    """Write the history of an organisation anew; return how many rows that is."""
    total = 0
    for table in TABLES:
        found = connection.execute(select(table).where(table.c.organisation == organisation).order_by(*table.primary_key))
        rows = [dict(row) for row in found.mappings()]
        write_rows(folder, table, organisation, columns_of(table, rows or [dict.fromkeys(table.c.keys())]).slice(0, len(rows)))
        total += len(rows)
    return total


def write_rows(folder: Path, table: Table, organisation: str, rows: pa.Table) -> None:
    """Write an organisation's rows of a table: figures as text, digit for digit. A reader finds the old file or the new one."""
    from pyarrow.parquet import write_table

    path = folder / table.name / f"organisation={organisation}" / _FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    write_table(rows.drop_columns("organisation") if "organisation" in rows.column_names else rows, beside, compression="zstd")
    beside.rename(path)


def open_history(folder: Path, *, options: Mapping[str, Any] | None = None) -> Engine:
    """Open a folder of such files as a database of the same table names, to be read by the queries of ``sql/``.

    ``options`` are DuckDB's settings, such as ``memory_limit`` and ``threads``.
    """
    engine = create_engine("duckdb:///:memory:", poolclass=StaticPool, connect_args={"config": dict(options or {})})

    @event.listens_for(engine, "connect")
    def _name_tables(driver: Any, _record: Any) -> None:
        for statement in _views(folder):
            driver.execute(statement)

    return engine


def _views(folder: Path) -> Iterable[str]:
    for table in TABLES:
        if (folder / table.name).is_dir():
            files = str(folder / table.name / "*" / _FILE).replace("'", "''")
            source = f"read_parquet('{files}', hive_partitioning = true, hive_types = {{'organisation': VARCHAR}}, union_by_name = true)"
            yield f"CREATE VIEW {table.name} AS SELECT * FROM {source}"  # noqa: S608 - of the tables' own names
