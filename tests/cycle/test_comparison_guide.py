"""The page on comparing with others, read as a performance officer would: its files make the sentences it promises."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cycle.council import SLUG, council_at
from cycle.desk import table
from pmf.cycle.history import import_history
from pmf.cycle.rate import rate_month
from pmf.period import FinancialYear, Month
from pmf.register.assessment import NeighbourSet
from pmf.register.benchmark import Benchmark

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "compare-with-others.md").read_text(encoding="utf-8")
AS_AT = datetime(2024, 10, 14, 6, tzinfo=UTC)


def block(language: str) -> str:
    """The guide's one block in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


def test_the_files_of_the_guide_make_its_sentences(tmp_path: Path) -> None:
    """With the neighbours and figures of the page, a report on September 2024 says what the page says it does."""
    council = council_at(tmp_path / "home")
    folder = tmp_path / "organisations" / SLUG
    shutil.copytree(council.settings.organisations / SLUG, folder)
    with (folder / "organisation.yaml").open("a", encoding="utf-8") as profile:
        profile.write(block("yaml"))
    (folder / "benchmarks.csv").write_text(block("csv"), encoding="utf-8")
    settings = replace(council.settings, organisations=folder.parent)

    months = "".join(f"219,{month.key},,97,100,,\n" for month in FinancialYear(2023).months)
    history = tmp_path / "history.csv"
    history.write_text("kpi_ref,period,value,numerator,denominator,provenance,source\n" + months, encoding="utf-8")
    import_history(SLUG, history, as_at=AS_AT - timedelta(days=30), settings=settings)
    rate_month(SLUG, Month(2024, 9), as_at=AS_AT, settings=settings)

    promised = re.findall(r"^> (.*)$", GUIDE, re.MULTILINE)
    said = {row["kind"]: row["words"] for row in table(replace(council, settings=settings), "comparison")}
    assert [said["neighbours"], said["national"]] == promised


@pytest.mark.parametrize("model", [NeighbourSet, Benchmark])
def test_the_guide_names_every_field(model: type[NeighbourSet] | type[Benchmark]) -> None:
    """What a set of neighbours and a row of others' figures can hold is on the page."""
    named = set(re.findall(r"\w+", GUIDE))
    assert set(model.model_fields) <= named
