"""A document with a problem is not published, unless a post waives it, and then that is printed; ``pmf lint`` says what it is."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from typer.testing import CliRunner, Result

from assurance.finished import QUARTER, Finished, in_page
from cycle.council import SLUG, Council, council_at
from cycle.desk import copy_of, edited, table
from page.reading import html_text, squeezed
from pmf.cli import app
from pmf.cycle.publish import Published, publish_signed_off, sign_off_documents
from pmf.cycle.waiving import waive
from pmf.store import get, put
from pmf.warehouse.engine import connect
from pmf.warehouse.tables import document

PAPER, OTHER = "paper-communities-social-mobility-inclusion", "paper-highways-and-transport"
UNTIL = date(2030, 1, 1)


@pytest.fixture
def honest(finished: Finished, tmp_path: Path) -> Council:
    """The council with two of the quarter's papers, both signed off."""
    council = copy_of(finished.council, tmp_path / "home")
    with connect(council.settings.warehouse_url).begin() as connection:
        others = (document.c.period == QUARTER.key) & document.c.document_id.not_in([PAPER, OTHER])
        connection.execute(delete(document).where(others))
    sign(council, finished)
    return council


@pytest.fixture
def falsified(honest: Council, finished: Finished) -> Council:
    """The same with a percentage changed in the page of one of them, and signed off like that."""
    settings = honest.settings
    (row,) = table(honest, "document", document_id=PAPER, format="html")
    page = in_page(get(settings.store, row["content_hash"]), '<td class="number">30%</td>', '<td class="number">35%</td>')
    with connect(settings.warehouse_url).begin() as connection:
        this = (document.c.document_id == PAPER) & (document.c.format == "html")
        connection.execute(update(document).where(this).values(content_hash=put(settings.store, page)))
    sign(honest, finished)
    return honest


def sign(council: Council, finished: Finished) -> None:
    post = council.teller.profile.performance_team
    sign_off_documents(SLUG, QUARTER, post=post, reason="Read.", as_at=finished.at, settings=council.settings)


def publish(council: Council, finished: Finished) -> Published:
    return publish_signed_off(SLUG, QUARTER, as_at=finished.at + timedelta(hours=2), settings=council.settings)


def let_through(council: Council, finished: Finished) -> None:
    post = council.teller.profile.performance_team
    reason = "the meeting cannot wait"
    at = finished.at + timedelta(hours=1)
    waive(
        SLUG, QUARTER, rule_id="publication.linter", kpi_ref="*", post=post, reason=reason, until=UNTIL, as_at=at, settings=council.settings
    )


def lint(council: Council, *options: str) -> Result:
    variables = {"PMF_HOME": str(council.settings.home), "COLUMNS": "200"}
    return CliRunner().invoke(app, ["lint", "-o", SLUG, "-p", QUARTER.key, *options], env=variables)


def test_a_document_with_a_problem_is_held_back_alone(falsified: Council, finished: Finished) -> None:
    """The paper whose page was edited waits with the reason in words; the other committee's paper goes out."""
    published = publish(falsified, finished)
    assert list(published.blocked) == [PAPER]
    assert any(f"{PAPER}.html" in why and "found 35%, expected 30%" in why for why in published.blocked[PAPER])
    assert (published.outcome, published.published) == ("flag", 1)


def test_a_waiver_lets_it_through_in_print(falsified: Council, finished: Finished) -> None:
    """With a waiver of the linter's rule in force the paper is published, and the waiver stands beside it."""
    let_through(falsified, finished)
    published = publish(falsified, finished)
    assert (published.blocked, published.published) == ({}, 2)
    pages = [html_text(path.read_bytes()) for path in falsified.settings.published.rglob("waivers.html")]
    assert any(squeezed("The meeting cannot wait") in page.replace("themeeting", "Themeeting") for page in pages)


def test_lint_prints_problems_and_fails(falsified: Council) -> None:
    """``pmf lint`` says document, format, place, found, expected and what to do, and ends with 1."""
    result = lint(falsified)
    assert result.exit_code == 1
    assert f"{PAPER}.html" in result.stdout
    assert "found: 35%" in result.stdout
    assert "expected: 30%" in result.stdout
    assert "fix: Build the document anew" in result.stdout
    assert "Read again: 2 documents, 6 files." in result.stdout


def test_lint_of_honest_and_of_waived_files_passes(falsified: Council, finished: Finished) -> None:
    """Without a problem that stands ``pmf lint`` ends with 0; what is waived is still told."""
    let_through(falsified, finished)
    result = lint(falsified, "--json")
    problems = json.loads(result.stdout)["problems"]
    assert (result.exit_code, {problem["is_waived"] for problem in problems}) == (0, {True})
    assert {problem["document"] for problem in problems} == {PAPER}


def test_documents_are_held_against_the_register_they_were_made_from(honest: Council, tmp_path: Path) -> None:
    """A KPI renamed since does not make a finished paper wrong: its register is kept with it."""
    renamed = edited(tmp_path, kpis=lambda text: text.replace("Number of active library users", "People who use our libraries"))
    council = council_at(honest.settings.home, organisations=renamed)
    assert "People who use our libraries" in (renamed / SLUG / "kpis.csv").read_text(encoding="utf-8")
    result = CliRunner().invoke(
        app, ["lint", "-o", SLUG, "-p", QUARTER.key], env={"PMF_HOME": str(council.settings.home), "PMF_ORGANISATIONS": str(renamed)}
    )
    assert (result.exit_code, "Problems: 0." in result.output) == (0, True), result.output


def test_lint_refuses_what_it_cannot_read(finished: Finished) -> None:
    """What is no period, one without documents and an unknown council are refused in words, with 2."""
    settings = finished.council.settings
    variables = {"PMF_HOME": str(settings.home)}
    for period, words in (("spring", "is not a period"), ("2023-24-Q1", "has no documents")):
        result = CliRunner().invoke(app, ["lint", "-o", SLUG, "-p", period], env=variables)
        assert (result.exit_code, words in result.output) == (2, True)
