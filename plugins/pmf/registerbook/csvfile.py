"""A table's CSV file, line by line: what is not changed keeps its bytes, quotes and line ends included."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pmf.registerbook.columns import Table

_MARK = "\ufeff"


@dataclass
class CsvFile:
    """The file of a table. ``records`` are the data rows as raw text, ``cells`` what they hold by column, in the same order.

    ``lead`` is what stands before a record: nothing, or blank lines.
    """

    header: list[str]
    is_marked: bool
    line_end: str
    header_text: str
    records: list[str]
    cells: list[dict[str, str]]
    tail: str = ""
    lead: list[str] = field(default_factory=list)

    def text_of(self, values: Mapping[str, str]) -> str:
        """Write one record with the file's columns and line end."""
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator=self.line_end).writerow([values.get(name, "") for name in self.header])
        return buffer.getvalue()

    def with_columns(self, fields: list[str]) -> CsvFile:
        """Give the file with more columns at the right; every record is written anew."""
        header = [*self.header, *fields]
        wider = CsvFile(header, self.is_marked, self.line_end, "", [], self.cells, self.tail, self.lead)
        wider.header_text = wider.text_of({name: name for name in header})
        wider.records = [wider.text_of(cells) for cells in self.cells]
        return wider


def read_csv_file(path: Path, table: Table) -> CsvFile:
    """Read a file that ``load_register`` has read without complaint; one that does not exist is one without rows."""
    if not path.exists():
        header = [column.field for column in table.columns]
        return CsvFile(header, False, "\n", ",".join(header) + "\n", [], [])
    content = path.read_bytes().decode("utf-8")
    is_marked = content.startswith(_MARK)
    lines = list(io.StringIO(content.removeprefix(_MARK), newline=""))
    line_end = next((end for end in ("\r\n", "\n", "\r") if lines[0].endswith(end)), "\n")
    reader = csv.reader(lines)
    header = next(reader)
    file = CsvFile(header, is_marked, line_end, "".join(lines[: reader.line_num]), [], [])
    begin, blank = reader.line_num, ""
    for values in reader:
        raw, begin = "".join(lines[begin : reader.line_num]), reader.line_num
        if not values:
            blank += raw
            continue
        file.records.append(raw)
        file.cells.append(dict(zip(header, [*values, *[""] * len(header)], strict=False)))
        file.lead.append(blank)
        blank = ""
    file.tail = blank
    return file
