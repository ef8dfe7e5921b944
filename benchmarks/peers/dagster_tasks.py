# /// script
# requires-python = ">=3.11"
# dependencies = ["dagster==1.*"]
# ///
"""Print what an empty task of a chain of ten costs in Dagster, in one process, with its runs noted in SQLite: seconds a task, as JSON.

Usage: dagster_tasks.py TIMES FOLDER
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from dagster import DagsterInstance, In, Nothing, job, op

TASKS = 10


@op(ins={"before": In(Nothing)})
def nothing() -> None:
    """Do nothing."""


@op
def begin() -> None:
    """Do nothing, first."""


@job
def chained() -> None:
    """Ten tasks, one after the other."""
    before = begin()
    for number in range(1, TASKS):
        before = nothing.alias(f"nothing_{number}")(before=before)


def main(times: int, folder: str) -> None:
    """Run it so many times after one to warm up."""
    taken = []
    Path(folder).mkdir(exist_ok=True)
    with DagsterInstance.local_temp(folder, overrides={"telemetry": {"enabled": False}}) as instance:
        for _ in range(times + 1):
            began = time.perf_counter()
            if not chained.execute_in_process(instance=instance).success:
                raise SystemExit("the chain failed")
            taken.append((time.perf_counter() - began) / TASKS)
    print(json.dumps({"seconds": statistics.median(taken[1:])}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
