"""CSV files as people keep them, read cell by cell with nothing guessed, and lists written as such."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CsvError(Exception):
    """A file that is no usable CSV, in a sentence that says where and the way out."""


@dataclass(frozen=True)
class CsvFile:
    """Column names, and the rows' cells with the line each ends on; every row has a cell per column."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_csv(file: Path) -> CsvFile:
    """Read a CSV with every cell as it stands; a line that does not fit the header is refused, never shifted.

    Raises:
        CsvError: naming the line, or what the file is instead.
        OSError: when the file cannot be read.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header, rows = next(reader, []), []
            for cells in reader:
                if any(cell.strip() for cell in cells[len(header) :]):
                    how = 'put a figure with a comma in quotation marks, like "2,074"'
                    raise CsvError(f"line {reader.line_num} has more cells than the header has columns: {how}")
                if any(cells):
                    rows.append((reader.line_num, [*cells, *[""] * len(header)][: len(header)]))
    except UnicodeDecodeError:
        raise CsvError('no CSV in UTF-8: save it from the spreadsheet as "CSV UTF-8"') from None
    except csv.Error as error:
        raise CsvError(f"not readable as CSV: {error}") from None
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise CsvError(f"column {', '.join(twice)} is there more than once: keep one")
    return CsvFile(header, rows)


def csv_text(header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows as a CSV with a header; a cell that holds several words has them parted by "; "."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: "; ".join(cell) if isinstance(cell, tuple) else cell for name, cell in row.items()} for row in rows)
    return text.getvalue()
