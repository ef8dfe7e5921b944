"""The one view-model of every report: a frozen tree of headings, paragraphs, lists, tables, charts and notes.

``reporting`` builds it from figures; the renderers (``web``, ``pdf``, ``word``, ``sheet``, ...) only print it. No renderer computes,
rounds, counts or words anything: what one format says, all say. Text is plain text, never markup. The tree turns into
plain JSON with ``as_json`` for Typst and for the data copy of a report.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic_core import to_jsonable_python

from pmf.status import Status


@dataclass(frozen=True)
class Text:
    """A run of text; ``strong`` runs stand out by weight, never by colour."""

    text: str
    strong: bool = False
    kind: Literal["text"] = "text"


@dataclass(frozen=True)
class Link:
    """A run of text that leads, on a web page, to a relative address (``href``); no other format follows it."""

    text: str
    href: str
    strong: bool = False
    kind: Literal["link"] = "link"


Run = Text | Link


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of runs. ``number`` is the printed paragraph number ("3.1"); None: unnumbered."""

    runs: tuple[Run, ...]
    number: str | None = None
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Heading:
    """A heading inside a section. Levels run 2 (below the section's own heading) to 4 and never skip."""

    text: str
    level: int = 2
    number: str | None = None
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True)
class ListItem:
    """An item of a bulleted list, with at most one level of items below it."""

    runs: tuple[Run, ...]
    items: tuple[ListItem, ...] = ()
    kind: Literal["item"] = "item"


@dataclass(frozen=True)
class BulletList:
    """A bulleted list."""

    items: tuple[ListItem, ...]
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Column:
    """A table column. ``is_number`` aligns right; ``width`` is relative to the other columns' widths."""

    heading: str
    is_number: bool = False
    width: float = 1.0
    kind: Literal["column"] = "column"


@dataclass(frozen=True)
class Cell:
    """A table cell. With ``status`` it is printed as shape + word on that status's background; text still says it all.

    ``arrow`` is a direction glyph and ``icon`` a small drawing (``page.icon`` lists their names) printed before the text, both
    hidden from screen readers: the text carries the meaning. Word prints no icons.
    ``points`` holds the figures of a sparkline (None: a gap) and ``text`` its text alternative. On a web page, ``link`` is the
    relative address the text leads to, "#name" for the cell with that ``anchor``; no other format follows it.

    ``value`` is the number that ``text`` prints, rounded as it is printed there, in ``unit`` ("%", "£", "days"; "" for a count): what
    spreadsheets and data copies hold. None: the text is words. Where it is a dash that stands for no figure, ``mark`` says
    which: not available (x) or not applicable (z).
    """

    text: str
    status: Status | None = None
    arrow: str = ""
    note: str = ""
    points: tuple[float | None, ...] = ()
    link: str = ""
    anchor: str = ""
    icon: str = ""
    value: Decimal | None = None
    unit: str = ""
    mark: Literal["x", "z"] = "x"
    kind: Literal["cell"] = "cell"


@dataclass(frozen=True)
class Table:
    """A table with one header row. The cells of column ``names`` are row headers. ``is_wide`` asks for a landscape page.

    Tables of one ``group`` that have the same columns stand in one sheet of a spreadsheet, under that title, each row led by the
    heading its table stands under; "": the table has a sheet of its own. ``names`` (from 0) is the column that tells the rows apart.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_wide: bool = False
    group: str = ""
    names: int = 0
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Fact:
    """A label with its figure, for the summary at the top of a page ("Red", "1", status red); ``value`` as of a cell."""

    label: str
    figure: str
    detail: str = ""
    status: Status | None = None
    value: Decimal | None = None
    kind: Literal["fact"] = "fact"


@dataclass(frozen=True)
class Facts:
    """A row of facts."""

    facts: tuple[Fact, ...]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Note:
    """A remark set apart: what is withheld, what is provisional, what is illustrative."""

    heading: str
    runs: tuple[Run, ...]
    kind: Literal["note"] = "note"


@dataclass(frozen=True)
class ChartPoint:
    """A figure of a chart. ``value`` None: a gap. ``mark`` sets it apart by shape as well as colour; "": an ordinary point."""

    value: float | None
    mark: Literal["", "improving", "concerning", "special"] = ""
    kind: Literal["point"] = "point"


@dataclass(frozen=True)
class ChartLine:
    """A level line from point ``first`` to point ``last``, counted from 0; ``words`` are printed at its end ("": none)."""

    style: Literal["mean", "limit", "target"]
    value: float
    first: int
    last: int
    words: str = ""
    kind: Literal["line"] = "line"


@dataclass(frozen=True)
class Chart:
    """A process behaviour chart: figures in time between level lines.

    ``alt`` says everything that is drawn, for those who cannot see it and for Word, which prints it instead. ``ticks`` are
    the labels below points (counted from 0), ``key`` the words for each mark that is used; before each point of ``breaks``
    the limits begin anew. Small charts that follow one another are printed several to a row.
    """

    caption: str
    alt: str
    points: tuple[ChartPoint, ...]
    lines: tuple[ChartLine, ...] = ()
    ticks: tuple[tuple[int, str], ...] = ()
    key: tuple[tuple[str, str], ...] = ()
    breaks: tuple[int, ...] = ()
    is_small: bool = False
    kind: Literal["chart"] = "chart"


Block = Paragraph | Heading | BulletList | Table | Facts | Note | Chart


@dataclass(frozen=True)
class Section:
    """A part of a report under a heading of level 1. ``number`` is printed before it; None: unnumbered."""

    heading: str
    blocks: tuple[Block, ...]
    number: str | None = None
    starts_page: bool = False
    kind: Literal["section"] = "section"

    @property
    def is_wide(self) -> bool:
        """Whether a table in it asks for landscape pages; then the whole section is printed on its own."""
        return any(isinstance(block, Table) and block.is_wide for block in self.blocks)


@dataclass(frozen=True)
class Document:
    """A report. ``header`` holds the label-value pairs above the text (a committee paper's "To", "Meeting Date", ...).

    ``banner`` (None: none) is printed on every page; ``footer`` says what it is, of what period, as at when. A draft has a mark across
    every page (``page.draft``).
    """

    title: str
    organisation: str
    subtitle: str
    header: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    footer: str
    banner: str | None = None
    is_landscape: bool = False
    is_draft: bool = False
    language: str = "en-GB"
    kind: Literal["document"] = "document"

    def as_json(self) -> dict[str, Any]:
        """Turn the tree into plain dictionaries, lists, strings and numbers."""
        tree: dict[str, Any] = to_jsonable_python(self)
        return tree


def text(*parts: str | Run) -> tuple[Run, ...]:
    """Build runs from plain strings, ``Text`` and ``Link``."""
    return tuple(Text(part) if isinstance(part, str) else part for part in parts)


def strong(words: str) -> Text:
    """Build a run that stands out."""
    return Text(words, strong=True)


def paragraph(*parts: str | Run, number: str | None = None) -> Paragraph:
    """Build a paragraph from plain strings, ``Text`` and ``Link``."""
    return Paragraph(text(*parts), number)


def bullets(*items: str | ListItem) -> BulletList:
    """Build a bulleted list from plain strings and ``ListItem``."""
    return BulletList(tuple(item if isinstance(item, ListItem) else ListItem(text(item)) for item in items))
