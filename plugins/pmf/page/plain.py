"""A document's blocks as plain rows of words, for the formats that know no layout: spreadsheets and data.

Shorthand in square brackets is that of the Government Analysis Function ("Symbols in tables: definitions and help").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pmf.page.document import Block, BulletList, Cell, Chart, Column, Facts, Heading, ListItem, Note, Paragraph, Run, Section, Table
from pmf.value import plain

SHORTHAND = {
    "[c]": "Confidential: withheld so that nobody can be recognised",
    "[e]": "Estimated",
    "[f]": "Forecast, made from the KPI's own past",
    "[low]": "Rounds to 0 but is not 0",
    "[p]": "Provisional: the source may still change it",
    "[r]": "Revised since it was last published",
    "[x]": "Not available",
    "[z]": "Not applicable",
}
_DASH = re.compile(r"\s*[-–—]\s*")
_LIVE = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]|[\t\r\n]")


def headed_blocks(section: Section) -> Iterator[tuple[str, Block]]:
    """Go through a section's blocks, each with the heading it stands under: the section's own until another follows."""
    heading = section.heading
    for block in section.blocks:
        heading = block.text if isinstance(block, Heading) else heading
        yield heading, block


def part_of(section: Section) -> str:
    """Name a section with its printed number: "3 Main Issues"."""
    return f"{section.number} {section.heading}" if section.number else section.heading


def table_of(block: Block, heading: str) -> Table | None:
    """Give a table's rows, and facts as a table; None for what is neither, or has no rows."""
    if isinstance(block, Facts):
        columns = (Column("What", width=1.5), Column("Figure", is_number=True), Column("Detail", width=1.5))
        rows = tuple((Cell(fact.label, fact.status), Cell(fact.figure, value=fact.value), Cell(fact.detail)) for fact in block.facts)
        block = Table(f"{heading}: figures at a glance", columns, rows)
    return block if isinstance(block, Table) and block.rows else None


def text_rows(block: Block) -> Iterator[tuple[str, str, str]]:
    """Say what a block says in words: kind, printed number, text; of a table its caption, of facts nothing."""
    match block:
        case Paragraph():
            yield "Paragraph", block.number or "", _joined(block.runs)
        case Heading():
            yield "Heading", block.number or "", block.text
        case BulletList():
            yield from (("List item", "", words) for words in _item_texts(block.items))
        case Note():
            yield "Note", "", f"{block.heading}: {_joined(block.runs)}"
        case Chart():
            yield "Chart", "", f"{block.caption}: {block.alt}"
        case Table():
            yield "Table", "", block.caption


def words_of(cell: Cell) -> str:
    """Print a cell's words; a dash says as shorthand what it stands for, or as 0 that it counts none."""
    if not _DASH.fullmatch(cell.text):
        return cell.text
    return f"[{cell.mark}]" if cell.value is None else plain(cell.value)


def looks_live(words: str) -> bool:
    """Tell whether a spreadsheet would take the words for a formula or a command, in full width and after blanks too."""
    return _LIVE.match(words) is not None


def _joined(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def _item_texts(items: Sequence[ListItem]) -> Iterator[str]:
    for item in items:
        yield _joined(item.runs)
        yield from _item_texts(item.items)
