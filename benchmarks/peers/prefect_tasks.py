# /// script
# requires-python = ">=3.11"
# # Prefect 3.8 was written before FastAPI 0.130, and its server does not start with it.
# dependencies = ["prefect==3.*", "fastapi<0.130"]
# ///
"""Print what an empty task of a chain of ten costs in Prefect, in one process beside its own temporary server: seconds a task, as JSON.

Usage: prefect_tasks.py TIMES FOLDER
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time

TASKS = 10


def main(times: int, folder: str) -> None:
    """Run it so many times after one to warm up."""
    # Read when it is imported.
    os.environ |= {
        "PREFECT_HOME": folder,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }
    from prefect import flow, task

    @task
    def nothing(before: int) -> int:
        return before + 1

    @flow
    def chained() -> int:
        count = 0
        for _ in range(TASKS):
            count = nothing(count)
        return count

    taken = []
    for _ in range(times + 1):
        began = time.perf_counter()
        if chained() != TASKS:
            raise SystemExit("the chain failed")
        taken.append((time.perf_counter() - began) / TASKS)
    print(json.dumps({"seconds": statistics.median(taken[1:])}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
