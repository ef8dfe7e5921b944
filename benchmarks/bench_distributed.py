"""A month of both shipped councils on a production installation of this machine: what its tasks took, what they waited, and memory.

PostgreSQL, Redis, Airflow's servers and two Celery workers of two slots each, all on one machine; beside it the same months in one
process. Nothing is killed here (tests/e2e/test_distributed.py does).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from results import ROOT, record

sys.path.insert(0, str(ROOT / "tests"))

from e2e.distribution import MISSING, Times, can_run, fill_inbox, live_alone, peak_memory, start_month, up
from pmf.period import Month
from pmf.settings import read_settings

MONTHS = {"cambridgeshire": Month(2024, 4), "huntingdonshire": Month(2025, 4)}
_RUN_SECONDS = 900


def main() -> None:
    """Print the table."""
    if not can_run():
        raise SystemExit(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        began = time.perf_counter()
        with up(home / "home") as running, peak_memory(running.process) as peak:
            booted = time.perf_counter() - began
            for council, month in MONTHS.items():
                fill_inbox(council, month, running.settings)
            runs = [start_month(running.api, council, month) for council, month in MONTHS.items()]
            states = [running.api.wait_for(run, {"success", "failed"}, _RUN_SECONDS)["state"] for run in runs]
            times = Times.of(running.api, runs)
            key = running.settings.signing_key_path.read_bytes()
        alone = _alone(home / "alone", key)
    print(f"up and healthy after                {booted:7.1f} s")
    print(f"months ended                        {', '.join(states)}")
    print(f"tasks                               {times.tasks:7}")
    print(f"at work, all tasks                  {times.working:7.1f} s")
    print(f"waiting for a worker, all tasks     {times.waiting:7.1f} s, {times.waiting / times.tasks:.2f} s a task")
    print(f"peak memory of all processes        {peak['megabytes']:7.0f} MB")
    what, memory = "a month of both councils on two Celery workers", peak["megabytes"]
    record(1, what, ours=times.wall, peer="one process without Airflow", theirs=alone, peak_mb=memory)


def _alone(home: Path, key: bytes) -> float:
    settings = read_settings({"PMF_HOME": str(home)})
    home.mkdir()
    settings.signing_key_path.touch(mode=0o600)
    settings.signing_key_path.write_bytes(key)
    for council, month in MONTHS.items():
        fill_inbox(council, month, settings)
    began = time.perf_counter()
    for council, month in MONTHS.items():
        live_alone(council, month, settings)
    took = time.perf_counter() - began
    shutil.rmtree(home)
    return took


if __name__ == "__main__":
    main()
