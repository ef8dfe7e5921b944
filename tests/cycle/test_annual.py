"""A year's report from really rated quarters: what it is made of, what was corrected since, and that it is the same again."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import mail, rendered_as, table
from cycle.yearly import YEAR, moment_of, of_one_committee, rate_the_year, year_at
from pmf.cycle import documents
from pmf.cycle.annual import QuartersNotRatedError
from pmf.cycle.entering import Figure, enter_correction
from pmf.cycle.publish import sign_off_documents
from pmf.cycle.rate import rate_quarter, rate_year
from pmf.cycle.report import export_papers, report_year
from pmf.period import Month, Quarter
from pmf.register import load_register

Q1 = Quarter(2023, 1)
JUNE = Month(2023, 6)
HOUR = timedelta(hours=1)
TEAM = "governance-and-performance-team"
Tree = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def as_data() -> Any:
    """Documents are rendered as data whatever the format, for speed."""
    with rendered_as(documents.JSON):
        yield


@pytest.fixture(scope="module")
def organisations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return of_one_committee(tmp_path_factory.mktemp("organisations"))


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory, organisations: Path) -> Council:
    """A year that has been rated with its quarters."""
    council = year_at(tmp_path_factory.mktemp("annual") / "home", organisations)
    rate_the_year(council, moment_of(council))
    return council


@pytest.fixture
def council(rated: Council, organisations: Path, tmp_path: Path) -> Council:
    """The same in a home of the test's own."""
    shutil.copytree(rated.settings.home, tmp_path / "home")
    return council_at(tmp_path / "home", organisations=organisations)


def report(council: Council, moment: datetime) -> Tree:
    made = report_year(SLUG, YEAR, as_at=moment, settings=council.settings)
    tree: Tree = json.loads((council.settings.home / made.folder / "annual-report.json").read_text(encoding="utf-8"))
    return tree


def section(tree: Tree, heading: str) -> list[Tree]:
    return next(list(part["blocks"]) for part in tree["sections"] if part["heading"] == heading)


def tables(tree: Tree, heading: str) -> list[Tree]:
    return [block for block in section(tree, heading) if block["kind"] == "table"]


def rows(found: Tree) -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in found["rows"]]


def test_the_report_has_the_committees_indicators_each_once(council: Council) -> None:
    """Every KPI that a committee follows stands in one ambition's table; those of no committee are not there."""
    tree = report(council, moment_of(council))
    shown = [row[0].split()[0] for found in tables(tree, "The year's figures") for row in rows(found)]
    kpis = load_register(council.settings.organisations / SLUG).kpis(YEAR)
    assert sorted(shown) == sorted(kpi.kpi_ref for kpi in kpis if kpi.committee_id)
    assert len(shown) < len(kpis)


def test_counts_by_quarter_are_those_of_the_ratings(council: Council) -> None:
    """Each number of the first table is that of the warehouse's ratings of the quarter, or of the year."""
    tree = report(council, moment_of(council))
    (counts, _) = tables(tree, "Summary")
    refs = {row[0].split()[0] for found in tables(tree, "The year's figures") for row in rows(found)}
    for place, period in enumerate((*(f"2023-24-Q{number}" for number in range(1, 5)), YEAR.key), start=1):
        statuses = [row["status"] for row in table(council, "rating", period=period) if row["kpi_ref"] in refs]
        told = {row[0]["status"]: row[place]["text"].replace("-", "0") for row in counts["rows"]}
        assert told == {status: str(statuses.count(status)) for status in told}
        assert sum(map(int, told.values())) == len(refs)


def test_forecasts_are_held_against_what_the_year_came_to(council: Council) -> None:
    """The first quarters' forecasts stand beside the year's figure, and a band is said to have held when the figure lies in it."""
    tree = report(council, moment_of(council))
    record, detail = tables(tree, "Forecasts held against the outcome")
    held = {row["kpi_ref"]: row for row in table(council, "rating", period="2023-24-Q1")}
    outcome = {row["kpi_ref"]: row["value"] for row in table(council, "rating", period=YEAR.key)}
    place = [column["heading"] for column in detail["columns"]].index("[f] forecast after quarter 1")
    notes = {row[0]["text"].split()[0]: row[place]["note"] for row in detail["rows"]}
    expected = {
        ref: "band held" if held[ref]["year_end_low"] <= outcome[ref] <= held[ref]["year_end_high"] else "band missed"
        for ref in notes
        if held[ref]["year_end"] is not None
    }
    assert {ref: note for ref, note in notes.items() if note} == expected
    within = next(row for row in rows(record) if row[0].startswith("Figure within the band"))
    assert within[1] == f"{list(expected.values()).count('band held')} of {len(expected)}"


def correct(council: Council, value: str, moment: datetime) -> None:
    why, figure = "Two branches were counted twice.", Figure(value=Decimal(value))
    enter_correction(SLUG, "36", JUNE, figure, post=TEAM, reason=why, as_at=moment, settings=council.settings)


def anew(council: Council, moment: datetime) -> Tree:
    rate_quarter(SLUG, Q1, as_at=moment, settings=council.settings)
    rate_year(SLUG, YEAR, as_at=moment, settings=council.settings)
    return report(council, moment)


def test_what_was_reported_and_corrected_since_is_told_with_why(council: Council) -> None:
    """A figure that a signed paper printed and that is another now stands in a table: reported, corrected to, because."""
    moment = moment_of(council)
    export_papers(SLUG, Q1, as_at=moment, settings=council.settings)
    sign_off_documents(SLUG, Q1, post=TEAM, reason="Read.", as_at=moment + HOUR, settings=council.settings)
    (before,) = [row["value"] for row in table(council, "rating", period=Q1.key, kpi_ref="36")]
    correct(council, "61000", moment + 2 * HOUR)
    tree = anew(council, moment + 3 * HOUR)
    (lead, found, *_) = section(tree, "Corrections and changes")
    assert lead["runs"][0]["text"] == "1 figure of the year's quarters has been corrected since it was reported:"
    assert rows(found) == [
        ["36 Number of active library users", "Quarter 1", f"{before:,}", "Amber", "61,000", "Red", "Two branches were counted twice."]
    ]
    (row,) = [row for part in tables(tree, "The year's figures") for row in part["rows"] if row[0]["text"].startswith("36 ")]
    assert (row[6]["text"], row[6]["note"]) == ("Red", "61,000")


def test_what_was_corrected_before_anybody_signed_is_no_correction(council: Council) -> None:
    """A draft that nobody signed reported nothing: what became of it afterwards is no correction."""
    moment = moment_of(council)
    export_papers(SLUG, Q1, as_at=moment, settings=council.settings)
    correct(council, "61000", moment + HOUR)
    tree = anew(council, moment + 2 * HOUR)
    assert not tables(tree, "Corrections and changes")
    assert "nothing was reported that could be corrected" in section(tree, "Corrections and changes")[0]["runs"][0]["text"]


def test_the_same_clock_gives_the_same_report(council: Council) -> None:
    """Made again, every row and file is as it was, and nobody is written to twice."""
    report(council, moment_of(council))
    before = council.state()
    anew(council, moment_of(council))
    assert council.state() == before


def test_quarters_that_nobody_rated_are_asked_for(organisations: Path, tmp_path: Path) -> None:
    """A year without a rated quarter is refused with the way out."""
    council = year_at(tmp_path / "home", organisations)
    rate_year(SLUG, YEAR, as_at=moment_of(council), settings=council.settings)
    with pytest.raises(QuartersNotRatedError, match="run `pmf year FY2023-24`"):
        report_year(SLUG, YEAR, as_at=moment_of(council), settings=council.settings)


def test_the_performance_team_gets_the_report(council: Council) -> None:
    """One letter names the year's report and takes Word and PDF along."""
    report(council, moment_of(council))
    (letter,) = mail(council, "delivery")
    assert letter.subject == "Read: Annual performance report, 2023/24 – Cambridgeshire County Council"
    assert {name.partition(".")[2] for name in letter.attachments} == {"docx", "pdf"}


def test_a_quarter_rated_first_after_the_year_has_begun_keeps_its_first_forecast(council: Council) -> None:
    """Forecasts are those of the quarter's first rating where no paper was signed, whatever it was rated by since."""
    moment = moment_of(council)
    tree = report(council, moment)
    correct(council, "61000", moment + HOUR)
    rate_quarter(SLUG, Q1, as_at=moment + 2 * HOUR, settings=council.settings)
    again = report(council, moment + 2 * HOUR)
    first, second = (tables(made, "Forecasts held against the outcome")[1]["rows"] for made in (tree, again))
    assert [row[2]["text"] for row in first] == [row[2]["text"] for row in second]
