"""What tasks tell those who watch over them: who and what on every line of their log, and measurements on the wire."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from pmf.orchestration import stage
from pmf.orchestration.inprocess import run_dag
from pmf.orchestration.subject import Subject
from pmf.period import Month

CYCLE_AT = datetime(2024, 5, 15, 6, tzinfo=UTC)


class Summary:
    """What a validation says of itself, names and all."""

    def as_dict(self) -> dict[str, object]:
        return {
            "outcome": "flag",
            "reason": "Jo Bloggs' figure",
            "labels": ["Libraries"],
            "due": 40,
            "withheld": 2,
            "failed": 1,
            "flagged": 3,
        }


def test_every_line_of_a_task_s_log_says_whose_it_is(council: str, verbs: object, airflow_database: Path) -> None:
    """Each line that the tasks of a month log, Airflow's own included, has organisation, period, run and stage."""
    assert verbs is not None
    run = run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT)
    assert run.state == "success"
    logs = [path for path in (airflow_database / "logs").rglob("*.log") if run.run_id in str(path)]
    lines = [json.loads(line) for path in logs if "task_id=rate" in str(path) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines
    assert {(line["organisation"], line["run"], line["stage"]) for line in lines} == {(council, run.run_id, "rate")}
    (done,) = (line for line in lines if line["event"] == "stage done")
    assert (done["period"], done["seconds"] >= 0) == ("2024-04", True)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A StatsD server's socket, and Airflow's metrics sent to it as a task's process would."""
    pytest.importorskip("statsd", reason="the extra `production` brings the StatsD client")
    from airflow.sdk.observability import stats
    from airflow.sdk.observability.metrics.stats_utils import get_stats_factory

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        for name, value in {"ON": "True", "HOST": "127.0.0.1", "PORT": server.getsockname()[1], "INFLUXDB_ENABLED": "True"}.items():
            monkeypatch.setenv(f"AIRFLOW__METRICS__STATSD_{name}", str(value))
        stats.initialize(factory=get_stats_factory(), export_legacy_names=False)
        yield server
    monkeypatch.undo()
    stats.initialize(factory=get_stats_factory(), export_legacy_names=False)


@pytest.mark.enable_socket
def test_measurements_go_where_airflow_s_go(wire: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stage seconds, findings and withheld share arrive as StatsD packets with the council as a tag, and with no name in them."""
    monkeypatch.setattr(stage, "get_current_context", lambda: {"ti": SimpleNamespace(task_id="validate_returns")})
    monkeypatch.setattr(stage, "settings_for_tasks", lambda: None)
    stage.perform(lambda *_, **__: Summary(), "testshire", Subject(Month(2024, 4), CYCLE_AT))
    packets = [wire.recv(1000).decode() for _ in range(4)]
    own = "organisation=testshire,"
    assert packets[0].startswith(f"airflow.pmf.stage.duration,{own}stage=validate_returns:")
    assert packets[0].endswith("|ms")
    assert packets[1:] == [
        f"airflow.pmf.findings,{own}stage=validate_returns,severity=critical:1|g",
        f"airflow.pmf.findings,{own}stage=validate_returns,severity=warning:3|g",
        f"airflow.pmf.withheld_share,{own}stage=validate_returns:5.0|g",
    ]
    assert "AIRFLOW__METRICS__STATSD_ON" in os.environ
    assert not [packet for packet in packets if "Bloggs" in packet or "Libraries" in packet]
