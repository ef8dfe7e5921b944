"""The read views keep what they promise to those who build on them: columns, meaning, and a reader's narrow rights."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from pmf.cycle.definitions import definition_rows
from pmf.period import FinancialYear, Month, Period, Quarter, parse_period
from pmf.register import load_register
from pmf.settings import read_settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import connect, migrate, reading
from pmf.warehouse.tables import kpi_definition, publication, rating, site_release, stage_run, validation_run
from postgresql_cluster import Cluster
from table_rows import NOON, row

# View, column and type of all that readers have been promised so far. A new column is added at the end of its view's, and here.
PROMISED = Path(__file__).with_name("promised_views.csv")
TYPES = {"VARCHAR": "text", "TEXT": "text", "NUMERIC": "figure", "TIMESTAMP": "instant", "BOOLEAN": "yes/no", "INTEGER": "number"}
TYPES |= {"BIGINT": "number"}
GUIDE = read_settings({}).project_root / "docs" / "power-bi.md"
LATER = NOON + timedelta(days=1)


def promised() -> dict[str, list[tuple[str, str]]]:
    rows = list(csv.reader(PROMISED.read_text(encoding="utf-8").splitlines()[1:]))
    return {view: [(column, kind) for _, column, kind in group] for view, group in groupby(rows, key=lambda item: item[0])}


def seen(engine: Engine, query: str) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        return [dict(found) for found in connection.execute(text(query)).mappings()]


def test_views_keep_their_columns(engine: Engine) -> None:
    """Every column readers were promised is where it was; there is no view and no column beyond what is promised."""
    inspector = inspect(engine)
    found = {name: [column["name"] for column in inspector.get_columns(name)] for name in sorted(inspector.get_view_names())}
    assert found == {view: [column for column, _ in columns] for view, columns in promised().items()}


@pytest.mark.postgresql
def test_views_keep_their_types(postgres: Cluster, postgres_template: str) -> None:
    """On PostgreSQL, where columns have types, figures are exact numbers, instants have a time zone and counts are whole."""
    inspector = inspect(connect(postgres.url(postgres_template)))
    for view, columns in promised().items():
        found = [(column["name"], TYPES[type(column["type"]).__name__]) for column in inspector.get_columns(view)]
        assert found == columns, view


def test_a_migration_leaves_the_views_of_before(empty_warehouse_url: str) -> None:
    """Whichever release made the warehouse, its views after the migration are those of a new one."""
    from alembic import command
    from alembic.config import Config

    settings, engine = read_settings({}), connect(empty_warehouse_url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(settings.sql / "migrations"))
        command.upgrade(config, "0005")
        connection.execute(site_release.insert(), row(site_release, organisation="a", digest="1", manifest=MANIFEST))
    before = {name: [column["name"] for column in inspect(engine).get_columns(name)] for name in inspect(engine).get_view_names()}
    migrate(engine, settings.sql)
    after = {name: [column["name"] for column in inspect(engine).get_columns(name)] for name in inspect(engine).get_view_names()}
    assert {name: after[name][: len(columns)] for name, columns in before.items()} == before
    published = seen(engine, "SELECT organisation, period, document_id, title, content_digest, edition, recency FROM v_publication")
    names = {"organisation": "a", "period": "2024-25-Q2", "document_id": "paper-x", "title": "A paper", "content_digest": "c"}
    assert published == [names | {"edition": 1, "recency": 1}]


def told(language: str) -> str:
    """The guide's code in a language."""
    return GUIDE.read_text(encoding="utf-8").split(f"```{language}\n")[1].split("```")[0]


MANIFEST = """{"publications": [{"period": "2024-25-Q2", "document_id": "paper-x", "title": "A paper", "content_digest": "c",
  "published_at": "2024-10-14T10:00:00Z", "made_at": "2024-10-14T06:00:00Z"}]}"""


@contextmanager
def as_reader(engine: Engine) -> Iterator[Connection]:
    """A connection as the role that docs/power-bi.md says to make, with that page's own words."""
    with engine.begin() as connection:
        driver = connection.connection.dbapi_connection
        assert driver
        driver.execute(told("sql"))  # type: ignore[attr-defined]  # psycopg's own: the script has percent signs that are no parameters
    with engine.connect() as connection:
        connection.execute(text("SET ROLE pmf_reader"))
        yield connection
        connection.rollback()
        connection.execute(text("RESET ROLE"))
        for statement in ("DROP OWNED BY pmf_reader", "DROP ROLE pmf_reader"):
            connection.execute(text(statement))
        connection.commit()


@pytest.mark.postgresql
def test_a_reader_sees_the_views_and_nothing_else(postgres: Cluster, postgres_template: str) -> None:
    """The role the guide makes reads every view and no table, and makes nothing of its own."""
    engine = connect(postgres.url(postgres.create_database(template=postgres_template)))
    tables = inspect(engine).get_table_names()
    with as_reader(engine) as connection:
        for view in promised():
            connection.execute(text(f"SELECT * FROM {view}"))  # noqa: S608 - the test's own words
        for table in tables:
            with pytest.raises(ProgrammingError, match="permission denied"), connection.begin_nested():
                connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
        with pytest.raises(ProgrammingError, match="permission denied"), connection.begin_nested():
            connection.execute(text("CREATE TABLE mine (column_ INTEGER)"))


def test_periods_are_told_as_the_reports_tell_them(engine: Engine) -> None:
    """Label, days, length, year and quarter of every period that is stored are those the reports print, leap years included."""
    months = [Month(year, month) for year in (2023, 2024) for month in range(1, 13)]
    periods: list[Period] = [*months, *{month.quarter for month in months}, *{month.financial_year for month in months}]
    with engine.begin() as connection:
        append_new(connection, rating, [row(rating, period=period.key) for period in periods])
    for found in seen(engine, "SELECT * FROM v_period"):
        period = parse_period(found["period"])
        assert (found["label"], found["months"], found["financial_year"]) == (period.label, len(period.months), period.financial_year.key)
        assert (found["first_day"], found["last_day"]) == (period.first_day.isoformat(), period.last_day.isoformat())
        assert found["kind"] == {Month: "month", Quarter: "quarter", FinancialYear: "year"}[type(period)]
        assert found["quarter"] == (None if isinstance(period, FinancialYear) else period.months[0].quarter.key)
        periods.remove(period)
    assert periods == []


def test_kpis_are_those_of_the_register_used_last(engine: Engine) -> None:
    """Definitions of an earlier register are hidden, those of another council are not; each KPI's last version is marked."""
    register = load_register(read_settings({}).organisations / "cambridgeshire")
    mine = definition_rows(register)
    with engine.begin() as connection:
        append_new(connection, kpi_definition, [*mine, *(item | {"register_digest": "old", "title": "As it was"} for item in mine)])
        append_new(connection, kpi_definition, [item | {"organisation": "b", "register_digest": "b"} for item in mine[:1]])
        runs = [("cambridgeshire", "old", NOON), ("cambridgeshire", register.digest, LATER), ("b", "b", NOON)]
        rows = [row(stage_run, organisation=slug, register_digest=digest, as_at=at) for slug, digest, at in runs]
        append_new(connection, stage_run, rows)
    found = seen(engine, "SELECT * FROM v_kpi WHERE organisation = 'cambridgeshire'")
    assert sorted((item["kpi_ref"], item["valid_from"], item["title"]) for item in found) == sorted(
        (kpi.kpi_ref, kpi.valid_from.isoformat(), kpi.title) for kpi in register.kpi_versions
    )
    last = {item["kpi_ref"]: item["valid_from"] for item in found if item["recency"] == 1}
    assert last == {ref: max(kpi.valid_from for kpi in register.kpi_versions if kpi.kpi_ref == ref).isoformat() for ref in last}
    assert {item["committee_name"] for item in found if item["kpi_ref"] == "36"} == {"Communities, Social Mobility and Inclusion Committee"}
    assert len(seen(engine, "SELECT * FROM v_kpi WHERE organisation = 'b'")) == 1


def test_what_was_done_and_went_out_last_is_marked(engine: Engine) -> None:
    """The last validation of each point, the last run of each stage, and the edition that readers see."""
    with engine.begin() as connection:
        outcomes = [("fail", NOON), ("pass", LATER)]
        append_new(connection, validation_run, [row(validation_run, outcome=outcome, as_at=at) for outcome, at in outcomes])
        append_new(connection, stage_run, [row(stage_run, as_at=NOON), row(stage_run, as_at=LATER), row(stage_run, stage="y", as_at=NOON)])
        editions = [row(publication, title=title, published_at=at) for title, at in (("first", NOON), ("corrected", LATER))]
        append_new(connection, publication, editions)
    assert [item["outcome"] for item in seen(engine, "SELECT outcome FROM v_validation_latest")] == ["pass"]
    assert len(seen(engine, "SELECT * FROM v_stage_latest")) == 2
    found = seen(engine, "SELECT title, edition, recency FROM v_publication ORDER BY edition")
    assert found == [{"title": "first", "edition": 1, "recency": 2}, {"title": "corrected", "edition": 2, "recency": 1}]


def test_the_guide_names_what_there_is(engine: Engine) -> None:
    """Every view is in the guide, every column its measures name is promised, and its query runs."""
    words, views = GUIDE.read_text(encoding="utf-8"), promised()
    assert set(re.findall(r"^\| `(v_\w+)` \|", words, flags=re.MULTILINE)) == set(views)
    columns = {(view, column) for view in views for column, _ in views[view]}
    assert set(re.findall(r"(v_\w+)\[(\w+)\]", words)) <= columns
    assert seen(engine, told("sqlite")) == []
