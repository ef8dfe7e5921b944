"""Airflow's REST API as people and systems use it: a token, then calls."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass
class Api:
    """The API on a port of this machine, as one user."""

    port: int
    token: str = ""

    def log_in(self, username: str, password: str) -> None:
        """Fetch the user's token."""
        self.token = self.call("POST", "/auth/token", {"username": username, "password": password})["access_token"]

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call once; anything but success fails the test."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status < 300, f"{method} {path}: {answer.status} {content!r}"
        return json.loads(content)

    def start(self, dag_id: str, conf: dict[str, str]) -> str:
        """Start a run and switch its DAG on; return the run's path."""
        run = self.call("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})
        self.call("PATCH", f"/api/v2/dags/{dag_id}", {"is_paused": False})
        return f"/api/v2/dags/{dag_id}/dagRuns/{quote(run['dag_run_id'], safe='')}"

    def wait_for_dag(self, dag_id: str, seconds: float) -> None:
        """Ask until the DAG processor has told of a DAG: of very many councils it has not at once."""
        deadline = time.monotonic() + seconds
        while not self.call("GET", f"/api/v2/dags?dag_id_pattern={dag_id}")["total_entries"]:
            assert time.monotonic() < deadline, f"there is no DAG {dag_id}"
            time.sleep(0.5)

    def wait_for(self, path: str, states: set[str], seconds: float) -> Any:
        """Ask until a run or task is in one of the states."""
        deadline = time.monotonic() + seconds
        while (found := self.call("GET", path))["state"] not in states:
            assert time.monotonic() < deadline, found
            time.sleep(0.5)
        return found

    def tasks(self, path: str) -> list[dict[str, Any]]:
        """List the task instances of a run."""
        return list(self.call("GET", f"{path}/taskInstances?limit=100")["task_instances"])
