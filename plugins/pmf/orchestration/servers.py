"""The servers of an embedded Airflow: started together, watched, and stopped so that no process is left behind.

Each server leads a session of its own. A task runs in its own process group but stays in its server's session, so the
session is what is swept at the end.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType

import psutil  # type: ignore[import-untyped]

_AIRFLOW = (sys.executable, "-m", "airflow")
# Log serving is for several machines; here the API server reads the files itself.
EMBEDDED: Mapping[str, tuple[str, ...]] = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
# What a Celery worker says in its log once it takes tasks.
_WORKER_IS_READY = b" ready."
# A cold start without compiled bytecode has taken 47 seconds on two cores; beyond this something is wrong.
_PATIENCE_SECONDS = 180
_GRACE_SECONDS = 10
_PACE_SECONDS = 0.3


class EmbeddedError(Exception):
    """The embedded Airflow cannot run; the message says why in words for whoever started it."""


@dataclass(frozen=True)
class Server:
    """One server process and the file its output goes to, from ``begins_at`` on in bytes; ``again`` starts another like it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    begins_at: int
    again: Callable[[], Server]

    def has_said(self, words: bytes) -> bool:
        """Tell whether words stand in what the process has put out."""
        with self.log.open("rb") as log:
            log.seek(self.begins_at)
            return words in log.read()


@dataclass(frozen=True)
class Servers:
    """The servers that run, on one port of this machine."""

    port: int
    members: list[Server]

    def watch(self, stopping: threading.Event) -> None:
        """Wait until asked to stop.

        Raises:
            EmbeddedError: when a server stops by itself.
        """
        while not stopping.wait(_PACE_SECONDS):
            self.check()

    def check(self) -> None:
        """Raise EmbeddedError when a server has stopped by itself, naming its log."""
        for server in self.members:
            if server.process.poll() is not None:
                raise EmbeddedError(f"Airflow's {server.name} stopped by itself (exit code {server.process.returncode}): see {server.log}")

    def revive(self, say: Callable[[str], None]) -> None:
        """Start again each server that has stopped by itself, once what is left of it is gone, as a container engine would."""
        for place, server in enumerate(self.members):
            if server.process.poll() is not None:
                say(f"{server.name} stopped by itself (exit code {server.process.returncode}) and is started again: see {server.log}")
                _kill_rest([server])
                self.members[place] = server.again()

    def healthy(self, since: datetime) -> frozenset[str]:
        """Name the servers that report health, by a heartbeat no older than ``since``; a worker says in its log that it is ready."""
        health = _health(self.port)
        if health is None:
            return frozenset()
        beats = {server.name: health.get(server.name.replace("-", "_"), {}) for server in self.members}
        alive = {name for name, report in beats.items() if _beat_since(report, name, since)}
        workers = {server.name for server in self.members if server.name.startswith("worker") and server.has_said(_WORKER_IS_READY)}
        return frozenset(alive | workers | {"api-server"})

    def stop(self) -> None:
        """End every process of the servers' sessions: asked first, killed after ten seconds."""
        for server in self.members:
            with suppress(ProcessLookupError):
                os.killpg(server.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
        while _in_sessions(self.members) and time.monotonic() < deadline:
            time.sleep(_PACE_SECONDS)
        _kill_rest(self.members)


@contextmanager
def serving(
    environment: Mapping[str, str],
    *,
    port: int,
    say: Callable[[str], None],
    stopping: threading.Event | None = None,
    commands: Mapping[str, tuple[str, ...]] = EMBEDDED,
) -> Iterator[Servers]:
    """Start the servers, hand them over once all are healthy, and stop them when the block is left.

    ``stopping`` ends the wait for health early; ``commands`` are the servers' names with their arguments. The metadata database
    must be there already.

    Raises:
        EmbeddedError: when the port is taken, a server dies, or they are not healthy within three minutes.
    """
    _refuse_taken(port)
    since = datetime.now(UTC)
    logs = Path(environment["AIRFLOW_HOME"]) / "logs"
    servers = Servers(port, [_start(name, arguments, environment, logs) for name, arguments in commands.items()])
    try:
        _wait_until_healthy(servers, since, say, stopping or threading.Event())
        yield servers
    finally:
        servers.stop()


@contextmanager
def until_interrupted() -> Iterator[threading.Event]:
    """Give an event that SIGINT, SIGTERM and SIGHUP set instead of what they did before, until the block is left."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stopping
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def run_to_end(arguments: Sequence[str], environment: Mapping[str, str], logs: Path) -> None:
    """Run one Airflow command. Raises EmbeddedError, naming its log, when it fails."""
    run_process(f"airflow {' '.join(arguments)}", [*_AIRFLOW, *arguments], environment, logs / f"{'-'.join(arguments)}.log")


def run_process(title: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    """Run a program to its end. Raises EmbeddedError, naming its log, when it fails."""
    server = start_process(log.stem, command, environment, log.parent)
    try:
        if server.process.wait() != 0:
            raise EmbeddedError(f"{title} failed: see {server.log}")
    finally:
        Servers(0, [server]).stop()


def start_process(name: str, command: Sequence[str], environment: Mapping[str, str], logs: Path) -> Server:
    """Start a program in a session of its own, with this process's environment and more; what it puts out goes to a log."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    with log.open("ab") as output:
        begins_at = output.tell()
        process = subprocess.Popen(  # noqa: S603 - commands of this package
            command,
            # Without compiled bytecode every start takes twice as long.
            env={**os.environ, **environment, "PYTHONDONTWRITEBYTECODE": ""},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Server(name, process, log, begins_at, partial(start_process, name, command, environment, logs))


def _start(name: str, arguments: Sequence[str], environment: Mapping[str, str], logs: Path) -> Server:
    return start_process(name, [*_AIRFLOW, *arguments], environment, logs)


def _wait_until_healthy(servers: Servers, since: datetime, say: Callable[[str], None], stopping: threading.Event) -> None:
    began = time.monotonic()
    told: frozenset[str] = frozenset()
    while len(told) < len(servers.members):
        servers.check()
        healthy = servers.healthy(since)
        for name in sorted(healthy - told):
            say(f"  {name} is ready after {time.monotonic() - began:.0f} s")
        told |= healthy
        if time.monotonic() - began > _PATIENCE_SECONDS:
            late = sorted({server.name for server in servers.members} - told)
            raise EmbeddedError(f"not ready after {_PATIENCE_SECONDS} s: {', '.join(late)}; see {servers.members[0].log.parent}")
        if stopping.wait(_PACE_SECONDS):
            return


def _health(port: int) -> dict[str, dict[str, str | None]] | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/v2/monitor/health")
        answer = connection.getresponse()
        return dict(json.loads(answer.read())) if answer.status == http.HTTPStatus.OK else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _beat_since(report: Mapping[str, str | None], name: str, since: datetime) -> bool:
    """Tell whether a server is healthy now; a heartbeat of its predecessor, stopped a moment ago, does not count."""
    beat = report.get(f"latest_{name.replace('-', '_')}_heartbeat")
    return report.get("status") == "healthy" and beat is not None and datetime.fromisoformat(beat) >= since


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EmbeddedError(f"port {port} is in use: stop what listens there, or choose another with --port") from error


def _kill_rest(members: Sequence[Server]) -> None:
    for pid in _in_sessions(members):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for server in members:
        server.process.wait()


def _in_sessions(members: Sequence[Server]) -> list[int]:
    sessions = {server.process.pid for server in members}
    for server in members:
        server.process.poll()  # reaps the leader, which would otherwise stay behind as a zombie
    found = []
    for pid in psutil.pids():
        with suppress(OSError):
            if os.getsid(pid) in sessions:
                found.append(pid)
    return found
