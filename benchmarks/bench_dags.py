"""Parse each DAG file beside an empty DAG file, the first parse of a process left out."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

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
    from pmf.orchestration.embedded import prepare
    from pmf.settings import read_settings

    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"PMF_HOME": folder})
        prepare(settings)
        os.environ["AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT"] = "60"
        from airflow.dag_processing.dagbag import DagBag

        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        bag = DagBag(dag_folder=os.devnull)
        bag.process_file(str(empty), only_if_updated=False)
        unit = min(seconds(bag, empty) for _ in range(5))
        print(f"an empty DAG file: {unit * 1000:.1f} ms")
        for path in sorted((settings.project_root / "dags").glob("*.py")):
            took = min(seconds(bag, path) for _ in range(5))
            print(f"{path.name}: {took * 1000:.1f} ms, {took / unit:.1f} times an empty file")


def seconds(bag: object, path: Path) -> float:
    """Parse a file once."""
    began = time.perf_counter()
    bag.process_file(str(path), only_if_updated=False)  # type: ignore[attr-defined]
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
