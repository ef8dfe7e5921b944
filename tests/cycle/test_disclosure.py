"""Two editions from one run: the public one keeps what nobody may know, in every file, on every page of the site."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from cycle.council import SLUG
from cycle.desk import edited, insert, table
from cycle.publishing import HOUR, PAPER, Q1, START, Publisher
from page.reading import csv_cells, docx_text, html_text, ods_cells, pdf_text, xlsx_cells
from pmf.assurance.confidential import lines_mentioned
from pmf.assurance.known import load_known
from pmf.assurance.linter import lint_document
from pmf.assurance.problem import Kind
from pmf.cycle.disclosure import suppressions_for, told_too_much
from pmf.cycle.history import import_history
from pmf.cycle.linting import lint_documents
from pmf.cycle.report import export_papers
from pmf.cycle.workspace import open_workspace
from pmf.register import load_register
from pmf.warehouse.engine import reading

APRIL, MAY, JUNE = Q1.months
# Guarded: few people in the quarter. Internal: not public at all. Open: nothing to hide.
GUARDED, INTERNAL, OPEN = "SP-06", "221", "36"
TITLE = "Zirconium hours of advice to businesses"
COMMENT = "Only the Quetzalcoatl family came"
WAIVED = "The Ypsilanti register was closed"
QUESTIONED = "Who were the Xanthippe three"
RISK, LINE = "The Wolfram bridge falls down", "R-SP-1"
CANARIES = (TITLE, COMMENT, WAIVED, QUESTIONED, RISK)


def _register(text: str) -> str:
    return _changed(text, "kpi_ref", {GUARDED: {"about_people": "yes"}, INTERNAL: {"title": TITLE, "is_public": "no"}})


def _panels(text: str) -> str:
    return _changed(text, "line_ref", {LINE: {"title": RISK, "is_public": "no"}}, "is_public")


def _changed(text: str, key: str, changes: dict[str, dict[str, str]], *new: str) -> str:
    rows = csv.DictReader(io.StringIO(text))
    result = io.StringIO()
    writer = csv.DictWriter(result, [*(rows.fieldnames or ()), *new], lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | changes.get(row[key], {}) for row in rows)
    return result.getvalue()


def _rate(publisher: Publisher, ref: str, figure: str, status: str, **columns: Any) -> None:
    before = {"previous_value": None, "target": None} | columns
    publisher.rate(ref, figure, status, hours=0, **before)


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """The paper of a quarter is made in both editions, signed and published."""
    folder = tmp_path_factory.mktemp("disclosure")
    publisher = Publisher.at(folder / "home", edited(folder, kpis=_register, panels=_panels))
    settings = publisher.council.settings
    history = folder / "history.csv"
    rows = [f"{GUARDED},{month.key},{value},,,illustrative," for month, value in zip(Q1.months, (1, 0, 2), strict=True)]
    rows += [f"{OPEN},{month.key},101318,,,illustrative," for month in Q1.months]
    history.write_text("\n".join(("kpi_ref,period,value,numerator,denominator,provenance,source", *rows)), encoding="utf-8")
    import_history(SLUG, history, as_at=START, settings=settings)
    _rate(publisher, GUARDED, "3", "contextual", comment=f"{COMMENT}.", trend="Rising, getting better")
    _rate(publisher, INTERNAL, "777", "red", comment="Seven hundred.", target="900")
    _rate(publisher, OPEN, "101318", "green", comment="Busy.", target="97000")
    question = {"question_id": "M-1", "kind": "asked", "recorded_at": START, "committee_id": PAPER.removeprefix("paper-")}
    question |= {"period": Q1.previous.key, "kpi_ref": GUARDED, "post": "a-member", "words": f"{QUESTIONED}?"}
    insert(publisher.council, "question_event", question)
    waiver = {"period": Q1.key, "rule_id": "publication.linter", "kpi_ref": GUARDED, "granted_at": START, "expires_at": START + 9000 * HOUR}
    insert(publisher.council, "waiver", waiver | {"post": "governance-and-performance-team", "reason": f"{WAIVED}."})
    export_papers(SLUG, Q1, as_at=START + HOUR, settings=settings)
    publisher.publish(hours=2)
    return publisher


def every_text(path: str, content: bytes) -> Iterator[str]:
    """All that a file holds, by readers of these tests' own: words, names of parts, attributes, notes, metadata, alternative texts."""
    yield content.decode("utf-8", errors="ignore")
    if path.endswith(".html"):
        yield html_text(content)
        yield html.unescape(content.decode())
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                marked = html.unescape(archive.read(name).decode("utf-8", errors="ignore"))
                yield from (name, marked, re.sub(r"<[^>]*>", "", marked))
    if path.endswith(".pdf"):
        yield pdf_text(content)
        pdf = pikepdf.open(io.BytesIO(content))
        yield " ".join(str(value) for value in pdf.docinfo.values())
        yield from (element.read_bytes().decode("utf-8", errors="ignore") for element in pdf.objects if isinstance(element, pikepdf.Stream))


def holds(path: str, content: bytes, words: str) -> bool:
    """Whether a file holds words, wherever lines break."""
    return any("".join(words.split()) in "".join(text.split()) for text in every_text(path, content))


def test_there_are_two_editions_and_one_is_for_the_outbox(council: Publisher) -> None:
    """The internal edition holds everything and says so on its cover; the site has the public one under the document's own name."""
    outbox = council.council.settings.outbox / SLUG / Q1.key / "papers"
    inside = {path.name: path.read_bytes() for path in outbox.glob(f"{PAPER}-internal.*")}
    assert {path.rpartition(".")[2] for path in inside} == {"html", "pdf", "docx", "xlsx", "ods", "csv", "json"}
    for path, content in inside.items():
        for canary in (TITLE, COMMENT, QUESTIONED, RISK, "Internal edition: not for publication."):
            assert holds(path, content, canary), f"{path}: {canary}"
    assert (council.live / Q1.key / f"{PAPER}.pdf").is_file()
    assert not [path for path in council.content() if "internal" in path]


def test_no_canary_is_in_any_public_byte(council: Publisher) -> None:
    """Titles of an internal KPI and risk, comment, question and waiver of a guarded KPI: in no file of the site or public copy."""
    papers = council.council.settings.outbox / SLUG / Q1.key / "papers"
    public = council.content() | {path.name: path.read_bytes() for path in papers.iterdir() if "-internal" not in path.name}
    assert len(public) > 20
    for path, content in public.items():
        for canary in CANARIES:
            assert not holds(path, content, canary), f"{path}: {canary}"


def test_every_format_prints_shorthand_for_the_figure(council: Publisher) -> None:
    """Where the figure would stand each format has [c], the status Confidential, and nothing that is drawn or reckoned from it."""
    files = {path.suffix: path.read_bytes() for path in (council.live / Q1.key).glob(f"{PAPER}.*")}
    copy = json.loads(files[".json"])
    blocks = [block for section in copy["sections"] for block in section["blocks"]]
    (card,) = [block for block in blocks if block["kind"] == "table" and block["caption"].startswith(f"Figures of indicator {GUARDED}")]
    assert [cell["text"] for cell in card["rows"][0]][1:4:2] == ["[c]", "Confidential"]
    assert not [cell for row in card["rows"] for cell in row if cell["value"] is not None or cell["points"]]
    assert not [block for block in blocks if block["kind"] == "chart" and GUARDED in block["caption"]]
    for words in (html_text(files[".html"]), docx_text(files[".docx"]), pdf_text(files[".pdf"])):
        assert "[c]" in words
        assert "1KPIprints[c]whereafigureisleftout" in words
        assert "1KPIisnotforpublicationandnotinthisedition." in words
        assert "1lineoftherisk,financeandchangepanelsisnotforpublicationandnotinthisedition." in words
    for cells in (xlsx_cells(files[".xlsx"]), ods_cells(files[".ods"]), csv_cells(files[".csv"])):
        assert "[c]" in cells


def test_the_committee_reads_which_indicator_is_confidential(council: Publisher) -> None:
    """Count, list and status table agree: one indicator is confidential, and it is named."""
    words = html_text((council.live / Q1.key / f"{PAPER}.html").read_bytes())
    assert "1indicatorisconfidential:thefigureisleftoutofthispubliceditionsothatnobodycanberecognised:IndicatorSP-06" in words
    assert "1indicatorhasitsfigureleftoutofthisedition:numberSP-06." in words


def test_the_site_keeps_it_too(council: Publisher) -> None:
    """The KPI's page, the quarter's page, data.json and the feed have the shorthand; the internal KPI has no page."""
    data = json.loads(council.read("data.json"))
    history = {kpi["kpi"]: kpi["history"][0] for kpi in data["kpis"]}
    assert (history[GUARDED]["value"], history[GUARDED]["printed"], history[GUARDED]["status"]) == (None, "[c]", "confidential")
    assert history[OPEN]["value"] == "101318"
    assert INTERNAL not in history
    assert not (council.live / "kpi" / f"{INTERNAL}.html").exists()
    assert "the figure is left out so that nobody can be recognised" in council.read(f"kpi/{GUARDED}.html")


def test_what_was_left_out_is_on_record(council: Publisher) -> None:
    """The warehouse knows each part that was left out, of which kind, and why in words that do not say what it is."""
    rows = {(row["kpi_ref"], row["part"]): (row["kind"], row["reason"]) for row in table(council.council, "suppression", period=Q1.key)}
    assert rows[GUARDED, "value"] == ("primary", "It tells of fewer than 5 people.")
    assert rows[GUARDED, "comment"][0] == "dependent"
    assert {ref for ref, _ in rows} == {GUARDED}


def test_the_linter_agrees_with_both_editions(council: Publisher) -> None:
    """Read back by queries of its own, neither edition has a problem."""
    settings = council.council.settings
    assert lint_documents(SLUG, Q1, as_at=START + 2 * HOUR, settings=settings).problems == ()


def test_the_linter_finds_a_figure_that_was_put_back(council: Publisher) -> None:
    """Whoever types the figure over the shorthand, or strikes the indicator from the list of what is confidential, is found out."""
    workspace = open_workspace(SLUG, council.council.settings)
    with reading(workspace.engine) as connection:
        known = load_known(connection, workspace.register, Q1, document_id=PAPER, as_at=START + HOUR, sql_root=council.council.settings.sql)
    page = (council.live / Q1.key / f"{PAPER}.html").read_text(encoding="utf-8")
    assert lint_document({"html": page.encode()}, known) == ()
    listed = f"<li>Indicator {GUARDED}: People welcomed at British citizenship ceremonies</li>"
    assert page.count(listed) == 2  # what is confidential, and what the edition leaves out
    for old, new in (("[c]", "3"), (listed, ""), ("1 indicator is confidential", "2 indicators are confidential")):
        kinds = {problem.mismatch.kind for problem in lint_document({"html": page.replace(old, new, 1).encode()}, known)}
        assert kinds & {Kind.FIGURE, Kind.LIST, Kind.COUNT}, old


def test_a_panel_is_printed_without_its_internal_lines(council: Publisher) -> None:
    """The public edition counts and prints the other lines as if there were no more; who puts one back is found out by its line."""
    page = (council.live / Q1.key / f"{PAPER}.html").read_text(encoding="utf-8")
    assert ("1 project for quarter 1 2024/25" in page, "1 risk for quarter 1 2024/25" in page) == (True, False)
    workspace = open_workspace(SLUG, council.council.settings)
    root = council.council.settings.sql
    with reading(workspace.engine) as connection:
        public, inside = (
            load_known(connection, workspace.register, Q1, document_id=name, as_at=START + HOUR, sql_root=root)
            for name in (PAPER, f"{PAPER}-internal")
        )
    assert (LINE in public.panels.rows, LINE in inside.panels.rows) == (False, True)
    papers = council.council.settings.outbox / SLUG / Q1.key / "papers"
    for card, is_told in (("scorecard-organisation-internal", True), ("scorecard-organisation", False)):
        assert holds("x.html", (papers / f"{card}.html").read_bytes(), RISK) is is_told
    problems = lint_document({"html": (papers / f"{PAPER}-internal.html").read_bytes()}, public)
    assert [problem.mismatch for problem in problems if problem.mismatch.kind is Kind.LIST and LINE in problem.mismatch.found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("We fear that the bridge falls down.", ()),
        ("The bridge falls down, we fear.", ("R-1",)),
        ("The bridge falls down again and again", ()),
        ("Highways maintenance went well.", ()),
        ("F-1 Highways maintenance", ("F-1",)),
        ("The Floods were small.", ()),
        ("Floods in the depot", ("R-4",)),
    ],
)
def test_an_internal_line_is_known_by_its_title(tmp_path: Path, words: str, found: tuple[str, ...]) -> None:
    """Not so a title that begins a public one, but one that has a public one within it; a budget only with its reference."""
    rows = (
        "line_ref,valid_from,panel,title,directorate_id,holder_post,target_score,budget,is_public",
        "R-1,2024-04-01,risk,The bridge falls down,strategy-partnerships,chief-executive,6,,no",
        "R-2,2024-04-01,risk,The bridge falls down again and again,strategy-partnerships,chief-executive,6,,",
        "R-3,2024-04-01,risk,Floods,strategy-partnerships,chief-executive,6,,",
        "R-4,2024-04-01,risk,Floods in the depot,strategy-partnerships,chief-executive,6,,no",
        "F-1,2024-04-01,finance,Highways maintenance,strategy-partnerships,chief-executive,,100,no",
        "C-1,2024-04-01,change,Highways maintenance,strategy-partnerships,chief-executive,,,",
    )
    register = load_register(edited(tmp_path, panels=lambda _: "\n".join(rows) + "\n") / SLUG)
    assert lines_mentioned("".join(words.split()), register, Q1) == found


def test_an_edition_that_tells_too_much_does_not_go_out(council: Publisher, tmp_path: Path) -> None:
    """Without the record of what was left out, the edition is one that should have: it is held back, and no waiver lets it through."""
    publisher = council.copied(tmp_path / "home")
    settings = replace(publisher.council.settings, organisations=council.council.settings.organisations)
    papers = settings.outbox / SLUG / Q1.key / "papers"
    internal = (papers / f"{PAPER}-internal.html").read_text(encoding="utf-8")
    later = replace(publisher, council=replace(publisher.council, settings=settings))
    later.issue(hours=5, **{PAPER.replace("-", "_"): internal})
    waiver = {"period": Q1.key, "rule_id": "publication.linter", "kpi_ref": "*", "granted_at": START, "expires_at": START + 9000 * HOUR}
    insert(later.council, "waiver", waiver | {"post": "governance-and-performance-team", "reason": "We want to."})
    published = later.publish(hours=6)
    reasons = " ".join(published.blocked[PAPER])
    assert f"found KPI {INTERNAL}, which the register does not call public" in reasons
    assert f"found line {LINE} of the panels, which the register says is not public" in reasons
    assert "found a figure that tells of fewer than 5 people, expected [c]" in reasons
    assert (later.live / Q1.key / f"{PAPER}.html").read_bytes() == (council.live / Q1.key / f"{PAPER}.html").read_bytes()


def test_a_quarter_is_left_out_once_two_of_its_months_are_known(tmp_path: Path) -> None:
    """What is published in between counts: the decision about a quarter is another once April and June are on the site."""
    folder = tmp_path / "more"
    folder.mkdir()
    publisher = Publisher.at(folder / "home", edited(folder, kpis=_register))
    settings = publisher.council.settings
    history = folder / "history.csv"
    rows = [f"{GUARDED},{month.key},{value},,,illustrative," for month, value in zip(Q1.months, (20, 3, 30), strict=True)]
    history.write_text("\n".join(("kpi_ref,period,value,numerator,denominator,provenance,source", *rows)), encoding="utf-8")
    import_history(SLUG, history, as_at=START - 900 * HOUR, settings=settings)
    assert "value" not in _left_out(publisher, hours=0)

    for month in (APRIL, JUNE):
        publisher.issue(hours=1, period=month, scorecard_strategy_partnerships="x")
        key = {"period": month.key, "as_at": START + HOUR, "kpi_ref": GUARDED, "kind": "primary", "reason": "x"}
        insert(publisher.council, "suppression", *(key | {"part": part} for part in ("previous_value", "last_year_value", "history")))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
            publisher.publish(hours=2, period=month)
    assert "value" in _left_out(publisher, hours=3)

    workspace = open_workspace(SLUG, settings)
    with reading(workspace.engine) as connection:
        told = told_too_much(workspace, connection, Q1, {PAPER: START}, as_at=START + 3 * HOUR)
    assert told == {PAPER: (GUARDED,)}


def _left_out(publisher: Publisher, *, hours: float) -> set[str]:
    decided = suppressions_for(open_workspace(SLUG, publisher.council.settings), Q1, as_at=START + hours * HOUR)
    return {item.part for item in decided if item.kpi_ref == GUARDED}


def test_the_letter_about_the_files_says_which_are_internal(council: Publisher) -> None:
    """The performance team sees from its letter which files are not for publication, and no figure of them."""
    (row,) = table(council.council, "mail_queue", event="delivery")
    words = row["content"].decode("utf-8", errors="ignore").replace("=\n", "").replace("=\r\n", "")
    assert "internal edition" in words
    assert COMMENT not in words
