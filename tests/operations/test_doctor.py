"""The doctor: what is wrong is found, named, and its way out told; what is right is left alone."""

from __future__ import annotations

import json
import os
import shutil
import socketserver
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cycle.council import SLUG, Council
from pmf.cli import app
from pmf.operations import machine
from pmf.operations.diagnosis import Diagnosis, Health
from pmf.operations.doctor import connections, councils, examine, mail_server, project, signing_key, warehouse
from pmf.orchestration.checkup import examine_airflow
from pmf.settings import Settings
from pmf.warehouse.engine import connect

NOW = datetime(2024, 8, 1, 9, tzinfo=UTC)


def files_of(home: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in home.rglob("*")}


def test_a_well_installation_is_well_and_left_alone(sqlite_council: Council) -> None:
    """Everything a lived-in home needs is found in order; nothing in it is made, changed or left behind."""
    settings = sqlite_council.settings
    before = files_of(settings.home)
    found = examine(settings, now=datetime.now(UTC))
    assert [item for item in found if item.health is Health.WRONG] == []
    assert {item.subject for item in found} >= {
        "clock",
        "folders",
        "disk",
        "warehouse",
        "migrations",
        "signing key",
        "mail",
        "fonts",
        "dictionary",
    }
    assert {path for path in files_of(settings.home) if path not in before} == set()
    assert all(item.way_out for item in found if item.health is not Health.OK)


def damage_key(settings: Settings) -> None:
    settings.signing_key_path.chmod(0o644)


def close_store(settings: Settings) -> None:
    settings.store.chmod(0o777)


@pytest.mark.parametrize(
    ("damage", "look", "found"),
    [
        (damage_key, signing_key, "can be read by others than its owner"),
        (lambda settings: settings.signing_key_path.unlink(), signing_key, "is not there"),
        (close_store, machine.rights, "everybody may write into"),
    ],
)
def test_what_was_done_to_the_home_is_named(
    sqlite_council: Council, damage: Callable[[Settings], None], look: Callable[[Settings], Diagnosis], found: str
) -> None:
    """A key others can read, a key that is gone, a folder open to all."""
    assert look(sqlite_council.settings).health is Health.OK
    damage(sqlite_council.settings)
    diagnosis = look(sqlite_council.settings)
    assert diagnosis.health is not Health.OK
    assert found in diagnosis.found
    assert diagnosis.way_out


def test_a_warehouse_that_is_not_there_or_not_ours_is_told_apart(council: Council) -> None:
    """Older than this release, newer, not answering, not there yet: each has words and a way out of its own."""
    settings = council.settings
    engine = connect(settings.warehouse_url)

    def words() -> str:
        return " | ".join(
            item.found for item in warehouse(settings, now=NOW) if item.health is not Health.OK and item.subject == "migrations"
        )

    assert words() == ""
    for version, expected in (("0001", "has schema 0001"), ("9999", "has schema 9999, this release knows")):
        with engine.begin() as connection:
            connection.execute(text("UPDATE pmf_schema_version SET version_num = :version"), {"version": version})
        assert expected in words()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE pmf_schema_version"))
    assert "has schema none" in words()


def test_a_database_that_is_down_shows_no_password() -> None:
    """The address is named without its password, and the first line of what the driver says."""
    from pmf.settings import read_settings

    settings = read_settings({"PMF_HOME": "/nonexistent", "PMF_WAREHOUSE_URL": "postgresql://pmf:s3cret@/pmf?host=/nonexistent"})
    (found,) = warehouse(settings, now=NOW)
    assert found.health is Health.WRONG
    assert "does not answer" in found.found
    assert "s3cret" not in found.found


def test_mail_that_waits_is_told(council: Council) -> None:
    """Messages queued for more than a day, and those refused for good, are worth a look; one just queued is not."""
    engine = connect(council.settings.warehouse_url)

    def states(now: datetime) -> list[str]:
        return [item.found for item in warehouse(council.settings, now=now) if item.subject == "mail queue"]

    with engine.begin() as connection:
        queued = connection.execute(text("UPDATE mail_queue SET state = 'queued' WHERE event = 'request'")).rowcount
    assert states(NOW) == [f"{queued} messages have been queued for over a day"]
    assert states(datetime(2024, 4, 1, tzinfo=UTC)) == []


def test_a_council_s_mistake_is_named(sqlite_council: Council, tmp_path: Path) -> None:
    """A wrong folder is named with its first problem; the others are well."""
    organisations = tmp_path / "organisations"
    shutil.copytree(sqlite_council.settings.organisations / SLUG, organisations / SLUG)
    (organisations / "broken").mkdir()
    (organisations / "broken" / "organisation.yaml").write_text("slug: broken\n", encoding="utf-8")
    found = {item.subject: item for item in councils(replace(sqlite_council.settings, organisations=organisations))}
    assert found[f"council {SLUG}"].health is Health.OK
    assert found["council broken"].health is Health.WRONG
    assert "organisation.yaml, field" in found["council broken"].found


def test_a_project_without_its_folders_is_wrong(settings: Settings, tmp_path: Path) -> None:
    """A release that is not all there is told, naming what it lacks."""
    assert project(replace(settings, project_root=tmp_path)).found == f"{tmp_path} has no dags, expectations, include, sql"


@pytest.mark.enable_socket
def test_servers_that_do_not_answer_are_named(settings: Settings) -> None:
    """A mailbox, a source and a mail server: reached or not, and never a password printed."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        known = replace(
            settings,
            mailbox_url=f"imap://u:s3cret@127.0.0.1:{port}/INBOX",
            connection_urls={"waste-system": "postgresql+psycopg://u:s3cret@127.0.0.1:9/x", "files": "file:///srv/files"},
            smtp_url="smtp://127.0.0.1:9?security=none",
        )
        found = list(connections(known))
        server.shutdown()
    assert [(item.subject, item.health) for item in found] == [
        ("connection mailbox", Health.OK),
        ("connection waste-system", Health.WRONG),
    ]
    mail = mail_server(known)
    assert (mail.health, mail.found.startswith("127.0.0.1:9 does not answer")) == (Health.WRONG, True)
    assert "s3cret" not in str([*found, mail])


def test_a_clock_that_is_wrong_is_told(settings: Settings) -> None:
    """A file server an hour away from this machine is worth a look."""
    settings.home.mkdir(parents=True)
    assert machine.clock(settings, now=datetime.now(UTC)).health is Health.OK
    apart = machine.clock(settings, now=datetime.now(UTC) + timedelta(hours=1))
    assert apart.health is Health.WARNING
    assert "3,600 s away" in apart.found


def test_a_full_disk_is_wrong(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under one gigabyte a month may not fit, under five it is time to think of it."""
    for free, health in ((900_000_000, Health.WRONG), (4_000_000_000, Health.WARNING), (6_000_000_000, Health.OK)):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: shutil._ntuple_diskusage(0, 0, free))
        assert machine.disk(settings).health is health


def test_airflow_is_not_begun_to_be_looked_at(settings: Settings) -> None:
    """Without an Airflow in the environment its settings are not looked at: looking would make it a home."""
    (found,) = examine_airflow(settings, {"PATH": os.environ["PATH"]})
    assert (found.health, found.found) == (Health.WARNING, "AIRFLOW_HOME is not set: Airflow's settings were not looked at")


def test_the_command_prints_a_table_and_fails_when_something_is_wrong(sqlite_council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    """0 while all is well enough, 1 when one thing is wrong; ``--json`` has the same for machines."""
    monkeypatch.delenv("AIRFLOW_HOME", raising=False)
    environment = {"PMF_HOME": str(sqlite_council.settings.home), "COLUMNS": "160"}
    result = CliRunner().invoke(app, ["doctor"], env=environment)
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].endswith("0 wrong")
    damage_key(sqlite_council.settings)
    result = CliRunner().invoke(app, ["doctor", "--json"], env=environment)
    assert result.exit_code == 1
    assert [item["subject"] for item in json.loads(result.output) if item["health"] == "wrong"] == ["signing key"]
