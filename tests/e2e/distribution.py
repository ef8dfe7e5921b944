"""A production installation on this machine as tests and benchmarks use it: started, given months to report on, measured, looked at."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from e2e.airflowapi import Api
from pmf.cycle.collect import collect_month
from pmf.cycle.history import import_history
from pmf.cycle.lookinto import look_into_reds
from pmf.cycle.open import open_month
from pmf.cycle.rate import rate_month
from pmf.cycle.report import report_month
from pmf.cycle.validate import validate_ratings, validate_returns
from pmf.demo.story import teller
from pmf.period import Month
from pmf.settings import Settings, read_settings
from pmf.warehouse.access import read
from pmf.warehouse.engine import connect, reading

MISSING = "no PostgreSQL or no Redis (Debian: apt-get install --no-install-recommends postgresql redis-server)"
_SAMPLE_SECONDS = 1.0


def can_run() -> bool:
    """Tell whether this machine has the programs that it takes."""
    return shutil.which("redis-server") is not None and bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


@dataclass(frozen=True)
class Installation:
    """``pmf up-distributed``, healthy."""

    process: subprocess.Popen[str]
    api: Api
    settings: Settings

    def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextmanager
def up(home: Path, **elsewhere: Path) -> Iterator[Installation]:
    """Start ``pmf up-distributed`` on free ports and wait until all of it is healthy; gone afterwards.

    Nothing runs by the clock, so that what runs is what was asked for. ``elsewhere`` holds the folders that are not the shipped
    ones: ``organisations``, ``project_root``.
    """
    port, others = _free_ports()
    own = {"PMF_HOME": str(home)} | {f"PMF_{name.upper()}": str(folder) for name, folder in elsewhere.items()}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PMF"))}
    environment = inherited | own | {"AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False"}
    command = [sys.executable, "-u", "-c", "from pmf.cli import main; main()", "up-distributed", "--port", str(port)]
    with subprocess.Popen([*command, "--ports-from", str(others)], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        assert process.poll() is None, said
        api = Api(port)
        api.log_in("admin", (home / "secrets" / "admin_password").read_text())
        installation = Installation(
            process, api, replace(read_settings(own), warehouse_url=(home / "secrets" / "warehouse_url").read_text())
        )
        try:
            yield installation
        finally:
            installation.stop()


def fill_inbox(council: str, month: Month, settings: Settings) -> None:
    """Import a council's history, open the month, and put every service's return into the inbox, in time."""
    story = teller(council, settings, say=_nobody)
    opens_at = story.profile.opens_at(month)
    import_history(council, settings.organisations / council / "history.csv", as_at=opens_at, settings=settings)
    open_month(council, month, as_at=opens_at, settings=settings)
    story.deliver(month, [service.id for service in story.profile.services], at=story.profile.deadline(month) - timedelta(hours=3))


def _nobody(_words: str) -> None:
    """Let nobody hear what is being told."""


def start_month(api: Api, council: str, month: Month) -> str:
    """Start the month's cycle; return the run's path."""
    return api.start(f"{council}_monthly_cycle", {"period": month.key})


def live_alone(council: str, month: Month, settings: Settings) -> None:
    """Run the verbs of the month's cycle one after the other in this process."""
    at = teller(council, settings, say=_nobody).profile.cycle_at(month)
    for verb in (collect_month, validate_returns, rate_month, validate_ratings, report_month, look_into_reds):
        verb(council, month, as_at=at, settings=settings)


def processes_of(home: Path) -> list[str]:
    """List the programs that still run of an installation."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if str(home) in " ".join(process.cmdline()) or process.environ().get("PMF_HOME") == str(home):
                found.append(" ".join(process.cmdline()))
    return found


def came_out(settings: Settings, months: Mapping[str, Month]) -> dict[str, str]:
    """Say what a home holds: every rating, and the digest of every file of store and outbox, by name."""
    found: dict[str, str] = {}
    for council, month in months.items():
        profile = teller(council, settings, say=_nobody).profile
        with reading(connect(settings.warehouse_url)) as connection:
            rows = read(
                connection,
                "ratings_at",
                sql_root=settings.sql,
                organisation=council,
                period=month.key,
                policy_id=profile.policy_id(month),
                as_at=profile.cycle_at(month),
            )
        found |= {f"{council} {row['kpi_ref']}": f"{row['status']} {row['value']}" for row in rows}
    for folder in (settings.store, settings.outbox):
        files = (path for path in folder.rglob("*") if path.is_file())
        found |= {str(path.relative_to(settings.home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return found


@dataclass(frozen=True)
class Times:
    """What tasks took, in seconds: at work, and waiting for a worker; and how long it was from the first start to the last end."""

    tasks: int
    working: float
    waiting: float
    wall: float

    @classmethod
    def of(cls, api: Api, runs: Iterable[str]) -> Times:
        """Add up the tasks of runs that have ended, skipped ones left out."""
        found = [task for run in runs for task in api.tasks(run) if task["start_date"] and task["end_date"] and task["queued_when"]]
        starts, ends, queued = ([_moment(task, field) for task in found] for field in ("start_date", "end_date", "queued_when"))
        working = sum((end - start).total_seconds() for start, end in zip(starts, ends, strict=True))
        waiting = sum((start - put).total_seconds() for put, start in zip(queued, starts, strict=True))
        return cls(len(found), working, waiting, (max(ends) - min(queued)).total_seconds())


def _moment(task: Mapping[str, Any], field: str) -> datetime:
    return datetime.fromisoformat(task[field])


@contextmanager
def peak_memory(process: subprocess.Popen[str]) -> Iterator[dict[str, float]]:
    """Watch the memory of a process and all it started, shared pages counted once; ``megabytes`` holds the peak afterwards."""
    peak, done = {"megabytes": 0.0}, threading.Event()

    def watch() -> None:
        while not done.wait(_SAMPLE_SECONDS):
            peak["megabytes"] = max(peak["megabytes"], _proportional(process.pid) / 1e6)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _proportional(pid: int) -> int:
    total = 0
    with suppress(psutil.Error):
        for member in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            with suppress(psutil.Error):
                total += member.memory_full_info().pss
    return total


def _free_ports() -> tuple[int, int]:
    """Find a port for the page and the first of three in a row."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], min(second.getsockname()[1], 65000)
