"""The embedded Airflow: its configuration, its secrets, and its processes, none of which is ever left behind."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from pmf.orchestration import servers
from pmf.orchestration.embedded import airflow_environment, password, prepare
from pmf.orchestration.servers import EmbeddedError, Servers, run_to_end, serving, until_interrupted
from pmf.settings import Settings, read_settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def processes_of(home: Path) -> list[psutil.Process]:
    """Every process on this machine that works for an Airflow home: they inherit it in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("AIRFLOW_HOME") == str(home):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_tasks_read_back_the_settings_they_were_started_with(settings: Settings) -> None:
    """The environment of the servers is these settings, not what the shell happened to hold; links know the port."""
    chosen = replace(settings, smtp_url="smtp://mail.example.org:25", overlay=Path("/srv/overlay"))
    assert read_settings(airflow_environment(chosen, port=8123)) == replace(chosen, run_link_base="http://127.0.0.1:8123")
    assert read_settings(airflow_environment(settings)) == replace(settings, run_link_base="http://127.0.0.1:8080")


def test_everything_of_airflow_lies_under_its_home(settings: Settings) -> None:
    """Database, logs and passwords are under the home; nothing listens beyond this machine; no council starts by itself."""
    environment = airflow_environment(settings, port=8123)
    home = str(settings.airflow_home)
    assert environment["AIRFLOW_HOME"] == home
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{home}/airflow.db"
    assert environment["AIRFLOW__LOGGING__BASE_LOG_FOLDER"].startswith(home)
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8123/execution/"
    assert environment["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "True"


def test_secrets_are_made_once_and_private(settings: Settings) -> None:
    """Another start reads the same keys and password from files only their owner may read; another home has its own."""
    first, word = airflow_environment(settings), password(settings)
    assert airflow_environment(settings) == first
    assert password(settings) == word
    assert len(first["AIRFLOW__API_AUTH__JWT_SECRET"]) >= 64
    for name in ("secrets.json", "passwords.json"):
        assert stat.S_IMODE((settings.airflow_home / name).stat().st_mode) == 0o600
    elsewhere = airflow_environment(replace(settings, home=settings.home / "other"))
    assert elsewhere["AIRFLOW__CORE__FERNET_KEY"] != first["AIRFLOW__CORE__FERNET_KEY"]


def test_a_process_has_one_airflow(settings: Settings) -> None:
    """Airflow reads its configuration once: preparing a second home in one process is refused, not half done."""
    import airflow

    assert airflow.__version__
    with pytest.raises(EmbeddedError, match="already running in this process"):
        prepare(settings)
    assert os.environ["AIRFLOW_HOME"] != str(settings.airflow_home)


def test_preparing_makes_the_database_once(settings: Settings) -> None:
    """The first process makes the metadata database; the next one finds it and does not even import Airflow for it."""
    code = """
import os, sys
from pmf.orchestration.embedded import prepare
from pmf.settings import read_settings
prepare(read_settings(os.environ))
print("airflow" in sys.modules)
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")} | {"PMF_HOME": str(settings.home)}
    said = [
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout.split()[-1]
        for _ in range(2)
    ]
    assert said == ["True", "False"]
    assert (settings.airflow_home / "airflow.db").exists()


@pytest.mark.enable_socket
def test_a_taken_port_is_said_in_words(settings: Settings) -> None:
    """When something listens there already, the message says so and how to choose another port; nothing is started."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        message = f"port {port} is in use: stop what listens there, or choose another with --port"
        with pytest.raises(EmbeddedError, match=message), serving({"AIRFLOW_HOME": str(settings.airflow_home)}, port=port, say=print):
            pytest.fail("served on a taken port")
    assert processes_of(settings.airflow_home) == []


# A server with a grandchild as Airflow's tasks are: in a process group of its own, and deaf to being asked.
_STUBBORN = """
import os, signal, time
if os.fork() == 0:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(60)
"""


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, tuple[str, ...]]]:
    """Makes commands of small programs that stand in for Airflow's servers."""

    def put(**programs: str) -> dict[str, tuple[str, ...]]:
        monkeypatch.setattr(servers, "_AIRFLOW", (sys.executable, "-c"))
        return {name: (program,) for name, program in programs.items()}

    return put


@pytest.mark.enable_socket
def test_a_server_that_dies_takes_the_others_with_it(
    settings: Settings, stand_in: Callable[..., dict[str, tuple[str, ...]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One dead server is an error that names it and its log; the others, and what they started, are gone when it is raised."""
    monkeypatch.setattr(servers, "_GRACE_SECONDS", 1)
    commands = stand_in(scheduler=_STUBBORN, triggerer="import time; time.sleep(1); raise SystemExit(3)")
    environment = {"AIRFLOW_HOME": str(settings.airflow_home)}
    with (
        pytest.raises(EmbeddedError, match=r"Airflow's triggerer stopped by itself \(exit code 3\): see .*triggerer.log"),
        serving(environment, port=free_port(), say=print, commands=commands),
    ):
        pytest.fail("handed over without health")
    assert eventually(lambda: processes_of(settings.airflow_home) == [], 5)  # the system takes a moment to let go of the killed


@pytest.mark.enable_socket
def test_stopping_sweeps_up_what_does_not_listen(
    settings: Settings, stand_in: Callable[..., dict[str, tuple[str, ...]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task that ignores being asked is killed, though it left its server's process group."""
    monkeypatch.setattr(servers, "_GRACE_SECONDS", 1)
    commands = stand_in(scheduler=_STUBBORN)
    stopping, environment = threading.Event(), {"AIRFLOW_HOME": str(settings.airflow_home)}
    stopping.set()
    with serving(environment, port=free_port(), say=print, stopping=stopping, commands=commands) as running:
        assert eventually(lambda: len(processes_of(settings.airflow_home)) == 2, 10)
        running.check()
    assert eventually(lambda: processes_of(settings.airflow_home) == [], 5)  # the system takes a moment to let go of the killed


@pytest.mark.enable_socket
def test_a_killed_server_is_started_again(settings: Settings, stand_in: Callable[..., dict[str, tuple[str, ...]]]) -> None:
    """Where a container engine would start it again, so does ``revive``: what it left is gone, the others are untouched."""
    commands = stand_in(scheduler=_STUBBORN, triggerer="import time; time.sleep(60)")
    stopping, environment, said = threading.Event(), {"AIRFLOW_HOME": str(settings.airflow_home)}, list[str]()
    stopping.set()
    with serving(environment, port=free_port(), say=print, stopping=stopping, commands=commands) as running:
        scheduler, triggerer = running.members
        assert eventually(lambda: len(processes_of(settings.airflow_home)) == 3, 10)
        scheduler.process.kill()
        scheduler.process.wait()
        running.revive(said.append)
        assert [line.partition(" stopped")[0] for line in said] == ["scheduler"]
        assert running.members[0].process.pid != scheduler.process.pid
        assert running.members[1] is triggerer
        assert eventually(lambda: len(processes_of(settings.airflow_home)) == 3, 10)
        servers._kill_rest(running.members)  # the stubborn one would take its ten seconds


def test_a_command_that_fails_names_its_log(settings: Settings, stand_in: Callable[..., dict[str, tuple[str, ...]]]) -> None:
    """When the database cannot be made, the message says where to look."""
    stand_in()
    with pytest.raises(EmbeddedError, match=r"failed: see .*\.log"):
        run_to_end(("raise SystemExit(1)",), {"AIRFLOW_HOME": str(settings.airflow_home)}, settings.airflow_home / "logs")


@pytest.mark.parametrize(
    ("report", "alive"),
    [
        ({"status": "healthy", "latest_scheduler_heartbeat": "2024-10-14T06:00:05+00:00"}, True),
        ({"status": "healthy", "latest_scheduler_heartbeat": "2024-10-14T05:59:55+00:00"}, False),
        ({"status": "unhealthy", "latest_scheduler_heartbeat": "2024-10-14T06:00:05+00:00"}, False),
        ({"status": None}, False),
    ],
)
def test_only_a_heartbeat_of_this_start_counts(report: dict[str, str | None], *, alive: bool) -> None:
    """A scheduler stopped half a minute ago still looks healthy in the database; its beat is too old to be this one's."""
    assert servers._beat_since(report, "scheduler", datetime(2024, 10, 14, 6, tzinfo=UTC)) is alive


@pytest.mark.enable_socket
def test_nothing_answers_is_not_healthy() -> None:
    """Before the API server listens there is no health at all."""
    assert Servers(free_port(), []).healthy(datetime.now(UTC)) == frozenset()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_it_ends_it_in_order(number: signal.Signals) -> None:
    """Ctrl-C, a service manager and a closed terminal alike ask for the end; tests/e2e/test_real_scheduler.py sees all of it come down."""
    before = signal.getsignal(number)
    with until_interrupted() as stopping:
        assert not stopping.is_set()
        signal.raise_signal(number)
        assert stopping.is_set()
    assert signal.getsignal(number) is before
