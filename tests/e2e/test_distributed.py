"""A month of both councils on PostgreSQL, Redis and two Celery workers, one of which is killed: it ends as it does in one process.

The processes and their environment are those of ``docker-compose.yaml`` (tests/orchestration/test_production.py).
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from e2e.distribution import MISSING, Installation, came_out, can_run, fill_inbox, live_alone, processes_of, start_month, up
from pmf.period import Month
from pmf.settings import read_settings

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket, pytest.mark.skipif(not can_run(), reason=MISSING)]

MONTHS = {"cambridgeshire": Month(2024, 4), "huntingdonshire": Month(2025, 4)}
_RUN_SECONDS = 300


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """``pmf up-distributed`` with both councils' returns in the inbox."""
    with up(tmp_path / "home") as running:
        for council, month in MONTHS.items():
            fill_inbox(council, month, running.settings)
        yield running


def kill_worker_of(pid: int) -> int:
    """Kill everything of the worker that a task's process belongs to, at once: main process, pool and tasks. Return how many."""
    session = os.getsid(pid)
    members = [process for process in psutil.pids() if _session_of(process) == session]
    for member in members:
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
    return len(members)


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def most_at_once(tasks: list[dict[str, Any]], task_id: str) -> int:
    """Count how many instances of a mapped task were running at one moment, at most; there are more than that of them."""
    moments = [
        tuple(datetime.fromisoformat(task[name]) for name in ("start_date", "end_date")) for task in tasks if task["task_id"] == task_id
    ]
    most = max(sum(began <= at < ended for began, ended in moments) for at, _ in moments)
    assert len(moments) > most
    return most


def test_a_month_of_both_councils_on_two_workers(installation: Installation, tmp_path: Path) -> None:
    """A worker killed in the middle changes nothing: same ratings and same bytes as in one process; stopping leaves no process behind."""
    api, settings = installation.api, installation.settings
    runs = {council: start_month(api, council, month) for council, month in MONTHS.items()}
    victim = api.wait_for(f"{runs['cambridgeshire']}/taskInstances/report", {"running"}, _RUN_SECONDS)
    assert kill_worker_of(victim["pid"]) >= 3, "main process, its pool, the task"

    # While the installation notices and recovers, the same months are lived through here.
    alone = read_settings({"PMF_HOME": str(tmp_path / "alone")})
    alone.home.mkdir()
    shutil.copy(settings.signing_key_path, alone.signing_key_path)  # forms are signed: another key, other bytes
    for council, month in MONTHS.items():
        fill_inbox(council, month, alone)
        live_alone(council, month, alone)

    ended = {council: api.wait_for(path, {"success", "failed"}, _RUN_SECONDS)["state"] for council, path in runs.items()}
    assert ended == dict.fromkeys(MONTHS, "success")
    assert api.call("GET", f"{runs['cambridgeshire']}/taskInstances/report")["try_number"] == 2
    assert [path for path in settings.mail.rglob("*") if path.is_file()], "the mail catcher caught what the tasks sent"
    assert came_out(settings, MONTHS) == came_out(alone, MONTHS)
    assert most_at_once(api.tasks(runs["cambridgeshire"]), "flagged") <= 2, "what only says something holds up no report"

    assert installation.stop() == 0
    assert processes_of(settings.home) == []
