"""The audit trail as it is checked: whatever is done to it, or to an event behind its back, is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import ColumnElement, Connection, Engine, update

from pmf.assurance.trail import Trail, verify_trail
from pmf.warehouse.access import append_new
from pmf.warehouse.audit import entry_digest
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import audit, waiver
from table_rows import NOON, row
from tampering import tampering

COUNCIL = "x"
_KEY = '{{"granted_at":"2024-10-08T12:00:00+00:00","kpi_ref":"{}","period":"x","rule_id":"x"}}'
_PUT_IN = "a row was put in, replaced or moved"


@pytest.fixture
def warehouse(engine: Engine) -> Engine:
    """Five waivers of one year and one of the next, and another council's."""
    with engine.begin() as connection:
        for ref in "abcde":
            append_new(connection, waiver, [row(waiver, organisation=COUNCIL, kpi_ref=ref)])
        append_new(connection, waiver, [row(waiver, organisation=COUNCIL, kpi_ref="f", granted_at=NOON + timedelta(days=365))])
        append_new(connection, waiver, [row(waiver, organisation="y")])
    return engine


def check(engine: Engine, *noted: str) -> Trail:
    with reading(engine) as connection:
        return verify_trail(connection, COUNCIL, noted=noted)


def test_a_trail_that_nobody_touched_is_sound(warehouse: Engine) -> None:
    """Every event is counted, every chain has a head, and heads noted down are found again when the chains have grown."""
    trail = check(warehouse)
    assert (trail.events, trail.faults) == (6, ())
    assert [(head.financial_year, head.sequence) for head in trail.heads] == [("FY2024-25", 5), ("FY2025-26", 1)]
    with warehouse.begin() as connection:
        append_new(connection, waiver, [row(waiver, organisation=COUNCIL, kpi_ref="g")])
    assert check(warehouse, *(head.digest for head in trail.heads)).faults == ()


def change_an_event(connection: Connection) -> None:
    connection.execute(update(waiver).where(waiver.c.kpi_ref == "c").values(post="somebody-else"))


def delete_an_event(connection: Connection) -> None:
    connection.execute(waiver.delete().where(waiver.c.kpi_ref == "c"))


def insert_an_event(connection: Connection) -> None:
    connection.execute(waiver.insert(), row(waiver, organisation=COUNCIL, kpi_ref="z"))


def change_a_row(connection: Connection) -> None:
    connection.execute(update(audit).where(_row(3)).values(content_digest="0" * 64))


def change_a_row_and_its_digest(connection: Connection) -> None:
    entry = dict(connection.execute(audit.select().where(_row(3))).mappings().one()) | {"content_digest": "0" * 64}
    connection.execute(update(audit).where(_row(3)).values(entry | {"digest": entry_digest(entry)}))


def delete_a_row(connection: Connection) -> None:
    connection.execute(audit.delete().where(_row(3)))


def insert_a_row(connection: Connection) -> None:
    rows = [dict(entry) for entry in connection.execute(audit.select().where(_year()).order_by(audit.c.sequence)).mappings()]
    connection.execute(audit.delete().where(_year()))
    moved = [entry | {"sequence": entry["sequence"] + 1} for entry in rows[2:]]
    connection.execute(audit.insert(), [*rows[:3], *moved])


def swap_two_rows(connection: Connection) -> None:
    for before, after in ((3, 99), (4, 3), (99, 4)):
        connection.execute(update(audit).where(_row(before)).values(sequence=after))


def _year() -> ColumnElement[bool]:
    return (audit.c.organisation == COUNCIL) & (audit.c.financial_year == "FY2024-25")


def _row(sequence: int) -> ColumnElement[bool]:
    return _year() & (audit.c.sequence == sequence)


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (change_an_event, [f"waiver {_KEY.format('c')}: was altered after it was recorded"]),
        (delete_an_event, [f"waiver {_KEY.format('c')}: the event is gone, though the trail has it"]),
        (insert_an_event, [f"waiver {_KEY.format('z')}: is not in the trail; it was not written by pmf"]),
        (change_a_row, [f"FY2024-25: row 3 of the trail (waiver {_KEY.format('c')}) was altered"]),
        (
            change_a_row_and_its_digest,
            [f"FY2024-25: row 4 of the trail (waiver {_KEY.format('d')}) does not follow from the one before: {_PUT_IN}"],
        ),
        (delete_a_row, ["FY2024-25: row 3 of the trail is missing"]),
        (insert_a_row, [f"FY2024-25: row 4 of the trail (waiver {_KEY.format('c')}) was altered"]),
        (swap_two_rows, [f"FY2024-25: row 3 of the trail (waiver {_KEY.format('d')}) was altered"]),
    ],
)
def test_whatever_is_altered_is_named(warehouse: Engine, tamper: Callable[[Connection], None], found: list[str]) -> None:
    """An event or a row of the trail changed, deleted, put in or moved: the first broken link is named, and the event."""
    with tampering(warehouse) as connection:
        tamper(connection)
    faults = check(warehouse).faults
    assert list(faults[: len(found)]) == found
    others = {change_a_row, change_a_row_and_its_digest, delete_a_row}  # their event is then unlike its row, or has none
    assert len(faults) == len(found) + (tamper in others)


def test_a_chain_cut_short_or_made_anew_is_known_by_its_head(warehouse: Engine) -> None:
    """What no chain can tell of itself, the head noted down elsewhere tells: its last events and their rows were removed."""
    head = check(warehouse).heads[0].digest
    with tampering(warehouse) as connection:
        connection.execute(waiver.delete().where(waiver.c.kpi_ref == "e"))
        connection.execute(audit.delete().where(_row(5)))
    assert check(warehouse).faults == ()
    assert check(warehouse, head).faults == (f"the head {head} that was noted down is in no chain: rows were removed or made anew",)
