"""Airflow for the tests of this folder, a council to run DAGs for, and verbs that only say what they were asked.

Airflow's environment is set here, before any test module can import it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pmf.orchestration.embedded import airflow_environment
from pmf.period import Period
from pmf.settings import read_settings

# One Airflow home for the whole test process, as Airflow reads its configuration once; tests/orchestration names the same one.
HOME = Path(tempfile.gettempdir()) / f"pmf-tests-{os.getpid()}"
os.environ.update(
    {name: value for name, value in airflow_environment(read_settings({"PMF_HOME": str(HOME)})).items() if name.startswith("AIRFLOW")}
    | {"AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR", "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "task=INFO"}
)

COUNCIL = "testshire"
PROFILE = """\
slug: testshire
name: Testshire County Council
short_name: TCC
first_month: 2024-04
vision: A county to test in.
calendar: {open_working_day: 1, deadline_working_day: 8, cycle_working_day: 10, export_working_day: 12}
posts:
  - {id: performance-team, title: Performance team, email: performance@testshire.example.org}
  - {id: engineers, title: Data engineers, email: engineers@testshire.example.org}
  - {id: leadership, title: Leadership team, email: leadership@testshire.example.org}
performance_team: performance-team
data_engineers: engineers
leadership_team: leadership
directorates: []
headline_policies: [{policy_id: ccc-framework-2024, since: 2024-04-01}]
paper_policies:
  - {policy_id: ccc-framework-2024, since: 2021-04-01}
quality: {withheld_share_max_pct: 20}
"""


@dataclass(frozen=True)
class Call:
    """What a verb was asked."""

    verb: str
    organisation: str
    period: Period | str | None
    as_at: datetime
    extra: dict[str, Any]


@dataclass
class Verbs:
    """Stands in for the verbs of ``pmf.cycle``: notes each call and answers with a summary the test has chosen."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    broken: dict[str, Exception] = field(default_factory=dict)
    ended: Callable[[datetime], bool] = lambda _as_at: True
    calls: list[Call] = field(default_factory=list)

    def validation(self, outcome: str, *labels: str, at: str = "validate_returns") -> None:
        """Choose how a validation ends."""
        self.answers[at] = {"outcome": outcome, "reason": f"the data {outcome}ed", "labels": labels}

    def called(self, verb: str) -> list[Call]:
        return [call for call in self.calls if call.verb == verb]

    def stand_in(self, verb: str) -> Callable[..., Any]:
        def answer(organisation: str, period: Period | str | None = None, *, as_at: datetime, settings: object, **extra: Any) -> Any:
            assert settings is not None
            self.calls.append(Call(verb, organisation, period, as_at, extra))
            if verb in self.broken:
                raise self.broken[verb]
            if verb == "months_ended":
                return self.ended(as_at)
            return _Summary(self.answers.get(verb, {"done": verb}))

        return answer


@dataclass(frozen=True)
class _Summary:
    content: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return self.content


_VERBS = {
    "open": ("open_month",),
    "chase": ("chase",),
    "fetch": ("fetch_mail",),
    "pull": ("sources_to_pull", "pull_source"),
    "collect": ("collect_month", "scan_inbox"),
    "validate": ("validate_returns", "validate_ratings"),
    "rate": ("rate_month", "rate_quarter", "rate_quarters", "rate_year", "months_ended"),
    "report": ("report_month", "export_papers", "report_year"),
    "lookinto": ("look_into_reds",),
    "publish": ("publish_signed_off",),
    "send": ("send_mail", "report_breakdown"),
}


@pytest.fixture
def verbs(monkeypatch: pytest.MonkeyPatch) -> Verbs:
    """Verbs without a cycle behind them; both validations pass unless the test says otherwise."""
    stand_ins = Verbs()
    stand_ins.validation("pass")
    stand_ins.validation("pass", at="validate_ratings")
    stand_ins.validation("pass", at="publish_signed_off")
    for name, functions in _VERBS.items():
        module = ModuleType(f"pmf.cycle.{name}")
        for function in functions:
            setattr(module, function, stand_ins.stand_in(function))
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return stand_ins


@pytest.fixture(scope="session")
def organisations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small council."""
    folder = tmp_path_factory.mktemp("organisations")
    (folder / COUNCIL).mkdir()
    (folder / COUNCIL / "organisation.yaml").write_text(PROFILE, encoding="utf-8")
    return folder


@pytest.fixture
def council(monkeypatch: pytest.MonkeyPatch, organisations: Path, airflow_database: Path) -> str:
    """The slug of the council that the DAG files see."""
    monkeypatch.setenv("PMF_ORGANISATIONS", str(organisations))
    monkeypatch.setenv("PMF_HOME", str(airflow_database.parent))
    return COUNCIL


@pytest.fixture(scope="session")
def airflow_database() -> Iterator[Path]:
    """The embedded Airflow's home with its metadata database in place."""
    from airflow.utils import db

    db.initdb()
    yield HOME / "airflow"
    shutil.rmtree(HOME, ignore_errors=True)
