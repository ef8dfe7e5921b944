"""Parse each DAG file as the DAG processor does, beside an empty DAG file; then the files of sixty councils beside one council's.

The DAG processor announces its start, imports what DAG files take from Airflow, and forks a process for each file: that process builds
the DAGs and serialises them. What is timed is the forked process, in seconds of processor time. Airflow itself takes time for each DAG
and task, so sixty councils' files are also held against files of as many empty DAGs with the same tasks and arrows.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

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
# Of the shape of one council's DAGs: by stage and task, the tasks after it.
SAME_SHAPE = """from airflow.sdk import dag, task
SHAPE = {shape!r}
def empty(number, stage, after):
    @dag(dag_id=f"empty-{{number:02}}_{{stage}}", schedule=None, catchup=False)
    def shaped():
        @task
        def nothing(): ...
        made = {{name: nothing.override(task_id=name)() for name in after}}
        for name, names in after.items():
            made[name] >> [made[each] for each in names]
    shaped()
for number in range(1, {count} + 1):
    for stage, after in SHAPE.items():
        empty(number, stage, after)
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
        files = sorted((ROOT / "dags").glob("*.py"))
        become_dag_processor(files, (home / "one", home / "many"))
        times = [time_once(files, home, given.councils) for _ in range(given.times)]
    what = {name: statistics.median(each[name] for each in times) for name in times[0]}
    for path in files:
        one, many = what[f"one {path.name}"], what[f"many {path.name}"]
        print(
            f"{path.name}: {one * 1000:.0f} ms, {one / what['empty']:.1f} times an empty file; of {given.councils} councils"
            f" {many * 1000:.0f} ms, {many / one:.1f} times one council's"
        )
    slowest = max(files, key=lambda path: what[f"one {path.name}"]).name
    peer = "an empty DAG file"
    record(1, f"parsing the slowest DAG file, {slowest}", ours=what[f"one {slowest}"], peer=peer, theirs=what["empty"], at_most=2)
    every = {kind: sum(took for name, took in what.items() if name.startswith(f"{kind} ")) for kind in ("one", "many", "few", "hollow")}
    parsing = f"parsing every DAG file of {given.councils} councils"
    record(1, parsing, ours=every["many"], peer="one council's", theirs=every["one"], at_most=6)
    record(1, parsing, ours=every["many"], peer="empty DAGs of the same shape", theirs=every["hollow"])
    hollow = f"parsing {given.councils} times one council's DAGs with every task empty"
    record(1, hollow, ours=every["hollow"], peer="once", theirs=every["few"])


def become_dag_processor(files: list[Path], councils: tuple[Path, ...]) -> None:
    """Do in this process what the DAG processor does before it forks."""
    import structlog
    from airflow.dag_processing import processor
    from airflow.jobs.job import Job

    for organisations in councils:
        os.environ["PMF_ORGANISATIONS"] = str(organisations)
        with patch.object(sys, "argv", ["airflow", "dag-processor"]):
            Job()
    for path in files:
        processor._pre_import_airflow_modules(str(path), structlog.get_logger())  # noqa: SLF001
    gc.freeze()


def time_once(files: list[Path], home: Path, councils: int) -> dict[str, float]:
    """Parse an empty file and each DAG file of one council and of many, really and with every task empty, one after the other."""
    took = {"empty": seconds(_file(home / "empty.py", EMPTY), home / "one")}
    for path in files:
        shape = shape_of(path, home / "one")
        for kind, real, count in (("few", "one", 1), ("hollow", "many", councils)):
            took[f"{real} {path.name}"] = seconds(path, home / real)
            if shape:
                empty = _file(home / f"{kind}_{path.name}", SAME_SHAPE.format(shape=shape, count=count))
                took[f"{kind} {path.name}"] = seconds(empty, home / real)
    return took


def seconds(path: Path, organisations: Path) -> float:
    """Parse a file in a forked process and give the processor time it took."""
    return _forked(path, organisations, lambda _parsed: None)[0]


def shape_of(path: Path, organisations: Path) -> dict[str, dict[str, list[str]]]:
    """Give the tasks of each DAG of a file and what comes after them, by the DAG's stage; the installation's own DAG has none."""

    def shape(parsed: Any) -> dict[str, dict[str, list[str]]]:
        dags = [dag.data["dag"] for dag in parsed.serialized_dags]
        tasks = {dag["dag_id"].partition("_")[2]: [task["__var"] for task in dag["tasks"]] for dag in dags}
        return {
            stage: {_name(task["task_id"]): [_name(name) for name in task.get("downstream_task_ids", ())] for task in found}
            for stage, found in tasks.items()
            if stage
        }

    found: dict[str, dict[str, list[str]]] = _forked(path, organisations, shape)[1]
    return found


def _name(task_id: str) -> str:
    return task_id.replace(".", "-")


def _file(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _forked(path: Path, organisations: Path, ask: Callable[[Any], Any]) -> tuple[float, Any]:
    """Parse a file in a forked process; give the processor time it took, and what was asked of what came out of it."""
    import structlog
    from airflow.dag_processing import processor

    os.environ["PMF_ORGANISATIONS"] = str(organisations)
    request = processor.DagFileParseRequest(file=str(path), bundle_path=path.parent, bundle_name="bench")
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            parsed = processor._parse_file(request, structlog.get_logger())  # noqa: SLF001 - what the DAG processor runs
            os.write(writing, json.dumps(ask(parsed)).encode())
            os._exit(0 if parsed and not parsed.import_errors else 1)
        except BaseException:  # noqa: BLE001 - the parent is told by the exit code
            os._exit(2)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{path.name} does not parse")
    return used.ru_utime + used.ru_stime, json.loads(said)


if __name__ == "__main__":
    main()
