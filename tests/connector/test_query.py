"""Queries on real databases: exact, harmless, and clear when they fail."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from pmf.connector import ConnectorError
from pmf.connector.query import run_query
from pmf.period import Month
from pmf.warehouse.engine import connect

SEPTEMBER = Month(2024, 9)
ROWS = "SELECT kpi, month, actual, remarks FROM figures WHERE month = :period"


@pytest.fixture
def database(empty_warehouse_url: str) -> str:
    """A system's database with three figures, on SQLite and on PostgreSQL."""
    engine = connect(empty_warehouse_url)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE figures (kpi VARCHAR(9), month VARCHAR(7), day DATE, actual NUMERIC, rate FLOAT, remarks TEXT)")
        )
        connection.execute(
            text(
                "INSERT INTO figures VALUES ('37', '2024-09', '2024-09-30', 221512.41, 0.1, 'Zoë''s \"own\",\nwords'),"
                " ('36', '2024-09', '2024-09-01', 0.10, 95.5, NULL), ('36', '2024-08', '2024-08-31', 5, 1, '')"
            )
        )
    return empty_warehouse_url


def test_rows_come_sorted_as_csv_with_figures_in_full(database: str) -> None:
    """The month's rows come in UTF-8, a null as nothing, whatever order the database gives them in."""
    ascending = run_query(database, f"{ROWS} ORDER BY actual;", period=SEPTEMBER)
    assert ascending == run_query(database, f"{ROWS} ORDER BY actual DESC", period=SEPTEMBER)
    lines = ascending.decode().split("\n", 2)
    assert lines[0] == '"kpi","month","actual","remarks"'
    # SQLite stores a decimal as a double and so has no trailing zero to keep.
    assert lines[1] in ('"36","2024-09","0.10",""', '"36","2024-09","0.1",""')
    assert lines[2] == '"37","2024-09","221512.41","Zoë\'s ""own"",\nwords"\n'


def test_floating_point_figures_come_as_they_are_shown(database: str) -> None:
    """0.1 stored as a double is 0.1, not its seventeen digits."""
    answer = run_query(database, "SELECT rate FROM figures WHERE day BETWEEN :first_day AND :last_day", period=SEPTEMBER)
    assert answer == b'"rate"\n"0.1"\n"95.5"\n'


def test_days_are_bound_as_days(database: str) -> None:
    """First and last day bound the month, and a date comes as 2024-09-30."""
    statement = "SELECT CAST(day AS VARCHAR(10)) AS day FROM figures WHERE day >= :first_day AND day <= :last_day"
    assert run_query(database, statement, period=SEPTEMBER) == b'"day"\n"2024-09-01"\n"2024-09-30"\n'


def test_texts_and_comments_may_hold_anything(database: str) -> None:
    """A semicolon in a text or comment ends no statement, and WITH begins one."""
    statement = "-- one; two\nWITH f AS (SELECT kpi FROM figures WHERE remarks <> ';' /* ; DROP */) SELECT DISTINCT kpi FROM f"
    assert run_query(database, statement, period=SEPTEMBER) == b'"kpi"\n"36"\n"37"\n'


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM figures",
        "SELECT 1; DELETE FROM figures",
        "SELECT 1; COMMIT; DELETE FROM figures; SELECT 2",
        "/* SELECT */ UPDATE figures SET actual = 0",
        "PRAGMA query_only = OFF",
        "SELECT 'it''s'; DROP TABLE figures",
        "WITH gone AS (SELECT 1) DELETE FROM figures",
        "WITH gone AS (DELETE FROM figures RETURNING 1) SELECT * FROM gone",
        "SELECT kpi INTO other FROM figures",
        "",
    ],
)
def test_nothing_can_be_written(statement: str, database: str) -> None:
    """Whatever the statement tries, the system's figures stay as they are."""
    with pytest.raises(ConnectorError, match="The query on the"):
        run_query(database, statement, period=SEPTEMBER)
    with connect(database).connect() as connection:
        assert connection.execute(text("SELECT count(*), sum(actual) FROM figures")).one()[0] == 3


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT nothing FROM figures", "nothing"),
        ("SELECT * FROM figures WHERE month = :month", "it uses :month, but the parameters are :period, :first_day, :last_day"),
        (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) SELECT i FROM n",
            "gives more than 5000 rows",
        ),
    ],
)
def test_a_failing_query_says_why(statement: str, said: str, database: str) -> None:
    """What is wrong with a statement is said in a sentence that names the database."""
    with pytest.raises(ConnectorError) as caught:
        run_query(database, statement, period=SEPTEMBER)
    assert said in str(caught.value)


@pytest.mark.postgresql
@pytest.mark.parametrize("empty_warehouse_url", ["postgresql"], indirect=True)
def test_a_query_without_end_is_stopped(database: str) -> None:
    """On PostgreSQL a statement that takes too long is ended by the server."""
    with pytest.raises(ConnectorError, match="statement timeout"):
        run_query(database, "SELECT pg_sleep(60)", period=SEPTEMBER, timeout_seconds=1)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """A wrong path is an error, not a new and empty database."""
    with pytest.raises(ConnectorError, match="unable to open"):
        run_query(f"sqlite:///{tmp_path / 'missing.db'}", "SELECT 1", period=SEPTEMBER)
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_an_odd_folder_is_found(tmp_path: Path) -> None:
    """A path with spaces and question marks is a path."""
    path = tmp_path / "a b?c#d" / "figures.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (i INTEGER)")
    url = URL.create("sqlite", database=str(path)).render_as_string()
    assert run_query(url, "SELECT i FROM t", period=SEPTEMBER) == b'"i"\n'


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:canary-secret@127.0.0.1:1/figures",
        "postgresql://reader@127.0.0.1:1/figures?password=canary-secret",
        "oddsql://reader:canary-secret@db.example.org/figures",
        "reader:canary-secret@db.example.org",
        "postgresql://reader:canary-secret@db.example.org:port/figures",
    ],
)
@pytest.mark.enable_socket
def test_secrets_stay_out_of_messages(url: str) -> None:
    """A message names the database and never the password, in whatever way the connection fails."""
    with pytest.raises(ConnectorError) as caught:
        run_query(url, "SELECT 1", period=SEPTEMBER)
    assert "canary-secret" not in str(caught.value)
    assert caught.value.__suppress_context__
