"""A month through the real thing: four servers, LocalExecutor, a process for each task, and nothing left behind.

The returns of the cut-down sample council for April 2024 lie in the inbox; the run is started as a person or a system would, by
the REST API, and must end as it does in process.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.airflowapi import Api
from e2e.distribution import fill_inbox, processes_of
from faults.small import small_council
from pmf.orchestration.embedded import password
from pmf.period import Month
from pmf.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

COUNCIL = "cambridgeshire"
DAG_ID = f"{COUNCIL}_monthly_cycle"
MONTH = Month(2024, 4)
_RUN_SECONDS = 240


@pytest.fixture
def inbox(tmp_path: Path) -> Settings:
    """An installation in whose inbox every service's return for April 2024 lies, in time."""
    settings = small_council(tmp_path / "home").settings
    fill_inbox(COUNCIL, MONTH, settings)
    return settings


@pytest.fixture
def airflow(inbox: Settings) -> Iterator[tuple[subprocess.Popen[str], Api]]:
    """``pmf up`` on a free port, healthy: it has said so of its four servers, and where it is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PMF"))}
    with subprocess.Popen(
        [sys.executable, "-u", "-c", "from pmf.cli import main; main()", "up", "--port", str(port)],
        env=environment | {"PMF_HOME": str(inbox.home), "PMF_ORGANISATIONS": str(inbox.organisations)},
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        said: list[str] = []
        for line in started.stdout:
            said.append(line.strip())
            if "Ctrl-C" in line:
                break
        assert started.poll() is None, said
        assert {line.split()[0] for line in said if "is ready after" in line} == {"api-server", "scheduler", "dag-processor", "triggerer"}
        assert f"Airflow is at http://127.0.0.1:{port}   user admin   password {password(inbox)}" in said
        assert len(processes_of(inbox.home)) > 4
        api = Api(port)
        api.log_in("admin", password(inbox))
        yield started, api
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)


def test_a_month_through_the_real_scheduler(inbox: Settings, airflow: tuple[subprocess.Popen[str], Api]) -> None:
    """Each stage runs in a process of its own and the month ends as in process; Ctrl-C leaves no process of ``pmf up``."""
    started, api = airflow
    path = api.start(DAG_ID, {"period": MONTH.key})
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

    started.send_signal(signal.SIGINT)
    assert started.wait(60) == 0
    assert processes_of(inbox.home) == []
