"""Quarter 2 of the sample through real forms: the committee's paper stands as the council's own report of 5 December 2024 did."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import mail, rendered_as
from pmf.cycle import documents
from pmf.cycle.rate import rate_quarter
from pmf.cycle.report import export_papers
from pmf.period import Quarter

Q2 = Quarter(2024, 2)
LIBRARIES, VISITS = "Number of active library users", "Number of visits made to library sites reported quarterly"
Blocks = list[dict[str, Any]]


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """Six months returned as corrected, quarter 2 rated and exported."""
    council = council_at(tmp_path_factory.mktemp("quarter") / "home")
    council.begin()
    for month in council.teller.sample.months:
        council.open(month)
        council.deliver(month, corrected=True)
        council.scan(month)
    as_at = council.teller.profile.export_at(Q2)
    rate_quarter(SLUG, Q2, as_at=as_at, settings=council.settings)
    with rendered_as(documents.JSON):
        export_papers(SLUG, Q2, as_at=as_at, settings=council.settings)
    return council


@pytest.fixture(scope="module")
def paper(council: Council) -> dict[str, Any]:
    """The paper of the committee whose report was published, as data."""
    folder = council.settings.outbox / SLUG / Q2.key / "papers"
    content: dict[str, Any] = json.loads((folder / "paper-communities-social-mobility-inclusion.json").read_text(encoding="utf-8"))
    return content


def blocks_of(paper: dict[str, Any], number: str | None) -> Blocks:
    blocks: Blocks = next(part["blocks"] for part in paper["sections"] if part["number"] == number)
    return blocks


def words(block: dict[str, Any]) -> str:
    return "".join(run["text"] for run in block["runs"])


def groups(block: dict[str, Any]) -> dict[str, list[str]]:
    return {words(item): [words(below).removeprefix("Indicator ").partition(":")[0] for below in item["items"]] for item in block["items"]}


def test_the_headings_are_those_of_the_published_report(paper: dict[str, Any]) -> None:
    """Title, committee, header labels and the seven numbered headings stand in the published order."""
    assert paper["title"] == "Corporate Performance Report – Quarter 2 2024-25"
    assert [label for label, _ in paper["header"]][:7] == [
        "To",
        "Meeting Date",
        "From",
        "Electoral division(s)",
        "Key decision",
        "Executive Summary",
        "Recommendation",
    ]
    assert dict(paper["header"])["Meeting Date"] == "5 December 2024"
    assert [(part["number"], part["heading"]) for part in paper["sections"] if part["number"]] == [
        ("1", "Creating a greener, fairer and more caring Cambridgeshire"),
        ("2", "Background"),
        ("3", "Main Issues"),
        ("4", "Refreshed Performance Management Framework"),
        ("5", "Conclusion and recommendations"),
        ("6", "Significant Implications"),
        ("7", "Source Documents"),
    ]


def test_the_status_table_is_the_published_one(paper: dict[str, Any]) -> None:
    """Red 1 (5%), Green 9 (45%), Contextual 10 (50%), dashes elsewhere, as published."""
    (table,) = [block for block in blocks_of(paper, "3") if block["kind"] == "table"]
    assert [[cell["text"] for cell in row][:3] for row in table["rows"]] == [
        ["Red", "1", "5%"],
        ["Amber", "-", "-"],
        ["Green", "9", "45%"],
        ["Baseline", "-", "-"],
        ["Contextual", "10", "50%"],
        ["In Development", "-", "-"],
        ["Suspended", "-", "-"],
    ]


def test_the_transitions_are_the_published_ones(paper: dict[str, Any]) -> None:
    """The published moves from quarter 1, the two contextual movers that make up the eleven apart, and the other eight with why."""
    conclusion = blocks_of(paper, "5")
    assert words(conclusion[0]).endswith(
        "11 indicators saw an improvement in performance from quarter 1 2024/25, of which 9 have a RAG status:"
    )
    assert groups(conclusion[1]) == {
        "5 indicators have remained Green but have seen an improvement in performance:": ["36", "37", "136", "137", "222"],
        "1 indicator has remained Red but has seen an improvement in performance:": ["220"],
        "1 indicator has moved from Red to Green, with an improvement in performance:": ["219"],
        "2 indicators have moved from Amber to Green, with an improvement in performance:": ["198", "221"],
    }
    assert words(conclusion[2]) == "The other 2 that improved have no RAG status:"
    assert groups(conclusion[3]) == {
        "2 contextual indicators, which have no target, have seen an improvement in performance:": ["SP-04", "SP-09"]
    }
    assert words(conclusion[4]) == "1 indicator saw a decline in performance from quarter 1 2024/25:"
    assert groups(conclusion[5]) == {"1 indicator has remained Green but has seen a decline in performance:": ["138"]}
    assert words(conclusion[6]) == "The other 8 indicators saw neither:"
    assert [words(item) for item in conclusion[7]["items"]] == [
        (
            "8 indicators have no direction for improvement, so that neither a rise nor a fall is better: numbers SP-01, SP-02, SP-03, "
            "SP-05, SP-06, SP-07, SP-08 and SP-10."
        )
    ]


def test_the_red_is_provisional_and_told_in_full(paper: dict[str, Any]) -> None:
    """Indicator 220 rests on July and August, says so, and carries the published commentary and path to green."""
    told = [words(block) for block in blocks_of(paper, "3") if block["kind"] in {"paragraph", "note"}]
    assert "There is 1 Red indicator for commentary this quarter:" in told
    assert "The figure rests on July 2024 and August 2024. There is no figure for September 2024." in told
    assert any(line.startswith("Commentary: The figures are until the end of August 2024") for line in told)
    assert any(line.startswith("Path to Green: Continue to deliver good appointment availability") for line in told)


def test_the_green_examples_are_the_published_ones(paper: dict[str, Any]) -> None:
    """Indicators 36 and 137 are the examples of green commentary."""
    headings = [block["text"].partition(":")[0] for block in blocks_of(paper, "3") if block["kind"] == "heading"]
    assert headings == ["Indicator 36", "Indicator 137", "Indicator 220"]


def test_every_committee_has_its_paper_in_every_format(council: Council) -> None:
    """Seven committees, each a page, a PDF, a Word file, spreadsheets and data; the one that has no KPIs of its own gets no paper."""
    folder = council.settings.outbox / SLUG / Q2.key / "papers"
    names = {path.name for path in folder.iterdir()}
    committees = {committee.id for committee in council.teller.profile.committees} - {"audits-and-accounts"}
    assert len(committees) == 7
    assert set(documents.PAPER_FORMATS) == {"html", "pdf", "docx", "xlsx", "ods", "csv", "json"}
    papers = {f"paper-{committee}.{ending}" for committee in committees for ending in documents.PAPER_FORMATS}
    # One committee also receives the organisation's scorecard; what is not for publication has an edition of its own.
    assert papers <= names
    assert all(name.startswith("scorecard-organisation") or "-internal." in name for name in names - papers)
    assert all(path.stat().st_size > 1000 for path in folder.iterdir())


def test_every_indicator_of_a_committee_is_in_its_appendix_once(council: Council) -> None:
    """The appendices of all papers hold each KPI that has a committee, once."""
    folder = council.settings.outbox / SLUG / Q2.key / "papers"
    shown = []
    # Of a paper in two editions the internal one, which comes last here, holds every indicator.
    papers = {path.stem.removesuffix("-internal"): path for path in sorted(folder.glob("paper-*.json"), key=lambda path: len(path.name))}
    for path in papers.values():
        sections = json.loads(path.read_text(encoding="utf-8"))["sections"]
        cards = next(part["blocks"] for part in sections if part["heading"] == "Appendix 1: dashboard")
        shown += [block["text"].removeprefix("Indicator ").partition(":")[0] for block in cards if "level" in block]
    from pmf.register import load_register

    register = load_register(council.settings.organisations / SLUG)
    assert sorted(shown) == sorted(kpi.kpi_ref for kpi in register.kpis(Q2) if kpi.committee_id)


def test_the_performance_team_is_told_where_the_papers_are(council: Council) -> None:
    """One letter names every file and the day by which to sign off: the earliest publication deadline of the quarter's meetings."""
    (letter,) = mail(council, "delivery")
    assert letter.recipient == council.teller.profile.post(council.teller.profile.performance_team).email
    assert letter.subject.startswith("Sign off by 18 November 2024: Quarterly committee papers, quarter 2 2024/25")
    files = list((council.settings.outbox / SLUG / Q2.key / "papers").iterdir())
    assert letter.text.count("outbox/cambridgeshire/2024-25-Q2/papers/") == len(files)
