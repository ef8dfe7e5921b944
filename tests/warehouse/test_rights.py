"""Accounts with fewer rights than the owner, on a real server: what each may do, and that the cycle needs no more."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import ProgrammingError
from typer.testing import CliRunner

from cycle.council import SLUG, Council, council_at
from cycle.publishing import PAPER, Publisher
from pmf.cli import app
from pmf.cycle.verifying import verify_audit
from pmf.period import Month
from pmf.settings import Settings, read_settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import WarehouseError, connect, migrate, reading
from pmf.warehouse.guard import append_only_tables
from pmf.warehouse.rights import LOADER, PUBLISHER, READER, grant_rights
from pmf.warehouse.tables import metadata
from postgresql_cluster import Cluster, find_programs
from table_rows import row

pytestmark = pytest.mark.postgresql
SCRIPT = read_settings({}).project_root / "deploy" / "roles.sql"


@pytest.fixture(scope="module")
def accounts(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server that knows the three roles, made by the script that administrators run."""
    programs = find_programs()
    assert programs
    name = postgres.create_database()
    host = postgres.url(name).rpartition("host=")[2]
    secrets = tmp_path_factory.mktemp("secrets")
    for role in ("loader", "publisher", "reader"):
        (secrets / f"{role}_password").write_text("it's a word\n", encoding="utf-8")
    server = ["--host", host, "--username", "pmf", "--dbname", name]
    command = [programs / "psql", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", *server, "--file", SCRIPT]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"SECRETS": str(secrets)})
    postgres.drop_database(name)
    yield postgres
    for role in (LOADER, PUBLISHER, READER):
        postgres.execute(f"DROP ROLE {role}")


@pytest.fixture
def database(accounts: Cluster, postgres_template: str) -> Iterator[str]:
    """A migrated warehouse in which the roles have their rights."""
    name = accounts.create_database(template=postgres_template)
    assert grant_rights(connect(accounts.url(name))) == (LOADER, PUBLISHER, READER)
    yield name
    accounts.drop_database(name)


def url_of(cluster: Cluster, role: str, database: str) -> str:
    return cluster.url(database).replace("pmf@", f"{role}@")


def refuses(engine: Engine, statement: str) -> bool:
    """Tell whether the server refuses a statement for want of rights; any other error is one."""
    with engine.connect() as connection:
        try:
            connection.execute(text(statement))
            connection.commit()
        except ProgrammingError as error:
            if "permission denied" not in str(error) and "must be owner" not in str(error):
                raise
            return True
    return False


def test_nobody_but_the_owner_changes_what_only_grows(accounts: Cluster, database: str) -> None:
    """Neither loader nor publisher nor reader may change, delete or empty anything in a table that only grows, or take triggers away."""
    for role in (LOADER, PUBLISHER, READER):
        engine = connect(url_of(accounts, role, database))
        for table in append_only_tables():
            for statement in (
                "UPDATE {} SET organisation = 'y'",
                "DELETE FROM {}",
                "TRUNCATE {}",
                "ALTER TABLE {} DISABLE TRIGGER ALL",
                "DROP TABLE {}",
            ):
                assert refuses(engine, statement.format(table)), (role, statement, table)
        for statement in ("CREATE TABLE mine (x INTEGER)", "DROP FUNCTION pmf_append_only CASCADE", "DELETE FROM pmf_schema_version"):
            assert refuses(engine, statement), (role, statement)


def test_the_loader_adds_everywhere_but_to_releases(accounts: Cluster, database: str) -> None:
    """The cycle's account adds to every table, except that it cannot record something as published."""
    engine = connect(url_of(accounts, LOADER, database))
    for name, table in metadata.tables.items():
        if name in ("publication", "site_release"):
            assert refuses(engine, f"INSERT INTO {name} DEFAULT VALUES")
        else:
            with engine.begin() as connection:
                assert append_new(connection, table, [row(table, organisation=name)]) == 1
    assert not refuses(engine, "UPDATE mail_queue SET state = 'sent'")
    assert refuses(engine, "DELETE FROM mail_queue")
    assert not refuses(engine, "DELETE FROM rating")


def test_the_publisher_records_releases_and_no_figures(accounts: Cluster, database: str) -> None:
    """The account that publishes adds releases, their log and their trail: no observation, rating, sign-off or waiver."""
    engine = connect(url_of(accounts, PUBLISHER, database))
    may = {"audit", "kpi_definition", "publication", "register_snapshot", "site_release", "stage_run"}
    for name in metadata.tables:
        if name not in may:
            assert refuses(engine, f"INSERT INTO {name} DEFAULT VALUES"), name
    for name in sorted(may - {"audit"}):
        with engine.begin() as connection:
            assert append_new(connection, metadata.tables[name], [row(metadata.tables[name], organisation=name)]) == 1
    assert refuses(engine, "UPDATE rating SET status = 'green'")


def test_the_reader_sees_the_views_alone(accounts: Cluster, database: str) -> None:
    """Extracts and Power BI read every documented view and no table."""
    engine, owner = connect(url_of(accounts, READER, database)), connect(accounts.url(database))
    views = inspect(owner).get_view_names()
    assert len(views) > 10
    assert not any(refuses(engine, f"SELECT * FROM {view}") for view in views)  # noqa: S608 - the test's own words
    assert all(refuses(engine, f"SELECT * FROM {table}") for table in inspect(owner).get_table_names())  # noqa: S608


def test_rights_given_by_hand_are_taken_back(accounts: Cluster, database: str) -> None:
    """Granting again after an upgrade leaves exactly what the page says: nothing somebody added meanwhile."""
    owner, loader = connect(accounts.url(database)), connect(url_of(accounts, LOADER, database))
    with owner.begin() as connection:
        connection.execute(text(f"GRANT UPDATE ON rating TO {LOADER}"))
    assert not refuses(loader, "UPDATE rating SET status = 'green'")
    grant_rights(owner)
    assert refuses(loader, "UPDATE rating SET status = 'green'")


def test_only_the_owner_migrates(accounts: Cluster, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older warehouse is left alone by the cycle's account, which says what to do; ``pmf migrate`` does it and grants the rights.

    The owner is no administrator of the server.
    """
    name = accounts.create_database()
    accounts.execute("CREATE ROLE warehouse_owner LOGIN")
    accounts.execute(f"ALTER DATABASE {name} OWNER TO warehouse_owner")
    loader = url_of(accounts, LOADER, name)
    with pytest.raises(WarehouseError, match="this account may not change it: run `pmf migrate` with PMF_WAREHOUSE_OWNER_URL"):
        migrate(connect(loader), settings.sql)
    monkeypatch.setenv("PMF_HOME", str(settings.home))
    monkeypatch.setenv("PMF_WAREHOUSE_URL", loader)
    monkeypatch.setenv("PMF_WAREHOUSE_OWNER_URL", url_of(accounts, "warehouse_owner", name))
    done = CliRunner().invoke(app, ["migrate"])
    assert (done.exit_code, f"Rights are given to {LOADER}, {PUBLISHER}, {READER}." in done.output) == (0, True)
    migrate(connect(loader), settings.sql)
    with reading(connect(loader)) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM observation")).scalar() == 0
    accounts.drop_database(name)
    accounts.execute("DROP ROLE warehouse_owner")


def test_a_month_needs_no_more_than_the_loader_s_rights(accounts: Cluster, database: str, tmp_path: Path) -> None:
    """A whole month, from opening to mail, and a second run of it, as the account that may only load."""
    council: Council = council_at(tmp_path / "home", warehouse_url=url_of(accounts, LOADER, database))
    council.begin()
    assert council.whole_month(Month(2024, 4)).outcome == "pass"
    before = council.state()
    council.whole_month(Month(2024, 4))
    assert council.state() == before
    trail = verify_audit(SLUG, settings=council.settings)
    assert (trail.faults, {head.financial_year for head in trail.heads}) == ((), {"FY2024-25"})
    assert trail.events > 10


def test_publishing_needs_the_publisher_s_rights(accounts: Cluster, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the loader's account alone nothing is published; with the publisher's beside it what is signed off is."""
    monkeypatch.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())  # the papers here are a few bytes each
    council = council_at(tmp_path / "home", warehouse_url=url_of(accounts, LOADER, database))
    loader = Publisher(council)
    loader.rate("220", "38.4", "red", hours=0)
    loader.issue(hours=0, **{PAPER: "Q1"})
    with pytest.raises(ProgrammingError, match="permission denied for table site_release"):
        loader.publish(hours=1)
    assert not (loader.site / "current").exists()
    both = replace(council, settings=replace(council.settings, publisher_url=url_of(accounts, PUBLISHER, database)))
    assert Publisher(both).publish(hours=2).published == 1
    assert (loader.site / "current").exists()
    assert verify_audit(SLUG, settings=both.settings).faults == ()
