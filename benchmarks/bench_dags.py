"""Parse each DAG file as the DAG processor does, beside an empty DAG file; then the files of sixty councils beside one council's.

The DAG processor forks a process for each file, from one that has Airflow loaded: the process imports the file and what that needs,
builds the DAGs and serialises them. That is what is timed, from fork to exit.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from results import ROOT, record

sys.path.insert(0, str(ROOT / "tests"))

EMPTY = """from airflow.sdk import dag, task
@dag(schedule=None, catchup=False)
def empty():
    @task
    def nothing(): ...
    nothing()
empty()
"""


def main() -> None:
    """Print the times and their ratios."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--councils", type=int, default=60)
    arguments.add_argument("--times", type=int, default=3, help="of how many the median is taken")
    given = arguments.parse_args()
    from councils import make_councils
    from pmf.orchestration.embedded import prepare
    from pmf.settings import read_settings

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(read_settings({"PMF_HOME": str(home / "home")}))
        os.environ["AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT"] = "600"
        make_councils(home / "one", 1)
        make_councils(home / "many", given.councils)
        empty = home / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        unit = seconds(empty, home / "one", given.times)
        print(f"an empty DAG file: {unit * 1000:.0f} ms")
        one, many = dict[str, float](), dict[str, float]()
        for path in sorted((ROOT / "dags").glob("*.py")):
            one[path.name], many[path.name] = (seconds(path, home / councils, given.times) for councils in ("one", "many"))
            print(
                f"{path.name}: {one[path.name] * 1000:.0f} ms, {one[path.name] / unit:.1f} times an empty file; of {given.councils}"
                f" councils {many[path.name] * 1000:.0f} ms, {many[path.name] / one[path.name]:.1f} times one council's"
            )
    slowest = max(one, key=lambda name: one[name])
    record(1, f"parsing the slowest DAG file, {slowest}", ours=one[slowest], peer="an empty DAG file", theirs=unit, at_most=2)
    every, whole = f"parsing every DAG file of {given.councils} councils", sum(one.values())
    record(1, every, ours=sum(many.values()), peer="one council's", theirs=whole, at_most=6)


def seconds(path: Path, organisations: Path, times: int) -> float:
    """Parse a file in forked processes and take the median."""
    os.environ["PMF_ORGANISATIONS"] = str(organisations)
    return statistics.median(_once(path) for _ in range(times))


def _once(path: Path) -> float:
    import structlog
    from airflow.dag_processing import processor

    request = processor.DagFileParseRequest(file=str(path), bundle_path=path.parent, bundle_name="bench")
    began = time.perf_counter()
    if (child := os.fork()) == 0:
        try:
            parsed = processor._parse_file(request, structlog.get_logger())  # noqa: SLF001 - what the DAG processor runs
            os._exit(0 if parsed and not parsed.import_errors else 1)
        except BaseException:  # noqa: BLE001 - the parent is told by the exit code
            os._exit(2)
    _, status = os.waitpid(child, 0)
    took = time.perf_counter() - began
    if status:
        raise SystemExit(f"{path.name} does not parse")
    return took


if __name__ == "__main__":
    main()
