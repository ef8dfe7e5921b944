"""Text files of rows and cells: CSV, TSV and their kin, read strictly. A line that does not add up is named, never mended."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from io import StringIO
from itertools import islice

from pmf.form.model import Problem
from pmf.register.source import folded
from pmf.source.refusal import UnusableError

_DELIMITERS = ",;\t|"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AS_UTF8 = 'Save it from the spreadsheet as "CSV UTF-8" and send it again.'

# A line's number, counted from 1, and its cells.
Line = tuple[int, list[str]]


def read_lines(content: bytes, *, header_row: int, columns: Collection[str], most_rows: int) -> list[Line]:
    """Read the lines from the one that names the columns on, each with its number. ``columns`` are those that must be there.

    Raises:
        UnusableError: naming the line, when the text cannot be decoded, a quotation never ends or there are too many lines.
    """
    text = decode(content)
    delimiter = _delimiter(text, header_row=header_row, columns=columns)
    lines = list(islice(_lines(text, delimiter), header_row - 1, header_row + most_rows + 1))
    if len(lines) > most_rows + 1:
        raise UnusableError(Problem.TOO_LARGE, f"The file has more than {most_rows} lines.", "Export only the month that is asked for.")
    return lines


def decode(content: bytes) -> str:
    """Decode UTF-8 with or without its mark, UTF-16 with its mark, else the code page of Windows in Western Europe.

    Raises:
        UnusableError: when it is none of these, or holds NUL characters, which no text does.
    """
    text = _decoded(content)
    place = text.find("\0")
    if place >= 0:
        line = text.count("\n", 0, place) + 1
        raise UnusableError(Problem.DAMAGED, f"Line {line} of the file holds a NUL character, which no text does.", _SAVE_AS_UTF8)
    return text


def _decoded(content: bytes) -> str:
    encodings = ["utf-16"] if content.startswith(_UTF16_MARKS) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    message = f"Line {line} of the file holds characters that cannot be read: it is neither UTF-8 nor Windows text."
    raise UnusableError(Problem.DAMAGED, message, _SAVE_AS_UTF8)


def _delimiter(text: str, *, header_row: int, columns: Collection[str]) -> str:
    """Find what separates the cells: what splits the header into the columns that must be there, and into most cells.

    ``csv.Sniffer`` guesses from the whole text and takes the apostrophes of comments for quotation marks.
    """
    wanted = {folded(name) for name in columns}

    def fit(delimiter: str) -> tuple[int, int]:
        try:
            header = next(islice(_lines(text, delimiter), header_row - 1, None), (0, []))[1]
        except UnusableError:
            return 0, 0
        return len(wanted & {folded(name) for name in header}), len(header)

    return max(_DELIMITERS, key=fit)


def _lines(text: str, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            message = f"Line {number} of the file cannot be split into cells: {error}."
            raise UnusableError(Problem.DAMAGED, message, "Look for a quotation mark too many or too few in that line.") from None
        if cells is None:
            return
        yield number, cells
        number = reader.line_num + 1
