"""A small council whose register is exported, edited and imported, and one that takes in a tax authority's register."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pmf.form.grid import Content
from pmf.period import Month
from pmf.register import load_register
from pmf.registerbook.examination import Examination, examine
from pmf.registerbook.opening import OpenSheet, open_book
from pmf.registerbook.reader import read_book
from pmf.registerbook.writer import write_book
from pmf.settings import read_settings

ORGANISATIONS = Path(__file__).parents[2] / "include" / "organisations"
Edit = Callable[[dict[str, Worksheet]], None]

PROFILE = """\
slug: smallshire
name: Smallshire Council
short_name: Smallshire
first_month: "2024-04"
vision: A small shire
ambitions: [{id: "1", text: People are well}, {id: "2", text: Places are clean}]
calendar: {open_working_day: 1, deadline_working_day: 6, cycle_working_day: 8, export_working_day: 10}
headline_policies: [{policy_id: ccc-framework-2024, since: 2024-04-01}]
paper_policies:
  - {policy_id: ccc-framework-2024, since: 2024-04-01}
quality: {withheld_share_max_pct: 5, strategic_least: 8, strategic_most: 12, strategic_mix: [lead_lag]}
performance_team: team
data_engineers: team
leadership_team: team
directorates:
  - id: people
    name: People
    director: team
    services:
      - {id: libraries, name: Libraries, aliases: [Library Service], holder: head, deputy: officer, head: team}
      - {id: streets, name: Streets and Parks, holder: head, deputy: officer, head: team}
committees: [{id: scrutiny, name: Scrutiny Panel, aliases: [Overview Panel], from_post: team, contact_post: team, ambition_ids: ["1"]}]
posts:
  - {id: team, title: Performance Team, email: team@smallshire.example}
  - {id: head, title: Head of Libraries, email: head@smallshire.example}
  - {id: officer, title: Libraries Officer, email: officer@smallshire.example}
"""
# Quoted where nobody needs to, with Windows line ends and a blank line: what people's programs leave behind.
KPIS = """\
\ufeffkpi_ref,valid_from,valid_to,title,directorate_id,service_id,committee_id,level,frequency,unit,direction,aggregation,ratio_multiplier,ambition_ids,part_of
1,2024-04-01,,"Library visits",people,libraries,scrutiny,strategic,monthly,number,higher,sum,1,1,
2,2024-04-01,2024-07-01,Loans on time,people,libraries,,operational,monthly,%,higher,ratio,100,,
2,2024-07-01,,Loans returned on time,people,libraries,,operational,monthly,%,higher,ratio,100,,

007,2024-04-01,,Streets swept,people,streets,,operational,quarterly,miles,higher,sum,1,2,
5,2024-04-01,,Sickness,people,libraries,,corporate,monthly,days,lower,ratio,1,,
5-A,2024-04-01,,Sickness: libraries,people,libraries,,corporate,monthly,days,lower,ratio,1,,5
""".replace("\n", "\r\n")
TARGETS = """\
kpi_ref,valid_from,valid_to,period_kind,target,method
1,2024-04-01,2024-06-01,month,100,
1,2024-06-01,,month,"120.50",
1,2024-04-01,,year,"1,400",
2,2024-04-01,,month,90,maintain
2,2024-04-01,,quarter,95,
007,2024-04-01,,quarter,40,"""
TEMPLATES = """\
kpi_ref,valid_from,collector_post,method,minimum,maximum,needs_numerator
1,2024-04-01,officer,"Count at the door.
Halve it.",0,"1,000",no
2,2024-04-01,officer,,0,100,yes
"""


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Real registers and files as people send them; tests skip where they are not there."""
    folder = read_settings(os.environ).reference_data
    if not folder.exists():
        pytest.skip(f"no reference data at {folder}; set PMF_REFERENCE_DATA")
    return folder


@pytest.fixture
def council(tmp_path: Path) -> Path:
    """The folder of a council whose files are right, in the ways people write them."""
    return council_at(tmp_path / "organisations" / "smallshire")


def council_at(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, text in {
        "organisation.yaml": PROFILE,
        "kpis.csv": KPIS,
        "targets.csv": TARGETS,
        "data_quality_templates.csv": TEMPLATES,
    }.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


def edited(content: bytes, edit: Edit) -> bytes:
    """Edit a workbook as a spreadsheet program would: open, change cells, save."""
    book = openpyxl.load_workbook(BytesIO(content))
    edit({sheet.title: sheet for sheet in book.worksheets})
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cell_of(sheet: Worksheet, field: str, **key: str) -> tuple[int, int]:
    """Find a cell by its field and what its row says in other fields."""
    fields = {cell.value: cell.column for cell in sheet[3]}
    for row in range(4, sheet.max_row + 1):
        if all(str(sheet.cell(row, fields[name]).value)[: len(text)] == text for name, text in key.items()):
            return row, fields[field]
    raise AssertionError(f"{sheet.title} has no row with {key}")


def put(sheet: Worksheet, field: str, value: object, **key: str) -> int:
    """Type a value into a cell; give its row."""
    row, column = cell_of(sheet, field, **key)
    sheet.cell(row, column).value = value
    return row


def retyped(opened: dict[str, OpenSheet], sheet: str, field: str, content: Content, **key: str) -> dict[str, OpenSheet]:
    """Put something else into a cell of a workbook that is open already."""
    rows = [list(row) for row in opened[sheet].rows]
    fields = {name: index for index, name in enumerate(rows[2])}
    number = next(n for n, row in enumerate(rows) if n > 2 and all(str(row[fields[name]]) == text for name, text in key.items()))
    rows[number][fields[field]] = content
    return opened | {sheet: OpenSheet(rows, opened[sheet].facts)}


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, OpenSheet]:
    """The council's workbook, exported and opened."""
    return open_book(write_book(load_register(council_at(tmp_path_factory.mktemp("opened") / "smallshire"))))


def imported(folder: Path, content: bytes, *, until: Month | None = None) -> Examination:
    """Say what importing a workbook would do."""
    return examine(read_book(open_book(content)), register=load_register(folder), folder=folder, until=until)


@pytest.fixture
def change(council: Path) -> Callable[..., Examination]:
    """Export the council's register, edit the workbook, and say what importing it would do."""

    def make(edit: Edit, *, until: Month | None = None) -> Examination:
        return imported(council, edited(write_book(load_register(council)), edit), until=until)

    return make
