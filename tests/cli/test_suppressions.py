"""``pmf suppressions``: an officer reads what public editions leave out for small numbers, and never the figures themselves."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cli.running import Run
from cycle.council import SLUG
from cycle.desk import insert
from cycle.publishing import HOUR, PAPER, Q1, START, Publisher

QUARTER = ("suppressions", "-o", SLUG, "-p", Q1.key)
REF, FIGURE = "SP-06", "3"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A paper in two editions of which the public one is without a figure, and a later quarter with nothing to leave out."""
    publisher = Publisher.at(tmp_path_factory.mktemp("suppressions") / "home")
    publisher.rate(REF, FIGURE, "contextual", hours=1)
    publisher.issue(hours=1, **{PAPER: "public", f"{PAPER}-internal": "all"})
    key = {"period": Q1.key, "as_at": START + HOUR, "kpi_ref": REF, "part": "value"}
    insert(publisher.council, "suppression", key | {"kind": "primary", "reason": "It tells of fewer than 5 people."})
    later = {"period": Q1.next.key, "as_at": START + HOUR, "stage": "export", "summary": "{}", "register_digest": "x"}
    insert(publisher.council, "stage_run", later)
    return publisher.council.settings.home


def test_the_list_says_what_why_where_and_since_when(pmf: Run, home: Path) -> None:
    """A table in words, with the documents, and what readers see of it."""
    result = pmf(*QUARTER, home=home, COLUMNS="220")
    assert result.exit_code == 0
    (line,) = [line for line in result.stdout.splitlines() if line.startswith(f" {REF}")]
    told = ("People welcomed at British citizenship ceremonies", "Figure", "primary", "fewer than 5 people.", PAPER, "12 Jul 2024")
    assert all(words in line for words in told), line
    assert result.stdout.rstrip().endswith("On the public site without them: no document.")
    assert "KPIs: 1. Last made: 12 Jul 2024." in result.stdout


def test_it_can_be_taken_elsewhere_without_the_figure(pmf: Run, home: Path) -> None:
    """JSON and CSV hold the same rows, and no column for what is left out."""
    (from_json,) = json.loads(pmf(*QUARTER, "--json", home=home).stdout)
    (from_csv,) = csv.DictReader(io.StringIO(pmf(*QUARTER, "--csv", home=home).stdout))
    assert from_csv == from_json | {"documents": PAPER, "published": ""}
    assert from_json["documents"] == [PAPER]
    assert set(from_json) == {"kpi_ref", "title", "part", "kind", "reason", "since", "documents", "published"}
    assert FIGURE not in from_json.values()


def test_where_there_is_nothing_it_says_so(pmf: Run, home: Path) -> None:
    """Documents without suppressions, and no documents, are two answers; neither is an empty table."""
    nothing = pmf("suppressions", "-o", SLUG, "-p", "2024-25-Q2", home=home)
    assert nothing.stdout == f"{SLUG}, quarter 2 2024/25: nothing is left out for small numbers (last made 12 Jul 2024)\n"
    never = pmf("suppressions", "-o", SLUG, "-p", "2024-25-Q3", home=home)
    assert never.stdout == f"{SLUG}, quarter 3 2024/25: no documents have been made\n"
    assert (nothing.exit_code, never.exit_code) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-o", SLUG, "-p", "summer"), "'summer' is not a period"),
        (("-o", "nowhere", "-p", "2024-09"), "there is no council 'nowhere'"),
        ((*QUARTER[1:], "--json", "--csv"), "choose one of --json and --csv"),
    ],
)
def test_what_cannot_be_used_is_refused(pmf: Run, home: Path, arguments: tuple[str, ...], told: str) -> None:
    """A period that is none, an unknown council and two ways to print end with 2, in words."""
    result = pmf("suppressions", *arguments, home=home)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())
