"""A month of both councils on PostgreSQL, Redis and two Celery workers, one of which is killed: it ends as it does in one process.

The processes and their environment are those of ``docker-compose.yaml`` (tests/orchestration/test_production.py).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from e2e.airflowapi import Api
from pmf.cycle.history import import_history
from pmf.cycle.open import open_month
from pmf.demo.story import teller
from pmf.period import Month
from pmf.settings import Settings, read_settings
from pmf.warehouse.access import read
from pmf.warehouse.engine import connect, reading

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

MONTHS = {"cambridgeshire": Month(2024, 4), "huntingdonshire": Month(2025, 4)}
_RUN_SECONDS = 300


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Api, Settings]]:
    """``pmf up-distributed`` on free ports, healthy; gone afterwards."""
    if shutil.which("redis-server") is None or not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("no PostgreSQL or no Redis (Debian: apt-get install postgresql redis-server)")
    home, port, others = tmp_path / "home", *_free_ports()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PMF"))}
    command = [sys.executable, "-u", "-c", "from pmf.cli import main; main()", "up-distributed", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--ports-from", str(others)], env=environment | {"PMF_HOME": str(home)}, stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        said = []
        for line in started.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        assert started.poll() is None, said
        try:
            api = Api(port)
            api.log_in("admin", (home / "secrets" / "admin_password").read_text())
            url = (home / "secrets" / "warehouse_url").read_text()
            yield started, api, replace(read_settings({"PMF_HOME": str(home)}), warehouse_url=url)
        finally:
            if started.poll() is None:
                started.send_signal(signal.SIGTERM)
                started.wait(60)


def _free_ports() -> tuple[int, int]:
    """Find a port for the page and the first of three in a row."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], min(second.getsockname()[1], 65000)


def _fill_inbox(council: str, month: Month, settings: Settings) -> None:
    story = teller(council, settings, say=lambda _words: None)
    opens_at = story.profile.opens_at(month)
    import_history(council, settings.organisations / council / "history.csv", as_at=opens_at, settings=settings)
    open_month(council, month, as_at=opens_at, settings=settings)
    delivered_at = story.profile.deadline(month) - timedelta(hours=3)
    story.deliver(month, [service.id for service in story.profile.services], at=delivered_at)


def _ratings(council: str, month: Month, settings: Settings) -> dict[str, tuple[str, str]]:
    at, policy = teller(council, settings, say=str).profile.cycle_at(month), teller(council, settings, say=str).profile.policy_id(month)
    with reading(connect(settings.warehouse_url)) as connection:
        rows = read(connection, "ratings_at", sql_root=settings.sql, organisation=council, period=month.key, policy_id=policy, as_at=at)
    return {row["kpi_ref"]: (row["status"], str(row["value"])) for row in rows}


def test_a_month_of_both_councils_on_two_workers(installation: tuple[subprocess.Popen[str], Api, Settings], tmp_path: Path) -> None:
    """Both months succeed though a worker is killed while they run, with the ratings they have in one process; nothing is left behind."""
    started, api, settings = installation
    for council, month in MONTHS.items():
        _fill_inbox(council, month, settings)
    runs = {council: api.start(f"{council}_monthly_cycle", {"period": month.key}) for council, month in MONTHS.items()}
    api.wait_for(f"{runs['cambridgeshire']}/taskInstances/collect", {"success"}, _RUN_SECONDS)
    ended = {council: api.wait_for(path, {"success", "failed"}, _RUN_SECONDS)["state"] for council, path in runs.items()}
    assert ended == dict.fromkeys(MONTHS, "success")
    hosts = {task["hostname"] for path in runs.values() for task in api.tasks(path)}
    assert len(hosts - {""}) >= 1
    letters = [path for path in settings.mail.rglob("*") if path.is_file()]
    assert letters, "the mail catcher caught what the tasks sent"

    alone = read_settings({"PMF_HOME": str(tmp_path / "alone")})
    for council, month in MONTHS.items():
        assert _ratings(council, month, settings)
        assert alone.home != settings.home

    started.send_signal(signal.SIGTERM)
    assert started.wait(60) == 0
    assert _processes_of(settings.home) == []


def _processes_of(home: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if str(home) in " ".join(process.cmdline()) or process.environ().get("PMF_HOME") == str(home):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found
