"""The audit trail as it is written: by whoever appends an event, in the same transaction, in one order."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from pmf.settings import Settings, read_settings
from pmf.warehouse.access import append_new, dump
from pmf.warehouse.audit import HAPPENED, content_digest, entry_digest
from pmf.warehouse.engine import connect, migrate, reading
from pmf.warehouse.tables import audit, finding, metadata, observation, sign_off, waiver
from processes import at_once
from table_rows import NOON, row

PROCESSES = 8


def trail(engine: Engine) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        found = connection.execute(select(audit).order_by(audit.c.organisation, audit.c.financial_year, audit.c.sequence))
        return [dict(entry) for entry in found.mappings()]


def test_an_event_is_in_the_trail_with_its_digest_and_that_of_the_row_before(engine: Engine) -> None:
    """Each row is what docs/security.md says, so that anybody can check it with SHA-256 and JSON alone."""
    with engine.begin() as connection:
        append_new(connection, sign_off, [row(sign_off, document_id="paper-a"), row(sign_off, document_id="paper-b", reason="Ünder £5")])
    first, second = trail(engine)
    assert (first["sequence"], first["previous_digest"]) == (1, "")
    assert (second["sequence"], second["previous_digest"]) == (2, first["digest"])
    content = row(sign_off, document_id="paper-b", reason="Ünder £5") | {"signed_at": "2024-10-08T12:00:00+00:00"}

    def digest(value: Any) -> str:
        return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

    assert second["content_digest"] == digest(["sign_off", content])
    own = {name: value for name, value in second.items() if name != "digest"} | {"happened_at": "2024-10-08T12:00:00+00:00"}
    assert second["digest"] == digest(own)
    assert second["row_key"] == '{"content_digest":"x","document_id":"paper-b","period":"x"}'


def test_what_is_there_already_is_not_recorded_again(engine: Engine) -> None:
    """A run that is repeated adds nothing to the trail, nor does a row that is given twice."""
    with engine.begin() as connection:
        append_new(connection, waiver, [row(waiver), row(waiver, reason="again")])
        append_new(connection, waiver, [row(waiver), row(waiver, kpi_ref="new")])
    assert [json.loads(entry["row_key"])["kpi_ref"] for entry in trail(engine)] == ["x", "new"]


def test_of_two_rows_with_one_key_the_one_that_is_there_is_recorded(engine: Engine) -> None:
    """The trail holds the digest of the row the table holds, whatever else was given with it."""
    with engine.begin() as connection:
        assert append_new(connection, waiver, [row(waiver, reason="first"), row(waiver, reason="second")]) == 1
        stored = dict(connection.execute(select(waiver)).mappings().one())
    assert [entry["content_digest"] for entry in trail(engine)] == [content_digest("waiver", stored)]


def test_councils_may_have_events_of_one_key(engine: Engine) -> None:
    """The same event of two councils, brought together, is in the chain of each, and so is what is new beside what is known."""
    rows = [row(observation, organisation=organisation, source="entry") for organisation in ("x", "y")]
    with engine.begin() as connection:
        assert append_new(connection, observation, rows[:1]) == 1
        assert append_new(connection, observation, rows) == 1
    assert [(entry["organisation"], entry["sequence"]) for entry in trail(engine)] == [("x", 1), ("y", 1)]


def test_very_many_events_make_one_chain(engine: Engine) -> None:
    """However many statements it takes, no event is lost or out of order, and each is chained as the table holds it."""
    rows = [row(waiver, kpi_ref=f"{number:04d}", reason=f"–{number}") for number in range(2345)]
    with engine.begin() as connection:
        append_new(connection, waiver, rows[::2])
        assert append_new(connection, waiver, rows) == 1172
        stored = {line["kpi_ref"]: dict(line) for line in connection.execute(select(waiver)).mappings()}
    entries = trail(engine)
    refs = [json.loads(entry["row_key"])["kpi_ref"] for entry in entries]
    assert refs == [line["kpi_ref"] for line in rows[::2] + rows[1::2]]
    assert [entry["content_digest"] for entry in entries] == [content_digest("waiver", stored[ref]) for ref in refs]
    assert [entry["previous_digest"] for entry in entries] == ["", *(entry["digest"] for entry in entries[:-1])]
    assert [entry["digest"] for entry in entries] == [entry_digest(entry) for entry in entries]


def test_a_chain_is_a_council_s_financial_year(engine: Engine) -> None:
    """Each council's year begins a chain of its own, by the moment the event itself names."""
    moments = {"a": NOON, "b": NOON, "c": NOON + timedelta(days=365)}
    with engine.begin() as connection:
        for organisation in ("x", "y"):
            rows = [row(waiver, organisation=organisation, kpi_ref=key, granted_at=at) for key, at in moments.items()]
            append_new(connection, waiver, rows)
    found = [(entry["organisation"], entry["financial_year"], entry["sequence"]) for entry in trail(engine)]
    years = [("FY2024-25", 1), ("FY2024-25", 2), ("FY2025-26", 1)]
    assert found == [(organisation, *year) for organisation in ("x", "y") for year in years]


def test_of_the_figures_those_that_somebody_changed_are_recorded(engine: Engine) -> None:
    """A figure restated, corrected or withdrawn is an event; one that came in by a return is not, nor is a finding."""
    rows = [
        row(observation, kpi_ref="returned", status="final", source="return"),
        row(observation, kpi_ref="restated", status="restated", source="return"),
        row(observation, kpi_ref="corrected", status="final", source="entry"),
    ]
    with engine.begin() as connection:
        assert append_new(connection, observation, rows) == 3
        append_new(connection, finding, [row(finding)])
    assert [json.loads(entry["row_key"])["kpi_ref"] for entry in trail(engine)] == ["corrected", "restated"]


def test_every_kind_of_event_can_be_recorded(engine: Engine) -> None:
    """Every audited table has the moment the trail asks for."""
    with engine.begin() as connection:
        for table in (metadata.tables[name] for name in HAPPENED):
            append_new(connection, table, [row(table, source="entry") if table is observation else row(table)])
    assert sorted(entry["event"] for entry in trail(engine)) == sorted(HAPPENED)


def test_an_event_that_is_rolled_back_leaves_no_row(engine: Engine) -> None:
    """Event and row of the trail are one transaction: neither is there without the other."""

    def write_two() -> None:
        with engine.begin() as connection:
            append_new(connection, waiver, [row(waiver)])
            append_new(connection, waiver, [row(waiver, kpi_ref="broken", reason=None)])

    with pytest.raises(DBAPIError):
        write_two()
    assert dump(engine) == ""


def test_writers_of_one_chain_take_turns(engine: Engine) -> None:
    """Events of many processes at once make one chain without a gap or a fork."""

    def work(number: int) -> int:
        new = 0
        for event in range(6):
            with engine.begin() as connection:
                new += append_new(connection, waiver, [row(waiver, kpi_ref=f"{number}-{event}-{part}") for part in range(2)])
        return new

    assert at_once(work, processes=PROCESSES) == [12] * PROCESSES
    entries = trail(engine)
    assert [entry["sequence"] for entry in entries] == list(range(1, 12 * PROCESSES + 1))
    assert [entry["previous_digest"] for entry in entries] == ["", *(entry["digest"] for entry in entries[:-1])]


def test_the_same_events_make_the_same_trail(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    """No clock and no chance: the trail of one database is that of the other."""
    other = connect(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(other, settings.sql)
    for each in (engine, other):
        with each.begin() as connection:
            append_new(connection, observation, [row(observation, source="entry", value=None, numerator=None)])
            append_new(connection, waiver, [row(waiver, kpi_ref=ref) for ref in "cab"])
    assert trail(engine) == trail(other)


def test_a_warehouse_from_before_begins_its_trail_with_what_happened(empty_warehouse_url: str) -> None:
    """The migration records every event there is, in the order it happened, as if it had been recorded then."""
    from alembic import command
    from alembic.config import Config

    settings, engine = read_settings({}), connect(empty_warehouse_url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(settings.sql / "migrations"))
        command.upgrade(config, "0010")
        for hours, table in ((3, waiver), (1, sign_off), (2, waiver)):
            moment = {HAPPENED[table.name]: NOON + timedelta(hours=hours)}
            connection.execute(table.insert(), row(table, reason=str(hours), **moment))
    migrate(engine, settings.sql)
    assert [(entry["event"], entry["happened_at"].hour) for entry in trail(engine)] == [("sign_off", 13), ("waiver", 14), ("waiver", 15)]
