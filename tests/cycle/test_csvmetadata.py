"""Published CSV files lie beside a description of their columns, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cycle.publishing import PAPER, Publisher
from pmf.page.dataset import COLUMNS


@pytest.fixture(autouse=True)
def _unlinted() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
        yield


def test_each_folder_describes_its_csv_files(tmp_path: Path) -> None:
    """A quarter's folder has ``csv-metadata.json`` that lists each CSV file in it and says what the columns mean."""
    publisher = Publisher.at(tmp_path / "home")
    publisher.rate("36", "101318", "green", hours=0, target="97000")
    publisher.issue(hours=0, endings=("html", "csv", "ods"), **{PAPER: "Q1"})
    publisher.publish(hours=1)
    metadata = json.loads(publisher.read("2024-25-Q1/csv-metadata.json"))
    assert [table["url"] for table in metadata["tables"]] == [f"{PAPER}.csv"]
    assert [column["name"] for column in metadata["tableSchema"]["columns"]] == [name for name, _, _ in COLUMNS]
    assert f"2024-25-Q1/{PAPER}.csv" in publisher.content()
