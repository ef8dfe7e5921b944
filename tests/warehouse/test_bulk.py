"""Very many rows at once, on both databases."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from pmf.warehouse.access import append_new, dump
from pmf.warehouse.bulk import append_table
from pmf.warehouse.tables import observation, sign_off, waiver
from table_rows import NOON, row

SHARED = {
    "organisation": "a",
    "comment": "",
    "status": "final",
    "source": "import",
    "file_hash": "f",
    "recorded_at": NOON,
    "sequence": 0,
    "sender": "It's ours",
}
WORDS = ("", "plain", "with, comma", 'with "quotes"', "two\nlines", "\\N", "a\\b\ttab", "–£é", "NULL", None)


def lines(numbers: range, **same: Any) -> list[dict[str, Any]]:
    """Make rows that take part in every trap of a text format."""
    return [
        {
            "kpi_ref": f"K{number:04d}",
            "period": "2024-09",
            "version_id": f"v{number}",
            "value": None if number % 7 == 0 else Decimal(number).scaleb(-2),
            "cell": WORDS[number % len(WORDS)],
        }
        | same
        for number in numbers
    ]


def test_it_adds_what_append_new_adds(engine: Engine) -> None:
    """Words, figures, empty text and nothing arrive as they do one by one, whatever characters they hold."""
    rows = lines(range(200))
    with engine.begin() as connection:
        assert append_table(connection, observation, pa.Table.from_pylist(rows), shared=SHARED) == 200
        found = connection.execute(select(observation).order_by("kpi_ref")).mappings().all()
    assert [dict(line) for line in found] == [row(observation, **SHARED, **line) for line in rows]


def test_only_new_rows_are_added_and_counted(engine: Engine) -> None:
    """A row that is there is left as it was; loading the same again adds nothing."""
    with engine.begin() as connection:
        append_new(connection, observation, [row(observation, **SHARED, **line) for line in lines(range(50), cell="first")])
    table = pa.Table.from_pylist(lines(range(120), cell="second"))
    for expected in (70, 0):
        with engine.begin() as connection:
            assert append_table(connection, observation, table, shared=SHARED) == expected
    with engine.begin() as connection:
        cells = connection.execute(select(observation.c.cell).order_by("kpi_ref")).scalars().all()
    assert cells == ["first"] * 50 + ["second"] * 70


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    """A bulk load is part of its caller's transaction."""

    def fail() -> None:
        with engine.begin() as connection:
            append_table(connection, observation, pa.Table.from_pylist(lines(range(20))), shared=SHARED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert dump(engine) == ""


def test_a_key_that_is_there_twice_is_an_error(engine: Engine) -> None:
    """Two rows of one key are refused, as nobody could say which one counts."""
    table = pa.Table.from_pylist(lines(range(3)) + lines(range(1)))
    with pytest.raises(DBAPIError), engine.begin() as connection:
        append_table(connection, observation, table, shared=SHARED)
    assert dump(engine) == ""


def indices(engine: Engine) -> list[object]:
    """List a table's indices; on SQLite with the words that made them, too."""
    with engine.connect() as connection:
        made = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")
        words = connection.execute(made).all() if engine.dialect.name == "sqlite" else []
    return [inspect(engine).get_indexes("observation"), words]


def test_a_first_load_leaves_the_indices_as_they_were(engine: Engine) -> None:
    """Where SQLite builds an index after the rows it is the same index, and what is asked by it is found."""
    before = indices(engine)
    with engine.begin() as connection:
        append_table(connection, observation, pa.Table.from_pylist(lines(range(50))), shared=SHARED)
    assert indices(engine) == before
    with engine.connect() as connection:
        found = select(func.count()).where(observation.c.organisation == "a", observation.c.period == "2024-09")
        assert connection.execute(found).scalar_one() == 50


def test_a_load_that_is_refused_leaves_the_indices_in_a_transaction_that_goes_on(engine: Engine) -> None:
    """Whoever catches the error and goes on has every index, and what was written before."""
    if engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL ends a transaction at its first error")
    before = indices(engine)
    with engine.begin() as connection:
        append_new(connection, waiver, [row(waiver)])
        with pytest.raises(DBAPIError):
            append_table(connection, observation, pa.Table.from_pylist(lines(range(3)) + lines(range(1))), shared=SHARED)
    assert indices(engine) == before
    assert dump(engine).count("\n") == 2  # the waiver and its row of the audit trail


@pytest.mark.parametrize("moment", ["before the rows", "after the rows", "after the indices"])
def test_a_load_that_is_killed_leaves_nothing(engine: Engine, moment: str) -> None:
    """A process that dies in the middle of a first load leaves a warehouse without rows, with its indices, that takes the load again."""
    before, table = indices(engine), pa.Table.from_pylist(lines(range(500)))
    engine.dispose()
    if (child := os.fork()) == 0:
        try:
            load_until(engine, table, moment)
        finally:
            os._exit(1)  # should nothing have struck
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert (dump(engine), indices(engine)) == ("", before)
    with engine.begin() as connection:
        assert append_table(connection, observation, table, shared=SHARED) == 500


def load_until(engine: Engine, table: pa.Table, moment: str) -> None:
    """Load, and be killed at a moment."""

    def strike(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO observation"):
            os.kill(os.getpid(), signal.SIGKILL)

    if moment != "after the indices":
        event.listen(engine, "before_cursor_execute" if moment == "before the rows" else "after_cursor_execute", strike)
    with engine.begin() as connection:
        append_table(connection, observation, table, shared=SHARED)
        os.kill(os.getpid(), signal.SIGKILL)


def test_only_what_is_new_of_an_organisation_that_is_there_is_added_beside_one_that_is_not(engine: Engine) -> None:
    """Organisations with and without rows may be in one load, and the column that names them may differ from row to row."""
    shared = {name: value for name, value in SHARED.items() if name != "organisation"}
    both = [line | {"organisation": organisation} for organisation in ("a", "b") for line in lines(range(20))]
    with engine.begin() as connection:
        append_new(connection, observation, [row(observation, **SHARED, **line) for line in lines(range(5))])
    for expected in (35, 0):
        with engine.begin() as connection:
            assert append_table(connection, observation, pa.Table.from_pylist(both), shared=shared) == expected


@pytest.mark.parametrize(("table", "changed"), [(observation, {"status": "restated"}), (observation, {"source": "entry"}), (sign_off, {})])
def test_what_the_audit_trail_follows_is_refused(engine: Engine, table: Any, changed: dict[str, Any]) -> None:
    """Events of the trail cannot come in past it."""
    with pytest.raises(ValueError, match="that the audit trail follows go in by append_new"), engine.begin() as connection:
        append_table(connection, table, pa.Table.from_pylist(lines(range(1))), shared=SHARED | changed)


def test_instants_that_differ_are_kept(engine: Engine) -> None:
    """Moments as a column are stored as UTC to the second, as everywhere."""
    moments = [datetime(2024, 1, day, 8, 30, tzinfo=UTC) for day in range(1, 10)]
    rows = [line | {"recorded_at": moment} for line, moment in zip(lines(range(9)), moments, strict=True)]
    shared = {name: value for name, value in SHARED.items() if name != "recorded_at"}
    with engine.begin() as connection:
        append_table(connection, observation, pa.Table.from_pylist(rows), shared=shared)
        assert connection.execute(select(observation.c.recorded_at).order_by("kpi_ref")).scalars().all() == moments


@given(
    figures=st.lists(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6), min_size=1),
    words=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=1),
)
@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_figures_and_words_are_kept_exactly(engine: Engine, figures: list[Decimal], words: list[str]) -> None:
    """Any decimal and any text come out as they went in."""
    rows = [
        {"kpi_ref": str(number), "period": "2024-09", "version_id": "v", "value": figure, "cell": words[number % len(words)]}
        for number, figure in enumerate(figures)
    ]
    with engine.connect() as connection, connection.begin() as transaction:
        append_table(connection, observation, pa.Table.from_pylist(rows), shared=SHARED)
        found = connection.execute(select(observation.c.kpi_ref, observation.c.value, observation.c.cell)).all()
        transaction.rollback()
    assert {line.kpi_ref: (line.value, line.cell) for line in found} == {line["kpi_ref"]: (line["value"], line["cell"]) for line in rows}
