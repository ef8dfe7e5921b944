"""A month of many small councils on two Celery workers, beside as many empty DAGs of the same shape on the same installation.

The councils are made by code (tests/councils.py): three services and six KPIs each. The empty DAGs have the tasks of a monthly cycle in
the same order, and each does nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from results import ROOT, record

sys.path.insert(0, str(ROOT / "tests"))

from councils import make_councils
from e2e.distribution import MISSING, Installation, Times, can_run, fill_inbox, peak_memory, start_month, up
from pmf.period import Month

MONTH = Month(2025, 6)
_RUN_SECONDS = 7200
_PARSED_SECONDS = 600
# The tasks of a monthly cycle with one thing flagged for each of three services, in the order they run.
EMPTY = '''"""Empty DAGs of the shape of a month's cycle."""
from airflow.sdk import dag, task

def empty(number):
    @dag(dag_id=f"empty-{number:02}_cycle", schedule=None, catchup=False)
    def cycle():
        def nothing(name):
            @task(task_id=name)
            def body(): ...
            return body()
        @task
        def flagged(label): ...
        @task
        def list_flags():
            return [1, 2, 3]
        collect, returns, gate, rate, ratings, gate_ratings, report, look_into, deliver, alert = map(nothing, (
            "collect", "validate_returns", "gate", "rate", "validate_ratings", "gate_ratings", "report", "look_into", "deliver", "alert"))
        flags = list_flags()
        collect >> returns >> gate >> rate >> ratings >> gate_ratings >> report >> look_into >> deliver
        [returns, ratings] >> alert
        [returns, ratings] >> flags
        flagged.expand(label=flags)
    cycle()

for number in range(1, {count} + 1):
    empty(number)
'''


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--councils", type=int, default=6, help="60 for the whole measurement: a quarter of an hour on two cores")
    count = arguments.parse_args().councils
    if not can_run():
        raise SystemExit(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        slugs = make_councils(home / "organisations", count)
        project_with(EMPTY.replace("{count}", str(count)), home / "project")
        places = {"organisations": home / "organisations", "project_root": home / "project"}
        with up(home / "home", **places) as running, peak_memory(running.process) as peak:
            for slug in slugs:
                fill_inbox(slug, MONTH, running.settings)
            empty_cycles = [f"empty-{number:02}_cycle" for number in range(1, count + 1)]
            for dag_id in (*empty_cycles, *(f"{slug}_monthly_cycle" for slug in slugs)):
                running.api.wait_for_dag(dag_id, _PARSED_SECONDS)
            empty = _run(running, [running.api.start(dag_id, {}) for dag_id in empty_cycles])
            ours = _run(running, [start_month(running.api, slug, MONTH) for slug in slugs])
    for name, times in ((f"empty DAGs, {count}", empty), (f"councils' months, {count}", ours)):
        print(f"{name}: {times.tasks} tasks, at work {times.working:.0f} s, waiting {times.waiting:.0f} s, all {times.wall:.0f} s")
    print(f"peak memory of all processes: {peak['megabytes']:.0f} MB")
    record(
        1,
        f"a month of {count} councils on two Celery workers",
        ours=ours.wall,
        peer="empty DAGs of the same shape",
        theirs=empty.wall,
        at_most=1.5,
        peak_mb=peak["megabytes"],
    )


def _run(running: Installation, runs: Sequence[str]) -> Times:
    states = [running.api.wait_for(run, {"success", "failed"}, _RUN_SECONDS)["state"] for run in runs]
    if set(states) != {"success"}:
        raise SystemExit(f"not every run succeeded: {states}")
    return Times.of(running.api, runs)


def project_with(file: str, project: Path) -> None:
    """Make a project folder that is this one with one more DAG file."""
    (project / "dags").mkdir(parents=True)
    for path in ROOT.iterdir():
        if path.name != "dags" and not path.name.startswith("."):
            (project / path.name).symlink_to(path)
    for path in (ROOT / "dags").glob("*.py"):
        (project / "dags" / path.name).symlink_to(path)
    (project / "dags" / "empty.py").write_text(file, encoding="utf-8")


if __name__ == "__main__":
    main()
