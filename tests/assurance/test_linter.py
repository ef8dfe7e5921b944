"""The linter on really rendered files: nothing to say of honest ones, and every falsification found where it is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assurance.finished import APRIL, QUARTER, READ, Finished, in_page, in_word
from cycle.council import SLUG
from pmf.assurance.linter import lint_document
from pmf.assurance.problem import Kind, Problem
from pmf.cycle.linting import lint_documents

PAPER = "paper-communities-social-mobility-inclusion"
BIRTHS = "Registrations - All births registered within 42 days of birth"


def found(problems: tuple[Problem, ...], kind: Kind) -> list[tuple[str, str, str, str]]:
    """The problems of a kind as (format, KPI, found, expected)."""
    mismatches = [(problem.format, problem.mismatch) for problem in problems]
    return [(name, item.kpi_ref, item.found, item.expected) for name, item in mismatches if item.kind is kind]


def between(page: bytes, start: str, end: str) -> str:
    """The part of a page from one text up to another."""
    text = page.decode()
    first = text.index(start)
    return text[first : text.index(end, first)]


@pytest.mark.parametrize("period", [APRIL, QUARTER], ids=["scorecards", "papers"])
def test_honest_files_have_no_problems(finished: Finished, period) -> None:
    """Every scorecard and every paper, in every format that is read, says what the warehouse says."""
    linted = lint_documents(SLUG, period, as_at=finished.at, settings=finished.council.settings)
    assert linted.problems == ()
    assert (linted.documents, linted.files) == ((6, 12) if period is APRIL else (10, 28))


def test_a_count_that_its_list_does_not_bear_out_is_found(finished: Finished) -> None:
    """A page that counts 11 improved and lists 5: the count, the list beside it and the other formats contradict each other."""
    files = finished.files(PAPER)
    files["html"] = in_page(files["html"], "5 indicators saw an improvement", "11 indicators saw an improvement")
    problems = finished.lint(PAPER, files)
    assert found(problems, Kind.LIST) == [("html", "", "a count of 11 whose list has 5", "a count that is the length of its list")]
    assert found(problems, Kind.COUNT) == [("html", "", "a count of 11", "a count of 5")]
    (count, *_) = problems
    assert count.message.startswith(f"{PAPER}.html, 5 Conclusion and recommendations, paragraph 5.1: found a count of 11")
    assert "Build the document anew" in count.fix


def test_a_list_that_names_too_few_is_found(finished: Finished) -> None:
    """An indicator dropped from a list of a Word file is missed, by name, in its group and in the whole."""
    files = finished.files(PAPER)
    title = "Indicator 137: Number of enrolments which support skills development to aid progression"
    item = in_word(files["docx"], title, "Indicator: Number of enrolments")
    lists = found(finished.lint(PAPER, files | {"docx": item}), Kind.LIST)
    assert ("docx", "", "a count of 4 whose list has 3", "a count that is the length of its list") in lists
    assert ("docx", "", "KPIs 136, 222, 36", "KPIs 136, 137, 222, 36") in lists


def test_a_changed_percentage_in_the_word_file_is_found(finished: Finished) -> None:
    """A clerk who types 35% over 30% in Word is told the row, the column and what it was."""
    files = finished.files(PAPER)
    files["docx"] = in_word(files["docx"], "30%", "35%")
    problems = finished.lint(PAPER, files)
    (problem,) = [problem for problem in problems if problem.mismatch.kind is Kind.PERCENTAGE]
    assert (problem.format, problem.mismatch.found, problem.mismatch.expected) == ("docx", "35%", "30%")
    assert problem.mismatch.place.endswith("Green, percentage of all")
    assert [name for name, *_ in found(problems, Kind.FORMATS)] == ["docx"]


def test_an_edited_status_in_the_page_is_found(finished: Finished) -> None:
    """A red turned green in the page's dashboard is found as that KPI's status."""
    files = finished.files(PAPER)
    table = between(files["html"], "Figures of indicator 219", "</table>")
    files["html"] = in_page(files["html"], table, table.replace("</span>Red", "</span>Green", 1))
    statuses = found(finished.lint(PAPER, files), Kind.STATUS)
    assert [(name, ref, expected) for name, ref, _, expected in statuses] == [("html", "219", "Red")]


def test_a_red_without_its_commentary_is_found(finished: Finished) -> None:
    """A page that leaves out what the service said of a red is told what was said."""
    files = finished.files(PAPER)
    told = "<p><strong>Commentary: </strong>" + between(files["html"], "Fewer births were registered on time", "</p>") + "</p>"
    first, _, rest = files["html"].partition(told.encode())
    problems = finished.lint(PAPER, files | {"html": first + rest})
    missed = found(problems, Kind.COMMENTARY)
    assert {(name, ref, expected[:37]) for name, ref, _, expected in missed} == {("html", "219", "“Fewer births were registered on time")}
    places = [problem.mismatch.place for problem in problems if problem.mismatch.kind is Kind.COMMENTARY]
    assert places == [f"3.3.1 Indicator 219: {BIRTHS}, Commentary", f"Indicator 219: {BIRTHS}, Commentary"]


def test_a_red_that_nobody_explains_is_found_where_it_is_owned_up_to(finished: Finished) -> None:
    """A red whose service said nothing is a problem even though the paper says so: it is waived as a missing comment."""
    known = finished.known(PAPER)
    silent = {ref: {**row, "comment": ""} if ref == "219" else row for ref, row in known.ratings.items()}
    assert [ref for ref, row in silent.items() if row["status"] == "red"] == ["219", "220"]
    told = between(finished.files(PAPER, ["html"])["html"], "Fewer births were registered on time", "</p>")
    page = finished.files(PAPER, ["html"])["html"].decode().replace(told, "No explanation supplied.")
    page = re.sub(r"<p><strong>Path to Green: </strong>appointments in two libraries.*?</p>", "", page)
    problems = lint_document({"html": page.encode()}, replace(known, ratings=silent))
    assert [(problem.mismatch.kpi_ref, problem.mismatch.rule_id) for problem in problems] == [("219", "commentary.red_without_comment")]


def test_a_changed_figure_in_the_pdf_is_found(finished: Finished) -> None:
    """A PDF built from another figure than the warehouse's is found, KPI and column named, and the other formats are not."""
    figures = finished.files(PAPER)
    assert b"87.9%" in figures["html"]
    figures["pdf"] = finished.falsified(PAPER, "pdf", "87.9%", "88.9%")
    problems = finished.lint(PAPER, figures)
    ((name, ref, said, expected),) = found(problems, Kind.FIGURE)
    assert (name, ref, said[:6]) == ("pdf", "219", "“88.9%")
    assert expected == "87.9%"
    assert {problem.format for problem in problems} == {"pdf"}


def test_a_misspelt_committee_is_found(finished: Finished) -> None:
    """A slip in a committee's name is found, with its right name."""
    files = finished.files(PAPER)
    files["html"] = in_page(files["html"], "Social Mobility and Inclusion Committee", "Social Mobilty and Inclusion Committee")
    names = found(finished.lint(PAPER, files), Kind.NAME)
    assert {(name, expected) for name, _, _, expected in names} == {("html", "“Communities, Social Mobility and Inclusion Committee”")}


def test_another_name_of_a_committee_is_found(finished: Finished) -> None:
    """A name that other documents give a committee is not the one we print."""
    files = finished.files(PAPER)
    files["docx"] = in_word(files["docx"], "Strategy, Resources and Performance", "Strategy, Performance and Resources")
    names = found(finished.lint(PAPER, files), Kind.NAME)
    assert [(name, expected) for name, _, _, expected in names] == [("docx", "“Strategy, Resources and Performance Committee”")]


def test_a_kpi_left_out_and_a_stranger_are_found(finished: Finished) -> None:
    """A document that prints another committee's KPI in the place of one of its own is told of both."""
    files = {"pdf": finished.falsified(PAPER, "pdf", "ndicator 36:", "ndicator AHC-01:")}
    problems = finished.lint(PAPER, files)
    assert ("pdf", "36", "no KPI 36", "KPI 36 “Number of active library users” once") in found(problems, Kind.MISSING)
    assert any(said == "KPI AHC-01" for _, _, said, _ in found(problems, Kind.STRANGER))


def test_formats_that_disagree_where_the_warehouse_knows_nothing_are_found(finished: Finished) -> None:
    """Words that no query knows, such as the meeting's date, must at least be the same in every format."""
    files = finished.files(PAPER)
    files["pdf"] = finished.falsified(PAPER, "pdf", "10 October 2024", "11 October 2024")
    ((name, _, said, expected),) = found(finished.lint(PAPER, files), Kind.FORMATS)
    assert (name, said, expected) == ("pdf", "“11 October 2024”", "“10 October 2024” as in the html file")


@pytest.mark.parametrize("name", READ)
def test_what_cannot_be_read_is_a_problem(finished: Finished, name: str) -> None:
    """A file that is none of its format, or one without words, is found and does not stop the others from being read."""
    files = finished.files(PAPER)
    problems = finished.lint(PAPER, files | {name: b"%PDF-1.7 not really"})
    assert [(problem.format, problem.mismatch.kind) for problem in problems] == [(name, Kind.UNREADABLE)]


CARD = "scorecard-strategy-partnerships-internal"


def test_a_scorecard_is_read_as_closely(finished: Finished) -> None:
    """On a scorecard a count, a share, a status, a figure and a list are held against the warehouse too."""
    page = finished.files(CARD, ["html"])["html"]
    number, share = re.search(r'</span>Green</dt><dd class="figure">(\d+)</dd><dd class="detail">(\d+%)', page.decode()).groups()
    edits = {
        Kind.COUNT: (f'Green</dt><dd class="figure">{number}<', f'Green</dt><dd class="figure">{int(number) + 1}<'),
        Kind.PERCENTAGE: (f'{number}</dd><dd class="detail">{share}', f'{number}</dd><dd class="detail">99%'),
    }
    for kind, (old, new) in edits.items():
        problems = finished.lint(CARD, {"html": in_page(page, old, new)})
        assert [problem.mismatch.kind for problem in problems] == [kind]
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page.decode(), re.DOTALL) if f"219 {BIRTHS}" in row and "Residents" in row)
    edited = row.replace("</span>Red", "</span>Amber").replace("87.9%", "97.9%", 1)
    kinds = {problem.mismatch.kind: problem.mismatch for problem in finished.lint(CARD, {"html": in_page(page, row, edited)})}
    assert {kind: mismatch.kpi_ref for kind, mismatch in kinds.items()} == {Kind.STATUS: "219", Kind.FIGURE: "219"}
    watched = finished.lint(CARD, {"html": in_page(page, f"219 {BIRTHS};", "")})
    assert {problem.mismatch.kind for problem in watched} == {Kind.LIST}


def test_the_format_that_differs_from_the_others_is_named(finished: Finished) -> None:
    """When PDF and Word agree and the page does not, it is the page that is told."""
    files = finished.files(PAPER)
    files["html"] = in_page(files["html"], "10 October 2024", "11 October 2024")
    ((name, _, said, expected),) = found(finished.lint(PAPER, files), Kind.FORMATS)
    assert (name, said, expected) == ("html", "“11 October 2024”", "“10 October 2024” as in the pdf file")
