"""The data copy of a report as CSV: one row for everything the report says, with the same columns for every report.

So the files of all directorates and months can be put below each other and are one dataset. What each column means is said once,
here: in the metadata for "CSV on the Web" (W3C) that goes with the files, and in ``docs/report-data.md``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic_core import to_json

from pmf.page.document import Cell, Document, Table
from pmf.page.environment import printable
from pmf.page.plain import headed_blocks, looks_live, part_of, table_of, text_rows, words_of
from pmf.value import plain

# Name, type and meaning of each column, in order.
COLUMNS = (
    ("organisation", "string", "The council"),
    ("report", "string", "The report's title"),
    ("subject", "string", "What the report is of: its month, or its committee"),
    ("part", "string", "The section, with its printed number; blank for what stands above the first, and for the footer"),
    ("heading", "string", "The nearest heading above: the section's own or one inside it"),
    ("kind", "string", "What the row is: Header, Banner, Heading, Paragraph, List item, Note, Chart, Table (its caption), Cell or Footer"),
    ("number", "string", "The printed number of a heading or paragraph"),
    ("table", "string", "Of a cell: the caption of its table"),
    ("row", "integer", "Of a cell: its row in the table, from 1"),
    ("row_name", "string", "Of a cell: what its row is about, such as the KPI"),
    ("column", "string", "Of a cell: the heading of its column; of a header line: its label"),
    ("text", "string", "What is printed; [x] for a dash that means not available, [z] for one that means not applicable"),
    ("value", "decimal", "The number that is printed, rounded as it is there; blank where the text is no number"),
    ("unit", "string", "The unit of the value: %, £, days, ...; blank for a count. 79.9% is 79.9"),
    ("status", "string", "Of a cell that gives a status: red, amber, green, blue, baseline, contextual, in_development, ..."),
    ("note", "string", "Of a cell: the remark printed beside it"),
)
_NAMES = tuple(name for name, _, _ in COLUMNS)


def render_csv(document: Document) -> bytes:
    """Print the document as CSV (RFC 4180) in UTF-8; the same document gives the same bytes.

    The mark at the beginning makes Excel read "£" and "–" as what they are. A text that a spreadsheet would take for a formula is led
    by an apostrophe. Values are plain numbers: no thousands commas, a full stop, an ASCII minus.
    """
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, _NAMES, restval="")
    writer.writeheader()
    about = {"organisation": document.organisation, "report": document.title, "subject": document.subtitle}
    for row in _rows(document):
        writer.writerow({name: cell if name in ("row", "value") else _dead(cell) for name, cell in (about | row).items()})
    return lines.getvalue().encode("utf-8-sig")


def csv_metadata(names: Iterable[str]) -> bytes:
    """Describe CSV files that lie in one folder, as "CSV on the Web" asks for it in ``csv-metadata.json`` beside them."""
    columns = [{"name": name, "titles": name, "datatype": datatype, "dc:description": meaning} for name, datatype, meaning in COLUMNS]
    metadata: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
        "tableSchema": {"columns": columns},
        "tables": [{"url": name} for name in sorted(names)],
    }
    return to_json(metadata, indent=1) + b"\n"


def _rows(document: Document) -> Iterator[dict[str, Any]]:
    if document.banner:
        yield {"kind": "Banner", "text": document.banner}
    yield from ({"kind": "Header", "column": label, "text": value} for label, value in document.header)
    for section in document.sections:
        stand = {"part": part_of(section), "heading": section.heading}
        yield stand | {"kind": "Heading", "number": section.number or "", "text": section.heading}
        for heading, block in headed_blocks(section):
            stand["heading"] = heading
            yield from (stand | {"kind": kind, "number": number, "text": words} for kind, number, words in text_rows(block))
            if table := table_of(block, heading):
                yield from (stand | row for row in _cells(table))
    yield {"kind": "Footer", "text": document.footer}


def _cells(table: Table) -> Iterator[dict[str, Any]]:
    for number, cells in enumerate(table.rows, 1):
        row = {"kind": "Cell", "table": table.caption, "row": number, "row_name": words_of(cells[table.names])}
        for column, cell in zip(table.columns, cells, strict=True):
            yield row | {"column": column.heading} | _content(cell)


def _content(cell: Cell) -> dict[str, Any]:
    return {
        "text": words_of(cell),
        "value": "" if cell.value is None else plain(cell.value),
        "unit": cell.unit,
        "status": cell.status or "",
        "note": cell.note,
    }


def _dead(words: str) -> str:
    """Lead what a spreadsheet would take for a formula by an apostrophe."""
    words = str(printable(words))
    return f"'{words}" if looks_live(words) else words
