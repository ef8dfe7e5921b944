"""The linter on a really rendered annual report: honest files pass, and a falsified count, list, colour or figure is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import pmf.cycle.report
from assurance.finished import in_page, in_word
from cycle.council import SLUG, Council
from cycle.yearly import YEAR, moment_of, of_one_committee, rate_the_year, year_at
from pmf.assurance.known import Known, load_known
from pmf.assurance.linter import lint_document
from pmf.assurance.problem import SILENT_RED_RULE, Kind, Mismatch
from pmf.cycle.documents import Edition, FinishedFile, finish_files
from pmf.cycle.linting import lint_documents
from pmf.cycle.publish import publish_signed_off, sign_off_documents
from pmf.cycle.report import report_year
from pmf.cycle.waiving import waive
from pmf.cycle.workspace import open_workspace
from pmf.warehouse.engine import reading

TEAM = "governance-and-performance-team"
HOUR = timedelta(hours=1)
READ = ("html", "pdf", "docx")


@dataclass(frozen=True)
class Made:
    """A year's report as it was rendered, and what the linter's queries say of it."""

    council: Council
    at: datetime
    files: dict[str, bytes]
    known: Known

    def mismatches(self, **edited: bytes) -> list[Mismatch]:
        """What is found in the files where some were edited."""
        return [problem.mismatch for problem in lint_document(self.files | edited, self.known)]

    def page(self) -> str:
        return self.files["html"].decode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder, rendered = tmp_path_factory.mktemp("annual"), {}

    def remember(editions: list[Edition], *arguments: object) -> list[FinishedFile]:
        only_read = [replace(edition, formats=READ) for edition in editions]
        files = finish_files(only_read, *arguments)
        rendered.update({file.format: file.content for file in files})
        return files

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pmf.cycle.report, "finish_files", remember)
        council = year_at(folder / "home", of_one_committee(folder))
        at = moment_of(council)
        rate_the_year(council, at)
        report_year(SLUG, YEAR, as_at=at, settings=council.settings)
        workspace = open_workspace(SLUG, council.settings)
        with reading(workspace.engine) as connection:
            known = load_known(connection, workspace.register, YEAR, document_id="annual-report", as_at=at, sql_root=council.settings.sql)
        assert known is not None
        yield Made(council, at, rendered, known)


def kinds(mismatches: list[Mismatch]) -> set[Kind]:
    return {mismatch.kind for mismatch in mismatches if mismatch.rule_id != SILENT_RED_RULE}


def cell(page: str, ref: str, column: int) -> tuple[str, str]:
    """A row of the year's table, and its cell of a column, as they stand in the page."""
    table = next(table for table in re.findall(r"<table.*?</table>", page, re.DOTALL) if "Year before" in table and f">{ref} " in table)
    row = next(row for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL) if f">{ref} " in row)
    return row, re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)[column]


def test_an_honest_report_has_no_problem_but_what_nobody_explained(made: Made) -> None:
    """Page, PDF and Word file say what the warehouse says; imported figures came without comments, and a red without one is found."""
    found = lint_documents(SLUG, YEAR, as_at=made.at, settings=made.council.settings).problems
    assert {(problem["rule_id"], problem["kpi_ref"]) for problem in found} == {(SILENT_RED_RULE, "220")}
    assert {problem["format"] for problem in found} == set(READ)


def test_a_count_of_a_quarter_is_held_against_the_ratings(made: Made) -> None:
    """A number typed over in the table of statuses is found, and where."""
    row = next(row for row in re.findall(r"<tr>.*?</tr>", made.page(), re.DOTALL) if ">Contextual</" in row or "</span>Contextual" in row)
    edited = row.replace(">10<", ">9<", 1)
    assert edited != row
    found = made.mismatches(html=in_page(made.files["html"], row, edited))
    (count,) = [mismatch for mismatch in found if mismatch.kind is Kind.COUNT]
    assert (count.found, count.expected) == ("a count of 9", "a count of 10")
    assert count.place.endswith("Contextual, Quarter 1")


def test_a_colour_of_a_quarter_is_held_against_its_rating(made: Made) -> None:
    """A red quarter that somebody turned green is found as that KPI's status of that quarter."""
    row, quarter = cell(made.page(), "220", 7)
    found = made.mismatches(html=in_page(made.files["html"], row, row.replace(quarter, quarter.replace("</span>Red", "</span>Green"))))
    (status,) = [mismatch for mismatch in found if mismatch.kind is Kind.STATUS]
    assert (status.kpi_ref, status.expected) == ("220", "Red")
    assert status.place.endswith("q2 status")


def test_a_figure_of_the_year_or_a_quarter_is_held_against_its_rating(made: Made) -> None:
    """A year's figure and a quarter's that were typed over are found, each by its own name."""
    for column, name in ((1, "figure"), (8, "q3 figure")):
        row, figure = cell(made.page(), "219", column)
        printed = re.findall(r"\d+\.\d%", figure)[-1]
        edited = row.replace(figure, figure.replace(printed, "11.1%"))
        found = [item for item in made.mismatches(html=in_page(made.files["html"], row, edited)) if item.kind is Kind.FIGURE]
        assert [(item.kpi_ref, item.expected) for item in found] == [("219", printed)], name
        assert found[0].place.endswith(name)


def test_a_forecast_and_how_often_they_came_true_are_counted_again(made: Made) -> None:
    """A forecast typed over in the Word file is found, and so is a count of those that came true."""
    record = re.search(r"Figure within the band.*?(\d+) of (\d+)", made.page(), re.DOTALL)
    assert record is not None
    hits, told = record.groups()
    found = made.mismatches(docx=in_word(made.files["docx"], f"{hits} of {told}", f"{told} of {told}"))
    assert any(item.kind is Kind.COUNT and "Figure within the band" in item.place for item in found)
    forecast = re.search(r"\[f\] (\d{2}\.\d%)", made.page())
    assert forecast is not None
    found = made.mismatches(docx=in_word(made.files["docx"], f"[f] {forecast[1]}", "[f] 11.1%"))
    assert any(item.kind is Kind.FIGURE and item.place.endswith("year end") for item in found)


def test_a_list_that_names_too_few_is_found(made: Made) -> None:
    """An indicator dropped from those that improved is missed in its group and in the whole, by its number."""
    name = next(kpi.title for kpi in made.known.kpis if kpi.kpi_ref == "37")
    found = made.mismatches(html=in_page(made.files["html"], f"37 {name};", ""))
    assert Kind.LIST in kinds(found)
    assert any("37" in item.expected for item in found if item.kind is Kind.LIST)


def test_a_red_that_nobody_explained_holds_a_signed_report_back_until_it_is_waived(made: Made) -> None:
    """Signed off, the report still waits for its red to be explained; waived by a post, it goes onto the site."""
    settings = made.council.settings
    sign_off_documents(SLUG, YEAR, post=TEAM, reason="Read.", as_at=made.at + HOUR, settings=settings)
    held = publish_signed_off(SLUG, YEAR, as_at=made.at + 2 * HOUR, settings=settings)
    assert (held.published, list(held.blocked)) == (0, ["annual-report"])
    assert all("no explanation supplied" in why for why in held.blocked["annual-report"])
    about = {"post": TEAM, "reason": "No comments were kept then.", "until": (made.at + 30 * 24 * HOUR).date()}
    moment = made.at + 3 * HOUR
    waive(SLUG, YEAR, rule_id="publication.linter", kpi_ref="220", as_at=moment, settings=settings, **about)
    out = publish_signed_off(SLUG, YEAR, as_at=moment + HOUR, settings=settings)
    assert (out.published, out.blocked) == (1, {})
    site: Path = settings.published / SLUG / "current"
    assert (site / YEAR.key / "annual-report.html").read_bytes() == made.files["html"]
    assert "2023/24" in (site / YEAR.key / "index.html").read_text(encoding="utf-8")
