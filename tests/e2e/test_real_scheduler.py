"""A month through the real thing: four servers, LocalExecutor, a process for each task, and nothing left behind.

The sample council's returns for April 2024 lie in the inbox; the run is started as a person or a system would, by the
REST API, and must end as it does in process.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]
import pytest

from pmf.cycle.history import import_history
from pmf.cycle.open import open_month
from pmf.demo.story import teller
from pmf.orchestration.embedded import password
from pmf.period import Month
from pmf.settings import Settings, read_settings

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

COUNCIL = "cambridgeshire"
DAG_ID = f"{COUNCIL}_monthly_cycle"
MONTH = Month(2024, 4)
_RUN_SECONDS = 240


@dataclass
class Api:
    """Airflow's REST API as the embedded user."""

    port: int
    token: str = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status < 300, f"{method} {path}: {answer.status} {content!r}"
        return json.loads(content)

    def wait_for(self, path: str, states: set[str], seconds: float) -> Any:
        deadline = time.monotonic() + seconds
        while (found := self.call("GET", path))["state"] not in states:
            assert time.monotonic() < deadline, found
            time.sleep(0.5)
        return found


@pytest.fixture
def inbox(tmp_path: Path) -> Settings:
    """An installation in whose inbox every service's return for April 2024 lies, in time."""
    settings = read_settings({"PMF_HOME": str(tmp_path / "home")})
    story = teller(COUNCIL, settings, say=lambda _words: None)
    history = settings.organisations / COUNCIL / "history.csv"
    import_history(COUNCIL, history, as_at=story.profile.opens_at(MONTH), settings=settings)
    open_month(COUNCIL, MONTH, as_at=story.profile.opens_at(MONTH), settings=settings)
    story.deliver(MONTH, [service.id for service in story.profile.services], at=story.profile.deadline(MONTH) - timedelta(hours=3))
    return settings


@pytest.fixture
def airflow(inbox: Settings) -> Iterator[tuple[subprocess.Popen[str], Api]]:
    """``pmf up`` on a free port, healthy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PMF"))}
    with subprocess.Popen(
        [sys.executable, "-u", "-c", "from pmf.cli import main; main()", "up", "--port", str(port)],
        env=environment | {"PMF_HOME": str(inbox.home)},
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        for line in started.stdout:
            if "Ctrl-C" in line:
                break
        assert started.poll() is None, "pmf up did not come up"
        api = Api(port)
        api.token = api.call("POST", "/auth/token", {"username": "admin", "password": password(inbox)})["access_token"]
        yield started, api
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)


def processes_of(settings: Settings) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("PMF_HOME") == str(settings.home):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def test_a_month_through_the_real_scheduler(inbox: Settings, airflow: tuple[subprocess.Popen[str], Api]) -> None:
    """Each stage runs in a process of its own and the month ends as in process; a terminated ``pmf up`` leaves no process."""
    started, api = airflow
    run = api.call("POST", f"/api/v2/dags/{DAG_ID}/dagRuns", {"logical_date": None, "conf": {"period": MONTH.key}})
    api.call("PATCH", f"/api/v2/dags/{DAG_ID}", {"is_paused": False})
    path = f"/api/v2/dags/{DAG_ID}/dagRuns/{quote(run['dag_run_id'], safe='')}"
    ended = api.wait_for(path, {"success", "failed"}, _RUN_SECONDS)

    instances = api.call("GET", f"{path}/taskInstances")["task_instances"]
    tasks = {task["task_id"]: task for task in instances if task["task_id"] != "flagged"}
    done = ["collect", "validate_returns", "alert", "gate", "rate", "validate_ratings", "gate_ratings", "report", "look_into"]
    done += ["deliver", "list_flags"]
    assert {task_id: task["state"] for task_id, task in tasks.items()} == dict.fromkeys(done, "success")
    assert ended["state"] == "success"
    assert len({task["pid"] for task in tasks.values()}) == len(done)
    labels = api.call("GET", f"{path}/taskInstances/list_flags/xcomEntries/return_value?deserialize=true")["value"]
    flagged = [(task["rendered_map_index"], task["state"]) for task in instances if task["task_id"] == "flagged"]
    assert flagged == ([(label, "success") for label in labels] or [(None, "skipped")])
    assert any((inbox.outbox / COUNCIL / MONTH.key).rglob("*.pdf"))

    started.send_signal(signal.SIGTERM)
    assert started.wait(60) == 0
    assert processes_of(inbox) == []
