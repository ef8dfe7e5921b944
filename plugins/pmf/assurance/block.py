"""What a reader finds in a finished file, whatever its format: headings, paragraphs, list items, label-value pairs and tables.

The readers (``htmlfile``, ``pdffile``, ``wordfile``) turn a file's bytes into these and nothing else. White space is single
spaces; shapes and arrows that stand beside words are left out, since the words say the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Shapes, arrows and stars: the only sign of a status that is never compared.
_GLYPHS = re.compile("^(?:[\u2190-\u21ff\u25a0-\u25ff\u2605] )+")


@dataclass(frozen=True)
class Heading:
    """A heading, its number before it."""

    text: str


@dataclass(frozen=True)
class Words:
    """A paragraph, its number before it; or a remark, a figure of a summary, a chart as told in words."""

    text: str


@dataclass(frozen=True)
class Item:
    """An item of a list; ``depth`` 0 is the outermost list."""

    text: str
    depth: int


@dataclass(frozen=True)
class Pair:
    """A label with its value, as at the head of a committee paper."""

    label: str
    value: str


@dataclass(frozen=True)
class Grid:
    """A table with one header row; a note in a cell follows the cell's text."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Words | Item | Pair | Grid


class UnreadableFileError(Exception):
    """The bytes are no file of their format, or hold nothing to read; the message says which."""


def spaced(text: str) -> str:
    """Put single spaces where there is white space, and none at the ends."""
    return " ".join(text.split())


def without_glyph(text: str) -> str:
    """Drop the shape or arrow printed before a word."""
    return _GLYPHS.sub("", text)


def squeezed(text: str) -> str:
    """Drop all white space: formats break lines, and words that are too long for their column, where they like."""
    return "".join(text.split())


def texts(block: Block) -> tuple[str, ...]:
    """List the texts of a block in reading order."""
    match block:
        case Pair(label, value):
            return (label, value)
        case Grid(caption, header, rows):
            return (caption, *header, *(cell for row in rows for cell in row))
        case _:
            return (block.text,)
