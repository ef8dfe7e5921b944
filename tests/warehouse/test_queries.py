"""The queries of ``sql/`` and the read views: the same text, and the same answer, on both databases."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Engine, Integer, Table, inspect
from sqlalchemy.types import TypeEngine

from pmf.settings import read_settings
from pmf.warehouse.access import append_new, read
from pmf.warehouse.columntypes import Exact, Instant
from pmf.warehouse.engine import connect, open_warehouse, reading
from pmf.warehouse.tables import document, finding, metadata, observation, rating, received_file, validation_run
from postgresql_cluster import Cluster
from table_rows import NOON, row

SQL = read_settings({}).sql
QUERIES = sorted(path.stem for path in SQL.glob("*.sql"))
VIEWS = sorted({path.stem for path in (SQL / "views").rglob("*.sql")})
ROWS_PER_TABLE = 300
MONTHS = ["2024-07", "2024-08", "2024-09"]
# What a column may hold where "x", "y" would join nothing or match no condition.
POOLS: dict[str, list[Any]] = {
    "organisation": ["anglia", "Anglia-2"],
    "period": MONTHS,
    "inbox_period": MONTHS,
    "previous_period": MONTHS,
    "kpi_ref": ["B1", "a-2", "a1", "_x", "Ä"],
    "service_id": ["housing", "adult-care", "Libraries"],
    "file_hash": [f"hash{number}" for number in range(40)],
    "outcome": ["accepted", "accepted", "rejected"],
    "severity": ["critical", "warning"],
    "dimension": ["all", "accuracy", "validity"],
    "source": ["return", "return", "import"],
    "channel": ["form", "form", "actions", "waste-system"],
    "event": ["chase", "request"],
    "financial_year": ["2023-24", "2024-25"],
    "point": ["returns", "ratings"],
    "stage": ["open", "collect", "rate"],
    "policy_id": ["ccc-q2-2024", "hdc-intervention"],
    "state": ["queued", "sent", "refused"],
    "status": ["red", "final", "restated"],
    "query_id": [f"Q-{number}" for number in range(40)],
    "kind": ["asked", "answered", "accepted", "escalated", "withdrawn", "opened", "planned", "closed"],
    "part": ["cause", "steps"],
    "question_id": [f"M-{number}" for number in range(40)],
    "months_used": ["", "2024-07", "2024-07,2024-08"],
}
# One value for every parameter a query may name; a query with a new one needs it here.
PARAMETERS: dict[str, Any] = {
    "as_at": NOON + timedelta(hours=3),
    "first_period": MONTHS[0],
    "last_period": MONTHS[-1],
    "file_hashes": POOLS["file_hash"],
    "kpi_refs": POOLS["kpi_ref"],
    "action_refs": ["x", "Y"],
    "line_refs": ["x", "Y"],
    "digest": "x",
    "periods": MONTHS[:2],
    "is_public": 1,
    "intervention_id": "x",
    "committee_id": "x",
    "body_before": "x",
    "since": NOON,
    "made_from": NOON,
    "earlier": MONTHS[0],
    "earlier_policy_id": "ccc-q2-2024",
} | {name: pool[0] for name, pool in POOLS.items()}


def any_value(name: str, kind: TypeEngine[Any], dice: random.Random) -> Any:
    if name in POOLS:
        return dice.choice(POOLS[name])
    if isinstance(kind, Exact):
        return Decimal(dice.choice(["1.50", "-2", "0.333333333333333", "100000"]))
    if isinstance(kind, Instant):
        return NOON + timedelta(hours=dice.choice([0, 3, 3, 6]))
    if isinstance(kind, Boolean):
        return dice.random() < 0.5
    return dice.randrange(3) if isinstance(kind, Integer) else dice.choice(["x", "Y", f"_{dice.random()}"])


def any_row(table: Table, dice: random.Random) -> dict[str, Any]:
    columns = [column for column in table.c if column.name != "content"]
    values = {c.name: None if c.nullable and dice.random() < 0.3 else any_value(c.name, c.type, dice) for c in columns}
    if table is received_file and values["outcome"] == "accepted":  # a form that was accepted could be read, so it says whose it is
        values |= {"service_id": values["service_id"] or "housing", "period": values["period"] or MONTHS[0]}
    if table is validation_run and values["period"] == MONTHS[-1]:  # the last month's cycle is still to come
        values["period"] = MONTHS[0]
    return row(table, **values)


def any_rows(table: Table) -> list[dict[str, Any]]:
    dice = random.Random(table.name)  # noqa: S311 - the same rows every time
    return [any_row(table, dice) for _ in range(ROWS_PER_TABLE)]


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in metadata.tables.values():
            append_new(connection, table, any_rows(table))


def answers(engine: Engine, folder: Path, name: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        return read(connection, name, sql_root=folder, **parameters)


def parameters_of(query: str) -> dict[str, Any]:
    lines = (SQL / f"{query}.sql").read_text().splitlines()
    return {name: PARAMETERS[name] for line in lines if not line.startswith("--") for name in re.findall(r":(\w+)", line)}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A warehouse on SQLite with rows in every table."""
    engine = open_warehouse(read_settings({"PMF_HOME": str(tmp_path_factory.mktemp("full"))}))
    fill(engine)
    return engine


@pytest.fixture(scope="module")
def twins(full: Engine, postgres: Cluster, postgres_template: str) -> tuple[Engine, Engine]:
    """The same rows in both databases."""
    twin = connect(postgres.url(postgres.create_database(template=postgres_template)))
    fill(twin)
    return full, twin


@pytest.mark.postgresql
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_answers_alike_on_both_databases(name: str, twins: tuple[Engine, Engine]) -> None:
    """Every query gives the same rows of the same types in the same order on SQLite and PostgreSQL, nulls and all."""
    on_sqlite, on_postgresql = (answers(engine, SQL, name, parameters_of(name)) for engine in twins)
    assert on_sqlite == on_postgresql
    assert list(map(repr, on_sqlite)) == list(map(repr, on_postgresql))
    assert on_sqlite, "the rows of this test let the query find nothing, so it was not tested: give it values in POOLS"


@pytest.mark.postgresql
@pytest.mark.parametrize("name", VIEWS)
def test_a_view_answers_alike_on_both_databases(name: str, twins: tuple[Engine, Engine], tmp_path: Path) -> None:
    """Every read view has the same columns and the same rows on SQLite and PostgreSQL."""
    (tmp_path / "all.sql").write_text(f"SELECT * FROM {name}")  # noqa: S608 - the test's own words
    on_sqlite, on_postgresql = (answers(engine, tmp_path, "all", {}) for engine in twins)
    assert sorted(map(str, on_sqlite)) == sorted(map(str, on_postgresql))
    assert on_sqlite


def test_the_views_are_those_of_the_folder(engine: Engine) -> None:
    """Each file of ``sql/views`` is a view of its name, and there is no other."""
    assert sorted(inspect(engine).get_view_names()) == VIEWS


@pytest.mark.parametrize(
    ("view", "query", "key"),
    [
        ("v_observation_now", "observations_as_known", ["kpi_ref", "period"]),
        ("v_return_latest", "accepted_returns", ["service_id"]),
        ("v_rating_latest", "ratings_at", ["kpi_ref"]),
        ("v_comparison_latest", "comparisons_at", ["kpi_ref", "kind", "about"]),
    ],
)
def test_a_view_says_what_the_cycle_reads(full: Engine, tmp_path: Path, view: str, query: str, key: list[str]) -> None:
    """What Power BI sees is what the reports use: a view agrees with the cycle's own query asked at the end of time."""
    parameters = parameters_of(query) | {"as_at": NOON.replace(year=2100)}
    fixed = {name: value for name, value in parameters.items() if name in ("organisation", "period", "policy_id")}
    condition = " AND ".join(f"{name} = :{name}" for name in fixed)
    (tmp_path / "view.sql").write_text(f"SELECT * FROM {view} WHERE {condition}")  # noqa: S608 - the test's own words
    seen = answers(full, tmp_path, "view", fixed)
    read_by_cycle = [row for row in answers(full, SQL, query, parameters) if row.get("channel", "form") == "form"]
    columns = seen[0].keys()

    def order(found: Mapping[str, Any]) -> list[Any]:
        return [found[name] for name in key]

    assert sorted(seen, key=order) == sorted(({name: found[name] for name in columns} for found in read_by_cycle), key=order)


def test_a_later_return_replaces_the_whole_earlier_one(engine: Engine, tmp_path: Path) -> None:
    """A KPI that the service's later return leaves out has no figure now; imported history stands until there is a return."""
    common = {"organisation": "a", "period": "2024-09"}
    files = [
        row(received_file, **common, service_id="s", channel="form", outcome="accepted", file_hash="old"),
        row(received_file, **common, service_id="s", channel="form", outcome="accepted", file_hash="new", sequence=1),
        row(received_file, **common, service_id="s", outcome="rejected", file_hash="bad", received_at=NOON + timedelta(days=1)),
    ]
    figures = [
        row(observation, **common, kpi_ref="left-out", version_id="1", source="return", file_hash="old"),
        row(observation, **common, kpi_ref="kept", version_id="2", source="return", file_hash="old"),
        row(observation, **common, kpi_ref="kept", version_id="3", source="return", file_hash="new"),
        row(observation, **common, kpi_ref="kept", version_id="4", source="import", file_hash="csv"),
        row(observation, **common, kpi_ref="history", version_id="5", source="import", file_hash="csv"),
    ]
    (tmp_path / "now.sql").write_text("SELECT kpi_ref, version_id FROM v_observation_now ORDER BY kpi_ref")
    (tmp_path / "returns.sql").write_text("SELECT service_id, file_hash FROM v_return_latest")
    with engine.begin() as connection:
        append_new(connection, received_file, files)
        append_new(connection, observation, figures)
    assert answers(engine, tmp_path, "now", {}) == [{"kpi_ref": "history", "version_id": "5"}, {"kpi_ref": "kept", "version_id": "3"}]
    assert answers(engine, tmp_path, "returns", {}) == [{"service_id": "s", "file_hash": "new"}]


def test_only_the_last_run_is_seen(engine: Engine, tmp_path: Path) -> None:
    """Ratings and documents are the last made of each; a validation that found nothing hides what an earlier one found."""
    later = NOON + timedelta(days=1)
    with engine.begin() as connection:
        append_new(connection, rating, [row(rating, status="red", as_at=NOON), row(rating, status="green", as_at=later)])
        append_new(connection, document, [row(document, content_hash="1", as_at=NOON), row(document, content_hash="2", as_at=later)])
        append_new(connection, finding, [row(finding, point="returns", as_at=NOON), row(finding, point="ratings", as_at=NOON)])
        runs = [("returns", NOON), ("returns", later), ("ratings", NOON)]
        append_new(connection, validation_run, [row(validation_run, point=point, as_at=as_at) for point, as_at in runs])
    expected = [
        ("v_rating_latest", "status", "green"),
        ("v_document_latest", "content_hash", "2"),
        ("v_finding_latest", "point", "ratings"),
    ]
    for view, column, value in expected:
        (tmp_path / f"{view}.sql").write_text(f"SELECT {column} FROM {view}")  # noqa: S608 - the test's own words
        assert answers(engine, tmp_path, view, {}) == [{column: value}]
