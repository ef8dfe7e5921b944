"""The linter on the risk, finance and change panels of finished files: what was reported, counted and listed, and nothing else."""

from __future__ import annotations

import re

import pytest

from assurance.finished import Finished, in_page, in_word
from pmf.assurance.problem import Kind, Problem

CARD, ORGANISATION = "scorecard-place-sustainability-internal", "scorecard-organisation-internal"
PAPER = "paper-highways-and-transport"


def found(problems: tuple[Problem, ...], kind: Kind) -> set[tuple[str, str, str]]:
    """The problems of a kind as (format, found, expected)."""
    return {(problem.format, problem.mismatch.found, problem.mismatch.expected) for problem in problems if problem.mismatch.kind is kind}


def panel_of(page: bytes, caption: str) -> str:
    """The table of a panel as it stands in a page."""
    text = page.decode()
    first = text.index(f"{caption}, April 2024 (before: ")
    return text[first : text.index("</table>", first)]


def test_the_linter_knows_every_line_that_is_printed(finished: Finished) -> None:
    """A directorate's scorecard has its own lines, the organisation's all, and a paper the risks and projects of its directorates."""
    of = {document_id: set(finished.known(document_id).panels.rows) for document_id in (CARD, ORGANISATION, PAPER)}
    assert of[CARD] == {"R-PS-1", "R-PS-2", "F-PS-1", "F-PS-2", "C-PS-1"}
    assert len(of[ORGANISATION]) == 21
    assert of[PAPER] == {"R-PS-1", "R-PS-2", "C-PS-1"}
    for document_id in (CARD, PAPER):
        assert finished.lint(document_id, finished.files(document_id)) == ()


def test_an_edited_status_is_found(finished: Finished) -> None:
    """A red risk turned green in the page is found by its line, and in the count and the list of its status."""
    files = finished.files(CARD)
    panel = panel_of(files["html"], "Risk panel")
    files["html"] = in_page(files["html"], panel, panel.replace("</span>Red", "</span>Green", 1))
    problems = finished.lint(CARD, files)
    assert found(problems, Kind.STATUS) == {("html", "“Green”", "“Red”")}
    (status,) = [problem.mismatch for problem in problems if problem.mismatch.kind is Kind.STATUS]
    assert status.place.endswith(", R-PS-1, Status")
    assert ("html", "KPIs R-PS-1", "none") in found(problems, Kind.LIST)


@pytest.mark.parametrize(("old", "new"), [("2 risks for April 2024", "3 risks for April 2024"), ("1 Red and 1 Amber", "2 Red and 1 Amber")])
def test_an_edited_count_is_found(finished: Finished, old: str, new: str) -> None:
    """A count in the sentence above a panel that its table does not bear out is found in each format."""
    for name in ("html", "docx", "pdf"):
        problems = finished.lint(CARD, {name: finished.falsified(CARD, name, old, new)})
        assert {format_ for format_, *_ in found(problems, Kind.COUNT)} == {name}


def test_a_line_left_out_is_missed(finished: Finished) -> None:
    """A risk whose row is taken out of the page is missed by name."""
    files = finished.files(CARD)
    panel = panel_of(files["html"], "Risk panel")
    row = next(row for row in re.findall(r"<tr>.*?</tr>", panel, re.DOTALL) if "R-PS-2" in row)
    files["html"] = in_page(files["html"], row, "")
    lists = found(finished.lint(CARD, files), Kind.LIST)
    assert ("html", "KPIs R-PS-1", "KPIs R-PS-1, R-PS-2") in lists


def test_an_edited_figure_and_comment_are_found(finished: Finished) -> None:
    """A forecast typed over in Word, and words put into a directorate's mouth, are found against what came in."""
    files = finished.files(CARD)
    files["docx"] = in_word(files["docx"], "£31,500,000", "£30,500,000")
    files["html"] = in_page(files["html"], "Tonnages are as planned.", "Tonnages are lower than planned.")
    problems = finished.lint(CARD, files)
    assert {name for name, *_ in found(problems, Kind.FIGURE)} == {"docx"}
    assert ("html", "“Tonnages are lower than planned.”", "“Tonnages are as planned.”") in found(problems, Kind.COMMENTARY)


def test_a_panel_left_out_of_a_paper_is_missed(finished: Finished) -> None:
    """A paper without the sentence and table of its projects lacks them."""
    files = {"html": finished.files(PAPER, ["html"])["html"]}
    text = files["html"].decode()
    first = text.index("Change panel")
    files["html"] = (text[:first] + text[text.index("</table>", first) :]).encode()
    lists = found(finished.lint(PAPER, files), Kind.LIST)
    assert ("html", "neither a count nor a list of them", "KPIs C-PS-1") in lists
