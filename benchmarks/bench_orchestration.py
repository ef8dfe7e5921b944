"""A council's month through a real scheduler with LocalExecutor, beside an empty chain of the same shape on the same installation.

Usage: bench_orchestration.py [--times N]

Airflow is started as ``pmf up`` starts it, heavy imports done once in the scheduler. The month is the sample council's April 2024; run
again it does the same work over the same returns. Runs take turns, medians are of wall time from the first task queued to the last
one ended.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench_councils import EMPTY, project_with
from results import ROOT, record

sys.path.insert(0, str(ROOT / "tests"))

from e2e.airflowapi import Api
from e2e.distribution import Times, fill_inbox, start_month
from pmf.orchestration.embedded import password
from pmf.period import Month
from pmf.settings import read_settings

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
    """Record the month beside the chain, and what it takes above it."""
    taken: dict[str, list[float]] = {"empty": [], "month": []}
    with tempfile.TemporaryDirectory() as folder:
        project_with(EMPTY.replace("{count}", "1"), Path(folder) / "project")
        own = {"PMF_HOME": str(Path(folder) / "home"), "PMF_PROJECT_ROOT": str(Path(folder) / "project")}
        fill_inbox(COUNCIL, MONTH, read_settings(own))
        with up(own) as api:
            for turn in range(times + 1):
                for name, run in (("empty", api.start("empty-01_cycle", {})), ("month", "")):
                    path = run or start_month(api, COUNCIL, MONTH)
                    if api.wait_for(path, {"success", "failed"}, _RUN_SECONDS)["state"] != "success":
                        raise SystemExit(f"{path} failed")
                    if turn:  # the first is for what is read from disk once
                        taken[name].append(Times.of(api, [path]).wall)
    month, empty = statistics.median(taken["month"]), statistics.median(taken["empty"])
    what = "a council's month on LocalExecutor"
    record(1, what, ours=month, peer="an empty chain of as many tasks", theirs=empty)
    record(1, f"{what}, above the empty chain", ours=month - empty, peer="the limit of 4 s", theirs=_LIMIT_SECONDS, at_most=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=3)
    main(parser.parse_args().times)
