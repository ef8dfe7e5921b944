"""The performance team's desk: what its pages say is what the warehouse knows, and looking at them changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cycle.shown import HOSTILE, MADE, MONTH, NOW, PAGE, QUARTER, SLUG, VALIDATED, shown_council
from pmf.cycle.desk.documents import file_of, reports_document, sign_offs_document
from pmf.cycle.desk.findings import findings_document
from pmf.cycle.desk.glance import glance_document, month_in_hand
from pmf.cycle.desk.returns import returns_document
from pmf.cycle.documentstates import State
from pmf.cycle.querylist import query_document
from pmf.cycle.workspace import Workspace, view_workspace
from pmf.page.document import Cell, Document, Facts, Link, Paragraph, Table
from pmf.page.web import render_html
from pmf.period import Month, Quarter
from pmf.reporting.desk.address import Place
from pmf.reporting.desk.documents import _LOOKS
from pmf.settings import Settings, read_settings
from pmf.warehouse.access import append_new, dump
from pmf.warehouse.engine import WarehouseError, open_warehouse
from pmf.warehouse.tables import stage_run, waiver
from table_rows import row


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return shown_council(tmp_path)


@pytest.fixture
def desk(settings: Settings) -> Workspace:
    return view_workspace(SLUG, settings)


def facts(page: Document) -> dict[str, str]:
    blocks = [block for section in page.sections for block in section.blocks if isinstance(block, Facts)]
    return {fact.label: fact.figure for block in blocks for fact in block.facts}


def rows(page: Document) -> list[tuple[Cell, ...]]:
    return [found for section in page.sections for block in section.blocks if isinstance(block, Table) for found in block.rows]


def texts(page: Document) -> list[list[str]]:
    return [[cell.text for cell in found] for found in rows(page)]


def links(page: Document) -> list[str]:
    runs = [run for section in page.sections for block in section.blocks if isinstance(block, Paragraph) for run in block.runs]
    return [run.href for run in runs if isinstance(run, Link)] + [cell.link for found in rows(page) for cell in found if cell.link]


def words(page: Document) -> str:
    return " ".join(run.text for section in page.sections for block in section.blocks if isinstance(block, Paragraph) for run in block.runs)


def test_a_month_at_a_glance(desk: Workspace) -> None:
    """The page counts what the month shows, names what waits with the page that lists it, and says which steps are done."""
    page = glance_document(desk, MONTH, as_at=NOW)
    assert facts(page) == {"Returned": "0", "Red": "1", "Green": "1", "Under query": "1", "Queries": "1"}
    waiting = {line[0].text: (line[1].text, line[2].link) for line in rows(page) if len(line) == 3}
    assert waiting == {
        "Returns overdue": ("19", "returns?period=2024-09"),  # of 14 services, and of 5 directorates their panels
        "Findings that fail": ("1", "findings?period=2024-09"),
        "Findings that flag": ("2", "findings?period=2024-09"),
        "Answered queries to judge": ("1", "queries"),
        f"Documents of {QUARTER.label} held back": ("1", f"sign-offs?period={QUARTER.key}"),
        "Letters that a mail server refused: see to the addresses": ("1", ""),
    }
    steps = {line[0]: line[3] for line in texts(page) if len(line) == 4}
    assert (steps["Collection opened"], steps["Returns validated"], steps["Ratings validated"]) == ("Done", "Failed", "Flagged")
    assert (steps["Scorecards issued"], steps["Papers exported"], steps["Papers published"]) == ("Done", "Done", "Done")
    assert "./?period=2024-08" in links(page)


def test_what_waits_is_what_the_other_pages_list(desk: Workspace) -> None:
    """Each number on the glance is the number of lines on the page it leads to."""
    glance = {line[0].text: int(line[1].text) for line in rows(glance_document(desk, MONTH, as_at=NOW)) if len(line) == 3}
    findings = [line[1] for line in rows(findings_document(desk, MONTH, as_at=NOW))]
    assert glance["Findings that fail"] == sum(cell.text == "Fails" and cell.note != "waived" for cell in findings)
    assert glance["Findings that flag"] == sum(cell.text == "Flags" and cell.note != "waived" for cell in findings)
    returns = [line[1].note for line in rows(returns_document(desk, MONTH, as_at=NOW)) if len(line) == 8]
    assert glance["Returns overdue"] == returns.count("Overdue")
    queries = [line[4] for line in texts(query_document(desk, as_at=NOW))]
    assert glance["Answered queries to judge"] == queries.count("Answered")
    standing = rows(sign_offs_document(desk, QUARTER, as_at=NOW))
    assert glance[f"Documents of {QUARTER.label} held back"] == sum(bool(line[6].text) for line in standing)


def test_the_month_in_hand(desk: Workspace, tmp_path: Path) -> None:
    """It is the last month that was opened; where none was, the one whose turn it is by the calendar."""
    assert month_in_hand(desk, as_at=NOW + timedelta(days=700)) == MONTH
    assert month_in_hand(desk, as_at=VALIDATED - timedelta(days=14)) == Month(2024, 8)
    empty = read_settings({"PMF_HOME": str(tmp_path / "empty")})
    open_warehouse(empty)
    assert month_in_hand(view_workspace(SLUG, empty), as_at=NOW) == MONTH


def test_findings_say_what_came_of_them(desk: Workspace) -> None:
    """Each finding of the last validation of each point, with its effect, its place, its query, and the report behind it."""
    page = findings_document(desk, MONTH, as_at=NOW)
    found = {line[2].text: line for line in rows(page)}
    assert set(found) == {HOSTILE, "It jumps.", "It came late.", "Nobody says why."}
    withheld = found[HOSTILE]
    assert (withheld[0].text, withheld[0].note) == ("36 Number of active library users", "Libraries")
    assert (withheld[1].text, withheld[1].note, withheld[3].text) == ("Fails", "withheld", "libraries.xlsx, KPIs!D7")
    assert (withheld[5].text, withheld[5].link) == ("Q-AAAAAA, open", "queries")
    assert found["It jumps."][5].text == "Q-BBBBBB, answered"
    assert (found["It came late."][0].text, found["It came late."][1].note) == ("The return", "waived")
    assert found["Nobody says why."][1].note == "stops publication"
    assert "Failed: too many figures are withheld." in words(page)
    assert "files/2024-09/data-quality-returns.html" in links(page)
    assert facts(page) == {"Findings that fail": "1", "Findings that flag": "2", "Findings waived": "1"}


def test_a_finding_waived_since_counts_no_more(settings: Settings, desk: Workspace) -> None:
    """A waiver given after the validation takes the finding off what waits, until it expires."""
    given = {"rule_id": "return.value_missing", "kpi_ref": "36", "granted_at": VALIDATED, "expires_at": NOW + timedelta(days=1)}
    with open_warehouse(settings).begin() as connection:
        append_new(connection, waiver, [row(waiver, organisation=SLUG, period=MONTH.key, **given)])
    assert facts(findings_document(desk, MONTH, as_at=NOW))["Findings that fail"] == "0"
    assert facts(findings_document(desk, MONTH, as_at=NOW + timedelta(days=2)))["Findings that fail"] == "1"


def test_where_documents_stand(desk: Workspace) -> None:
    """Without a period the last quarter is shown: what is signed, what is held back and since when that is known, and what is late."""
    page = sign_offs_document(desk, None, as_at=NOW)
    found = {line[0].note: line for line in rows(page)}
    assert set(found) == {"paper-highways-and-transport", "paper-adults-and-health"}
    signed, held = found["paper-highways-and-transport"], found["paper-adults-and-health"]
    assert (signed[1].text, signed[3].note, signed[5].text) == ("Signed off", "Governance and Performance Team", "2 Dec 2024")
    assert (held[1].text, held[6].text) == ("Draft", "KPI 36 is red without a word.")
    assert "as of 7am Monday 14 October 2024" in str(page)
    late = {line[0].note: line[5].note for line in rows(sign_offs_document(desk, QUARTER, as_at=NOW + timedelta(days=90)))}
    assert set(late.values()) == {"late"}
    assert "has not been done" in str(sign_offs_document(desk, MONTH, as_at=NOW))
    assert "No document" in words(sign_offs_document(desk, Quarter(2030, 1), as_at=NOW))
    assert {state.value for state in State} == set(_LOOKS)


def test_reports_are_the_latest_unless_a_period_is_asked_for(desk: Workspace) -> None:
    """The last month's and the last quarter's files are linked, data-quality reports among them, and other periods by their pages."""
    page = reports_document(desk, None, as_at=NOW)
    assert [section.heading for section in page.sections] == ["Quarter 2 2024/25", "September 2024", "Other periods"]
    assert "files/2024-25-Q2/paper-adults-and-health.pdf" in links(page)
    assert "files/2024-09/data-quality-returns.html" in links(page)
    only = reports_document(desk, MONTH, as_at=NOW)
    assert [section.heading for section in only.sections] == ["September 2024", "Other periods"]
    assert Place.REPORTS.of(QUARTER) in links(only)
    assert "No document has been made yet." in words(reports_document(desk, None, as_at=VALIDATED - timedelta(days=30)))


def test_a_file_is_handed_out_as_it_lies_in_the_outbox(settings: Settings, desk: Workspace) -> None:
    """A draft keeps its mark; what is no document's file, or was taken away, is not there; and no name leads elsewhere."""
    assert file_of(desk, QUARTER, "paper-adults-and-health.html", as_at=NOW) == PAGE + b" DRAFT"
    assert file_of(desk, QUARTER, "paper-adults-and-health.html", as_at=MADE - timedelta(hours=1)) is None
    for name in ("paper-adults-and-health.docx", "paper.html", "../warehouse.db", "warehouse.db", "", "."):
        assert file_of(desk, QUARTER, name, as_at=NOW) is None, name
    (settings.outbox / SLUG / QUARTER.key / "paper-adults-and-health.pdf").unlink()
    assert file_of(desk, QUARTER, "paper-adults-and-health.pdf", as_at=NOW) is None


def test_looking_changes_nothing(settings: Settings, desk: Workspace) -> None:
    """Every page leaves every row and every file as it was, and what officers wrote is printed, never obeyed."""
    engine = open_warehouse(settings)
    before, files = dump(engine), _files(settings.home)
    pages = [
        glance_document(desk, MONTH, as_at=NOW),
        returns_document(desk, MONTH, as_at=NOW),
        findings_document(desk, MONTH, as_at=NOW),
        findings_document(desk, Quarter(2024, 1), as_at=NOW),
        query_document(desk, as_at=NOW),
        sign_offs_document(desk, None, as_at=NOW),
        reports_document(desk, None, as_at=NOW),
    ]
    html = [render_html(page, templates=settings.templates) for page in pages]
    assert not any(b"<img src=x" in page or b" 2 " in page.partition(b"onerror=alert(1)")[2][:12] for page in html)
    assert sum(b"onerror=alert(1)" in page for page in html) >= 4
    assert (dump(engine), _files(settings.home)) == (before, files)


def test_looking_makes_no_warehouse(settings: Settings, tmp_path: Path) -> None:
    """Where there is none yet, or an older one, whoever looks is told so, and it is left to those who write."""
    nowhere = read_settings({"PMF_HOME": str(tmp_path / "nowhere")})
    with pytest.raises(WarehouseError, match="not there yet, or older"):
        view_workspace(SLUG, nowhere)
    assert not nowhere.home.exists()
    with open_warehouse(settings).begin() as connection:
        connection.exec_driver_sql("UPDATE pmf_schema_version SET version_num = '0001'")
    with pytest.raises(WarehouseError, match="not there yet, or older"):
        view_workspace(SLUG, settings)


def test_a_step_that_is_due_and_not_done_is_overdue(settings: Settings, desk: Workspace) -> None:
    """Of a month that was opened and left, the steps whose day has passed are overdue, and no step of its quarter is shown yet."""
    with open_warehouse(settings).begin() as connection:
        append_new(
            connection, stage_run, [row(stage_run, organisation=SLUG, period="2024-08", stage="collect", as_at=VALIDATED, summary="{}")]
        )
    steps = {line[0]: line[3] for line in texts(glance_document(desk, Month(2024, 8), as_at=NOW)) if len(line) == 4}
    assert steps == {
        "Collection opened": "Done",
        "Returns collected": "Done",
        "Returns validated": "Overdue",
        "KPIs rated": "Overdue",
        "Ratings validated": "Overdue",
        "Scorecards issued": "Overdue",
    }


def _files(home: Path) -> dict[str, bytes]:
    """Every file of a home but the two that SQLite keeps beside a database while it is open."""
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))}
