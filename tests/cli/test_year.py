"""``pmf year``: a financial year is rated and reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.running import Run
from cycle.council import SLUG
from cycle.yearly import YEAR, moment_of, of_one_committee, year_at


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return of_one_committee(tmp_path_factory.mktemp("organisations"))


def test_a_year_is_rated_and_reported(folder: Path, tmp_path: Path, pmf: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quarters, year and report in one go, as known at the moment given; where the files are is said."""
    monkeypatch.setenv("PMF_ORGANISATIONS", str(folder))
    council = year_at(tmp_path / "home", folder)
    moment = moment_of(council).isoformat()
    done = pmf("year", "-o", SLUG, "-p", YEAR.key, "--as-at", moment, home=council.settings.home)
    assert done.exit_code == 0, done.output
    assert "2023/24: 21 KPIs rated by ccc-q2-2024:" in done.stdout
    assert "files in" in done.stdout
    made = council.settings.outbox / SLUG / YEAR.key / "annual-report"
    assert {path.suffix for path in made.iterdir()} == {".html", ".pdf", ".docx", ".xlsx", ".ods", ".csv", ".json"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-p", "2024-25-Q2"), "is no financial year: write it like FY2024-25"),
        (("-p", "spring"), "is not a period"),
        (("-p", "FY2023-24", "--as-at", "2024-05-01T07:00"), "has no UTC offset"),
    ],
)
def test_what_is_no_year_is_refused(tmp_path: Path, pmf: Run, options: tuple[str, ...], words: str) -> None:
    """A quarter, a word and a moment without an offset are refused in words, with 2."""
    refused = pmf("year", "-o", SLUG, *options, home=tmp_path)
    assert (refused.exit_code, words in refused.output) == (2, True), refused.output
