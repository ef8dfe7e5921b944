"""Reading a finished Word file back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from itertools import dropwhile
from typing import Any

import docx
import docx.opc.exceptions
from docx.table import Table
from docx.text.paragraph import Paragraph

from pmf.assurance.block import Block, Grid, Heading, Item, Pair, UnreadableFileError, Words, spaced, without_glyph

_PAIRS, _CAPTION = "Pair Table", "Caption"
_TABLES = ("Report Table", "Wide Report Table")
_ITEMS = {"List Bullet": 0, "List Bullet 2": 1}


@lru_cache(maxsize=32)
def read_docx(content: bytes) -> tuple[Block, ...]:
    """Read what a Word file says from its title on, by the names of its styles (``include/templates/README.md``); the same file once.

    Raises:
        UnreadableFileError: when it is no Word file, or has no title.
    """
    try:
        word = docx.Document(io.BytesIO(content))
    except (zipfile.BadZipFile, docx.opc.exceptions.PackageNotFoundError, KeyError, ValueError) as error:
        raise UnreadableFileError(f"it is no Word file: {error}") from error
    names = {style.style_id: str(style.name) for style in word.styles}
    parts = ((part, names.get(_style_id(part), "")) for part in word.iter_inner_content())
    shown = list(dropwhile(lambda part: part[1] != "Title", parts))
    if not shown:
        raise UnreadableFileError("the Word file has no title")
    return tuple(_blocks(shown))


def _style_id(part: Paragraph | Table) -> str | None:
    """Give the id of a part's style, None for the default one; python-docx would search all styles for each part's name."""
    return part._p.style if isinstance(part, Paragraph) else part._tbl.tblStyle_val  # noqa: SLF001 - its own names are searched for


def _blocks(parts: list[tuple[Paragraph | Table, str]]) -> Iterator[Block]:
    """Read parts, each with the name of its style."""
    caption = ""
    for part, style in parts:
        if isinstance(part, Table):
            yield from _table(part, style, caption)
            caption = ""
        elif style == _CAPTION:
            caption = _words(part)
        elif style in _ITEMS:
            yield Item(_words(part), _ITEMS[style])
        elif words := _words(part):
            yield Heading(words) if style.startswith(("Heading", "Title")) else Words(words)


def _words(part: Paragraph) -> str:
    return without_glyph(spaced(part.text))


def _table(table: Table, style: str, caption: str) -> Iterator[Block]:
    rows = [tuple(_cell(cell) for cell in row.iterchildren("{*}tc")) for row in table._tbl.iterchildren("{*}tr")]  # noqa: SLF001 - rows and cells by python-docx take a second a table
    if style in _TABLES:
        yield Grid(caption, rows[0] if rows else (), tuple(rows[1:]))
    elif style == _PAIRS:
        yield from (Pair(row[0], " ".join(row[1:])) for row in rows)
    else:
        yield from (Words(_words(paragraph)) for row in table.rows for cell in row.cells for paragraph in cell.paragraphs)


def _cell(cell: Any) -> str:
    paragraphs = ("".join(_pieces(paragraph)) for paragraph in cell.iter("{*}p"))
    return without_glyph(spaced(" ".join(paragraphs)))


def _pieces(paragraph: Any) -> Iterator[str]:
    for element in paragraph.iter("{*}t", "{*}tab", "{*}br", "{*}cr", "{*}noBreakHyphen"):
        name = element.tag.rpartition("}")[2]
        yield (element.text or "") if name == "t" else "-" if name == "noBreakHyphen" else " "
