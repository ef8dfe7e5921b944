"""Rows in and out, on both databases."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Connection, Engine, String, column, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from pmf.warehouse.access import append_new, dump, read, replace_partition
from pmf.warehouse.columntypes import Exact, Instant
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue, metadata, rating, received_file, returned_line, suppression, waiver
from processes import at_once
from table_rows import NOON, row

PROCESSES = 16
KEY = {"organisation": "a", "period": "2024-09"}

figures = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e20"), max_value=Decimal("1e20"))
instants = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.timezones())  # noqa: DTZ001
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def write_query(folder: Path, sql: str, name: str = "query") -> Path:
    (folder / f"{name}.sql").write_text(sql)
    return folder


def test_only_new_rows_are_appended_and_counted(engine: Engine) -> None:
    """A row whose key is there already is left as it was and not counted, in the same call or a later one."""
    rows = [row(waiver, kpi_ref=str(number), reason="first") for number in range(1200)]
    with engine.begin() as connection:
        assert append_new(connection, waiver, rows[:700]) == 700
        assert append_new(connection, waiver, [{**item, "reason": "second"} for item in rows]) == 500
        assert append_new(connection, waiver, [row(waiver, kpi_ref="twice"), row(waiver, kpi_ref="twice", reason="again")]) == 1
        assert append_new(connection, waiver, []) == 0
        reasons = connection.execute(select(waiver.c.kpi_ref, waiver.c.reason)).all()
    assert {ref for ref, reason in reasons if reason == "first"} == {str(number) for number in range(700)}
    assert len(reasons) == 1201


def test_a_column_that_is_not_named_is_null(engine: Engine) -> None:
    """Rows need not spell out what is not there, and need not all name the same columns."""
    bare = {name: value for name, value in row(returned_line, line_number=1).items() if value is not None}
    with engine.begin() as connection:
        assert append_new(connection, returned_line, [bare, row(returned_line, line_number=2, value=Decimal(2))]) == 2
        assert connection.execute(select(returned_line.c.value).order_by("line_number")).scalars().all() == [None, Decimal(2)]


def test_a_column_the_table_lacks_is_named(engine: Engine) -> None:
    """A misspelt column is an error that names table and column, never a value that is lost."""
    with engine.begin() as connection, pytest.raises(ValueError, match="the table waiver has no column pots"):
        append_new(connection, waiver, [row(waiver) | {"pots": "x"}])


def test_a_missing_value_is_an_error_and_not_a_duplicate(engine: Engine) -> None:
    """Only a key that is there already is passed over; any other broken rule is an error."""
    with pytest.raises(IntegrityError), engine.begin() as connection:
        append_new(connection, waiver, [row(waiver, reason=None)])


@pytest.mark.parametrize("reason", [{"a": 1}, {1}, object()])
def test_what_no_column_can_hold_is_refused(engine: Engine, reason: object) -> None:
    """A list, a mapping or any other object in place of a text is an error, and never its print."""
    with pytest.raises((TypeError, DBAPIError)), engine.begin() as connection:
        append_new(connection, waiver, [row(waiver, reason=reason)])
    assert dump(engine) == ""


def test_a_partition_is_replaced_and_nothing_else(engine: Engine) -> None:
    """What matches the key becomes exactly the given rows; the rest of the table stays."""
    other = row(suppression, organisation="b", kpi_ref="1")
    with engine.begin() as connection:
        append_new(connection, suppression, [row(suppression, **KEY, kpi_ref=str(number)) for number in range(3)] + [other])
        rows = [row(suppression, **KEY, kpi_ref="9"), row(suppression, **KEY, kpi_ref="2", reason="new")]
        replace_partition(connection, suppression, KEY, rows)
        found = connection.execute(select(suppression.c.organisation, suppression.c.kpi_ref, suppression.c.reason)).all()
        assert sorted(found) == [("a", "2", "new"), ("a", "9", ""), ("b", "1", "")]
        replace_partition(connection, suppression, KEY, [])
        assert connection.execute(select(suppression.c.organisation)).scalars().all() == ["b"]


def test_replacing_a_partition_by_itself_writes_nothing(engine: Engine) -> None:
    """A repeated run writes no row, whatever its order and time zone; one digit more is another figure."""
    rows = [row(rating, kpi_ref=str(number), as_at=NOON, value=Decimal("1.50")) for number in range(5)]
    key = {"organisation": "x", "period": "x", "policy_id": "x", "as_at": NOON}
    in_summer_time = [{**item, "as_at": NOON.astimezone(timezone(timedelta(hours=1)))} for item in rows[::-1]]

    def writes(connection: Connection) -> list[Any]:
        """What changes with every write: the writer of each row on PostgreSQL, the rows written so far on SQLite."""
        writers = select(column("xmin").cast(String)).select_from(rating)
        counter = writers if engine.dialect.name == "postgresql" else select(func.total_changes())
        return sorted(connection.execute(counter).scalars())

    with engine.begin() as connection:
        replace_partition(connection, rating, key, rows)
    with engine.begin() as connection:
        before = writes(connection)
        replace_partition(connection, rating, key, in_summer_time)
        assert writes(connection) == before
        replace_partition(connection, rating, key, [*rows[1:], rows[0] | {"value": Decimal("1.5")}])
        assert writes(connection) != before


def test_a_row_outside_the_partition_is_refused(engine: Engine) -> None:
    """A row that would not be found again by the key it was saved under is a mistake of the caller."""
    with engine.begin() as connection, pytest.raises(ValueError, match="does not lie in the partition"):
        replace_partition(connection, suppression, KEY, [row(suppression, organisation="b", period="2024-09")])


def test_processes_that_append_the_same_rows_add_them_once(engine: Engine) -> None:
    """Sixteen processes with the same rows, each in its own order: every row is new exactly once, and none fails."""
    rows = [row(waiver, kpi_ref=str(number)) for number in range(60)]

    def work(number: int) -> int:
        shuffled = random.Random(number).sample(rows, len(rows))  # noqa: S311 - an order, not a secret
        with engine.begin() as connection:
            return append_new(connection, waiver, shuffled)

    new = at_once(work, processes=PROCESSES)
    assert sorted(new) == [0] * (PROCESSES - 1) + [60]
    assert dump(engine).count("\n") == 2 * 60  # each with its row of the audit trail


def test_processes_that_replace_one_partition_take_turns(engine: Engine) -> None:
    """Two runs of one period together end as one of them alone would have."""

    def work(number: int) -> None:
        rows = [row(suppression, **KEY, kpi_ref=str(ref), reason=str(number)) for ref in range(20)]
        with engine.begin() as connection:
            replace_partition(connection, suppression, KEY, rows)

    at_once(work, processes=PROCESSES)
    with reading(engine) as connection:
        reasons = connection.execute(select(suppression.c.reason)).scalars().all()
    assert len(reasons) == 20
    assert len(set(reasons)) == 1


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=figures | st.none(), at=instants, note=words, late=st.booleans())
def test_what_goes_in_comes_out(engine: Engine, value: Decimal | None, at: datetime, note: str, late: bool) -> None:
    """Figures keep every digit, instants their second, text every character and yes/no its kind."""
    line = row(returned_line, value=value, received_at=at, comment=note, not_available=late)
    with engine.connect() as connection:
        append_new(connection, returned_line, [line])
        stored = connection.execute(select(returned_line)).mappings().one()
        connection.rollback()
    assert (stored["value"], stored["not_available"], stored["comment"]) == (value, late, note)
    assert stored["received_at"] == at.astimezone(UTC).replace(microsecond=0)
    assert stored["received_at"].utcoffset() == timedelta(0)
    if value is not None:
        assert format(stored["value"], "f") == format(abs(value) if value == 0 else value, "f")


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), 1.5, "1.5"])
def test_what_is_no_decimal_is_refused(value: object) -> None:
    """A float or a text in place of a figure is an error, not a rounding."""
    with pytest.raises((TypeError, ValueError), match="an exact column takes a"):
        Exact().process_bind_param(value, None)  # type: ignore[arg-type]


def test_an_instant_without_a_zone_is_refused() -> None:
    """A local time could mean two instants."""
    with pytest.raises(TypeError, match="an instant needs a time zone"):
        Instant().process_bind_param(datetime(2024, 10, 27, 1, 30), None)  # type: ignore[arg-type]  # noqa: DTZ001


def test_a_query_gives_typed_dictionaries(engine: Engine, tmp_path: Path) -> None:
    """Columns named like those of the tables come back as figures, instants and yes/no, computed ones too."""
    folder = write_query(
        tmp_path, "SELECT MAX(received_at) AS received_at, MIN(value) AS value, not_available FROM returned_line GROUP BY not_available"
    )
    with engine.begin() as connection:
        append_new(connection, returned_line, [row(returned_line, value=Decimal("79.90"), not_available=True)])
        found = read(connection, "query", sql_root=folder)
    assert found == [{"received_at": NOON, "value": Decimal("79.90"), "not_available": True}]
    assert str(found[0]["value"]) == "79.90"
    assert found[0]["not_available"] is True


@pytest.mark.parametrize("condition", ["kpi_ref IN (:refs)", "kpi_ref IN :refs"])
def test_a_list_parameter_stands_for_its_members(engine: Engine, tmp_path: Path, condition: str) -> None:
    """``IN (:refs)`` takes a list or a tuple of any length, none included."""
    folder = write_query(tmp_path, f"SELECT kpi_ref FROM waiver WHERE {condition} ORDER BY kpi_ref")  # noqa: S608 - the test's own words
    with engine.begin() as connection:
        append_new(connection, waiver, [row(waiver, kpi_ref=ref) for ref in "abc"])
        answers = [[item["kpi_ref"] for item in read(connection, "query", sql_root=folder, refs=refs)] for refs in (["c", "a"], ("b",), [])]
    assert answers == [["a", "c"], ["b"], []]


def test_parameters_mean_what_their_type_says(engine: Engine, tmp_path: Path) -> None:
    """An instant in any zone, a figure, a list of instants and a null are bound as the columns store them."""
    folder = write_query(
        tmp_path,
        "SELECT line_number FROM returned_line WHERE received_at <= :at AND value = :value AND received_at IN (:ats) "
        "AND (kpi_ref = :ref OR (kpi_ref IS NULL AND :ref = ''))",
    )
    local = NOON.astimezone(timezone(timedelta(hours=-5)))
    with engine.begin() as connection:
        append_new(connection, returned_line, [row(returned_line, line_number=7, value=Decimal("-0.5"))])
        parameters = {"at": local, "value": Decimal("-0.5"), "ats": [local], "ref": ""}
        assert read(connection, "query", sql_root=folder, **parameters) == [{"line_number": 7}]
        assert read(connection, "query", sql_root=folder, **parameters | {"at": NOON - timedelta(seconds=1)}) == []


def test_a_parameter_may_be_called_name(engine: Engine, tmp_path: Path) -> None:
    """The function's own arguments do not stand in the way of a query's."""
    folder = write_query(tmp_path, "SELECT kpi_ref FROM waiver WHERE kpi_ref = :name AND reason = :connection")
    with engine.begin() as connection:
        assert read(connection, "query", sql_root=folder, name="x", connection="y") == []


def test_a_column_name_has_one_type() -> None:
    """Results are typed by column name, so a name that is exact, an instant or yes/no in one table is that in all."""
    columns = [column for table in metadata.tables.values() for column in table.c]
    typed = {column.name: type(column.type) for column in columns if isinstance(column.type, Exact | Instant | Boolean)}
    assert [str(column) for column in columns if type(column.type) is not typed.get(column.name, type(column.type))] == []


def test_the_dump_is_the_state(engine: Engine) -> None:
    """The same rows in another order, zone or spelling of zero give the same text; any other digit gives another."""
    rows = [row(received_file, file_hash=mark, sequence=number) for number, mark in enumerate("cab")]
    with engine.begin() as connection:
        append_new(connection, received_file, rows)
        append_new(connection, mail_queue, [row(mail_queue, message_id="<1@x>", content=b"\x00\xff", subject="£5 “é”")])
        append_new(connection, returned_line, [row(returned_line, value=Decimal("-0.00"), forecast=Decimal("1E+3"))])
    text = dump(engine)
    assert [line.split('"')[1] for line in text.splitlines()] == ["mail_queue", *["received_file"] * 3, "returned_line"]
    assert '"content": "00ff"' in text
    assert '"subject": "£5 “é”"' in text
    assert '"value": "0.00"' in text
    assert '"forecast": "1000"' in text
    assert '"received_at": "2024-10-08T12:00:00+00:00"' in text
