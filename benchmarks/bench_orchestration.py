"""A council's month through a real scheduler with LocalExecutor, beside an empty chain of the same shape on the same installation.

Usage: bench_orchestration.py [--times N]

Airflow is started as ``pmf up`` starts it, heavy imports done once in the scheduler. The month is the sample council's April 2024; run
again it does the same work over the same returns. Runs take turns, medians are of wall time from the first task queued to the last
one ended. For scale, what one task costs: in a chain, side by side, importing much, in one process, without Airflow, and in one
process of Dagster and of Prefect (which starts a server beside it).
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench_councils import EMPTY, project_with
from results import ROOT, ask, record

sys.path.insert(0, str(ROOT / "tests"))

from e2e.airflowapi import Api
from e2e.distribution import Times, fill_inbox, start_month
from pmf.orchestration.embedded import password
from pmf.period import Month
from pmf.settings import read_settings

# More empty DAGs: what a task costs by itself.
TASKS = """
from airflow.sdk import DAG, chain

@task
def nothing(): ...

@task
def load():
    import great_expectations, pandas

def tasks(count):
    return [nothing.override(task_id=f"nothing_{number}")() for number in range(count)]

with DAG("chained", schedule=None, catchup=False):
    chain(*tasks(10))
with DAG("abreast", schedule=None, catchup=False):
    tasks(50)
with DAG("single", schedule=None, catchup=False):
    nothing()
with DAG("loading", schedule=None, catchup=False):
    load()
"""
EMPTY_DAGS = ("empty-01_cycle", "chained", "abreast", "single", "loading")
COUNCIL, MONTH = "cambridgeshire", Month(2024, 4)
_RUN_SECONDS = 600
_LIMIT_SECONDS = 4


@contextmanager
def up(own: dict[str, str]) -> Iterator[Api]:
    """Start Airflow on a free port and stop it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PMF"))}
    command = [sys.executable, "-u", "-c", "from pmf.cli import main; main()", "up", "--port", str(port)]
    with subprocess.Popen(command, env=inherited | own, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this project's own
        if not any("Ctrl-C" in line for line in process.stdout or ()):
            raise SystemExit("pmf up did not come up")
        try:
            api = Api(port)
            api.log_in("admin", password(read_settings(own)))
            yield api
        finally:
            process.send_signal(signal.SIGTERM)


def main(times: int) -> None:
    """Record the month beside the chain, what it takes above it, and what a task costs."""
    with tempfile.TemporaryDirectory() as folder:
        project_with(EMPTY.replace("{count}", "1") + TASKS, Path(folder) / "project")
        own = {"PMF_HOME": str(Path(folder) / "home"), "PMF_PROJECT_ROOT": str(Path(folder) / "project")}
        fill_inbox(COUNCIL, MONTH, read_settings(own))
        with up(own) as api:
            took = on_scheduler(api, times)
        alone, plain = in_process(own, times), without_airflow(Path(folder) / "runs.db")
        others = {name: ask(f"{name.lower()}_tasks", times, Path(folder) / name) for name in ("Dagster", "Prefect")}
    month, empty, chained = took["month"], took["empty-01_cycle"], took["chained"] / 10
    what = "a council's month on LocalExecutor"
    record(1, what, ours=month, peer="an empty chain of as many tasks", theirs=empty)
    record(1, f"{what}, above the empty chain", ours=month - empty, peer="the limit of 4 s", theirs=_LIMIT_SECONDS, at_most=1)
    record(1, "an empty task of a chain on LocalExecutor", ours=chained, peer="in one process (dag.test)", theirs=alone)
    record(1, "an empty task of fifty side by side on LocalExecutor", ours=took["abreast"] / 50, peer="of a chain", theirs=chained)
    loading = "a task that imports pandas and Great Expectations, which the scheduler has loaded"
    record(1, loading, ours=took["loading"], peer="an empty task", theirs=took["single"])
    record(1, "an empty task in one process (dag.test)", ours=alone, peer="a call whose run is noted in SQLite", theirs=plain)
    for name, told in others.items():
        if told:
            record(1, "an empty task in one process (dag.test)", ours=alone, peer=name, theirs=told["seconds"])


def on_scheduler(api: Api, times: int) -> dict[str, float]:
    """Run the month and each empty DAG in turn and take the medians; the first turn is for what is read from disk once."""
    taken: dict[str, list[float]] = {}
    for turn in range(times + 1):
        for name in (*EMPTY_DAGS, "month"):
            path = start_month(api, COUNCIL, MONTH) if name == "month" else api.start(name, {})
            if api.wait_for(path, {"success", "failed"}, _RUN_SECONDS)["state"] != "success":
                raise SystemExit(f"{path} failed")
            if turn:
                taken.setdefault(name, []).append(Times.of(api, [path]).wall)
    return {name: statistics.median(each) for name, each in taken.items()}


def in_process(own: dict[str, str], times: int) -> float:
    """Run the chain of ten in this process and give what a task took; the first run is for Airflow's own start."""
    from pmf.orchestration.embedded import prepare
    from pmf.orchestration.inprocess import run_dag

    prepare(read_settings(own))
    moments = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(times + 1)]
    return statistics.median([run_dag("chained", logical_date=moment).seconds for moment in moments][1:]) / 10


def _nothing() -> None: ...


def without_airflow(log: Path, calls: int = 1000) -> float:
    """Call a function that does nothing, noting each call's beginning and end, and give what a call took."""
    with closing(sqlite3.connect(log)) as runs:
        runs.execute("create table run (began real, ended real)")
        began = time.perf_counter()
        for _ in range(calls):
            start = time.time()
            _nothing()
            runs.execute("insert into run values (?, ?)", (start, time.time()))
            runs.commit()
        return (time.perf_counter() - began) / calls


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=3)
    main(parser.parse_args().times)
