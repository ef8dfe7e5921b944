"""Airflow's page of required actions, as a person uses it: by the REST API that the page is made with."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pmf.orchestration.embedded import password
from pmf.settings import read_settings

SECONDS = 120


class Page:
    """What the page shows of one DAG's questions, and what pressing its buttons does; ``form`` is what its fields hold at first."""

    def __init__(self, home: Path, dag_id: str, form: Mapping[str, str | None]) -> None:
        from airflow.api_fastapi.app import create_app
        from starlette.testclient import TestClient

        secret = password(read_settings({"PMF_HOME": str(home)}))
        self.dag_id, self.form = dag_id, form
        self.client = TestClient(create_app(apps="core"))
        token = self.client.post("/auth/token", json={"username": "admin", "password": secret}).json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"

    def shown(self, count: int, *, by: str = ":") -> dict[str, dict[str, Any]]:
        """Wait for so many questions to be asked; give each by what its subject begins with."""
        deadline = time.monotonic() + SECONDS
        while True:
            found = self.client.get(f"/api/v2/dags/{self.dag_id}/dagRuns/~/hitlDetails", params={"response_received": False}).json()
            if found["total_entries"] >= count:
                return {item["subject"].partition(by)[0]: item for item in found["hitl_details"]}
            assert time.monotonic() < deadline, found
            time.sleep(0.2)

    def decide(self, question: Mapping[str, Any], option: str, **said: str | None) -> None:
        """Press one of the buttons."""
        instance = question["task_instance"]
        run, task, index = quote(instance["dag_run_id"], safe=""), instance["task_id"], instance["map_index"]
        content = {"chosen_options": [option], "params_input": {**self.form, **said}}
        answer = self.client.patch(f"/api/v2/dags/{self.dag_id}/dagRuns/{run}/taskInstances/{task}/{index}/hitlDetails", json=content)
        assert answer.status_code == 200, answer.text
