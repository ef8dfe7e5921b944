"""The history as Parquet files, and DuckDB answering as the warehouse does."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from pmf.settings import Settings
from pmf.warehouse.access import append_new, read
from pmf.warehouse.engine import reading
from pmf.warehouse.parquet import export_organisation, open_history, organisations_of
from pmf.warehouse.tables import observation, rating, received_file, return_release, returned_line
from table_rows import NOON, row

MONTHS = [f"2024-{month:02d}" for month in range(1, 10)]
REFS = ["9", "10", "K1"]
QUERIES: dict[str, dict[str, Any]] = {
    "observations_as_known": {"first_period": MONTHS[0], "last_period": MONTHS[-1]},
    "figure_versions_at": {"kpi_refs": REFS, "periods": MONTHS[2:5]},
    "observed_versions": {"period": MONTHS[3]},
}


def fill(engine: Engine) -> None:
    """Store returns, corrections and imports of two councils that contradict each other in every way."""
    dice = random.Random(7)  # noqa: S311 - for made-up rows
    rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in (received_file, return_release, returned_line, observation, rating)}
    for number in range(300):
        organisation, period, ref = dice.choice("ab"), dice.choice(MONTHS), dice.choice(REFS)
        source, at = dice.choice(["return", "source", "entry", "import"]), NOON + timedelta(hours=dice.randrange(40))
        key: dict[str, Any] = {"organisation": organisation, "period": period, "file_hash": f"f{number}"}
        value = None if number % 9 == 0 else Decimal(dice.randrange(10**9)).scaleb(-dice.randrange(8))
        comment = dice.choice(["", "Words, “quoted”\nand broken."])
        if source != "import":
            channel = "form" if source == "return" else f"{source}:{ref}"
            needs = number % 11 == 0
            rows[received_file].append(
                row(
                    received_file,
                    **key,
                    inbox_period=period,
                    received_at=at,
                    outcome="accepted",
                    channel=channel,
                    service_id="s",
                    needs_release=needs,
                )
            )
            rows[returned_line].append(row(returned_line, **key, kpi_ref=ref, comment=comment, forecast=value, received_at=at))
            if number % 22 == 0:
                rows[return_release].append(row(return_release, **key, released_at=at + timedelta(hours=1)))
        rows[observation].append(
            row(
                observation,
                **key,
                kpi_ref=ref,
                version_id=str(number),
                source=source,
                value=value,
                comment=comment,
                recorded_at=at,
                sequence=number % 3,
            )
        )
        rows[rating].append(
            row(rating, organisation=organisation, period=period, kpi_ref=ref, as_at=at, policy_id=f"p{number}", value=value)
        )
    with engine.begin() as connection:
        for table, made in rows.items():
            append_new(connection, table, made)


@pytest.fixture
def files(engine: Engine, tmp_path: Path) -> Path:
    """A warehouse's history as files."""
    fill(engine)
    folder = tmp_path / "history"
    with reading(engine) as connection:
        assert organisations_of(connection) == ["a", "b"]
        assert sum(export_organisation(connection, folder, organisation) for organisation in "ab") > 600
    return folder


@pytest.mark.parametrize("query", QUERIES)
def test_duckdb_answers_as_the_warehouse_does(engine: Engine, files: Path, settings: Settings, query: str) -> None:
    """The same query gives the same rows, figures to the digit, from the files as from the warehouse, at any moment."""
    history = open_history(files)
    for hours in (5, 20, 60):
        asked = QUERIES[query] | {"organisation": "a", "as_at": NOON + timedelta(hours=hours)}
        with reading(engine) as connection, history.connect() as other:
            expected = read(connection, query, sql_root=settings.sql, **asked)
            assert read(other, query, sql_root=settings.sql, **asked) == expected
        assert expected
    history.dispose()


def test_exporting_again_replaces_an_organisation_alone(engine: Engine, files: Path) -> None:
    """Files are written anew for the organisation that is asked for; the other's stay, and nothing is left beside them."""
    other = files / "observation" / "organisation=b" / "rows.parquet"
    before = other.stat().st_mtime_ns
    with engine.begin() as connection:
        append_new(connection, observation, [row(observation, organisation="a", kpi_ref="new")])
    with reading(engine) as connection:
        export_organisation(connection, files, "a")
    with open_history(files).connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM observation WHERE kpi_ref = 'new'")).scalar_one() == 1
        assert connection.execute(text("SELECT COUNT(*) FROM observation")).scalar_one() == 301
    assert other.stat().st_mtime_ns == before
    assert list(files.rglob("*.part")) == []


def test_an_organisation_without_rows_has_empty_tables(engine: Engine, tmp_path: Path) -> None:
    """Tables nothing is in can be asked all the same."""
    with engine.begin() as connection:
        append_new(connection, observation, [row(observation, organisation="a")])
    with reading(engine) as connection:
        export_organisation(connection, tmp_path, "a")
    with open_history(tmp_path, options={"threads": 1}).connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM rating")).scalar_one() == 0
        assert connection.execute(text("SELECT organisation FROM observation")).scalars().all() == ["a"]
