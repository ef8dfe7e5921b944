"""Reading a finished PDF back by its tags: what is read aloud, in the order in which it is read.

The report's PDFs are PDF/UA, so that every word lies under a tag that says what it is. Reading the tags needs no guess
about columns and lines, and finds what a screen reader finds. Glyphs become characters by each font's own table.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pikepdf

from pmf.assurance.block import Block, Grid, Heading, Item, Pair, UnreadableFileError, Words, spaced

_HEADINGS = frozenset({"/Title", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6"})
_BROKEN_WORD = re.compile("\n?\u00ad\n?")
_AFTER_HYPHEN = re.compile("(?<=\\w)([-/])\n(?=\\w)")
# Of a page's instructions, those that choose a font, show text or mark it; most are about lines and shapes.
_TEXT_OPERATORS = "BMC BDC EMC Tf Tj TJ"
# The text of marked content by page and number.
_Said = Mapping[tuple[int, int] | None, Mapping[int, str]]
_PAIR = re.compile(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_RUN = re.compile(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*(?:<([0-9a-fA-F]+)>|\[([^\]]*)\])")
_SECTION = re.compile(r"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)


@dataclass(frozen=True)
class _Tag:
    """An element of the structure tree: its name, what it is in words instead of a drawing, and what it holds."""

    name: str
    alt: str
    parts: tuple[_Tag | str, ...]

    @property
    def tags(self) -> tuple[_Tag, ...]:
        return tuple(part for part in self.parts if isinstance(part, _Tag))

    def named(self, *names: str) -> list[_Tag]:
        """List the elements of these names below, in reading order, none inside another."""
        return [found for tag in self.tags for found in ([tag] if tag.name in names else tag.named(*names))]

    def words(self, *, without: str = "") -> str:
        """Print all the text below, but for that under tags of a name."""
        if self.alt:
            return self.alt
        kept = (part for part in self.parts if isinstance(part, str) or part.name != without)
        return _joined(part if isinstance(part, str) else part.words(without=without) for part in kept)


def _joined(pieces: Iterable[str]) -> str:
    """Join the lines of a text, and what stands below it: a word broken after its hyphen, or by one, is one word again."""
    return spaced(_BROKEN_WORD.sub("", _AFTER_HYPHEN.sub(r"\1", "\n".join(pieces))))


@lru_cache(maxsize=32)
def read_pdf(content: bytes) -> tuple[Block, ...]:
    """Read what a tagged PDF says from its title on; the same file, which several checks ask about, is read once.

    Raises:
        UnreadableFileError: when it is no PDF, or one without tags or title.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            root = _tree(pdf)
    except pikepdf.PdfError as error:
        raise UnreadableFileError(f"it is no PDF: {error}") from error
    blocks = list(_blocks(root))
    title = next((number for number, block in enumerate(blocks) if isinstance(block, Heading)), None)
    if title is None:
        raise UnreadableFileError("the PDF has no tags, or no title under one")
    return tuple(blocks[title:])


def _tree(pdf: pikepdf.Pdf) -> _Tag:
    said: _Said = {page.obj.objgen: _marked(page) for page in pdf.pages}
    root = pdf.Root.get("/StructTreeRoot")
    return _Tag("/Root", "", () if root is None else tuple(_parts(root, said, None)))


def _parts(node: Any, said: _Said, page: tuple[int, int] | None) -> Iterator[_Tag | str]:
    """List what an element holds: elements, and marked content by its number on a page."""
    page = node.Pg.objgen if "/Pg" in node else page
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if not isinstance(child, pikepdf.Dictionary):
            yield said.get(page, {}).get(int(child), "")
        elif "/S" in child:
            yield _Tag(str(child.S), str(child.get("/Alt", "")), tuple(_parts(child, said, page)))
        elif "/MCID" in child:
            yield said.get(child.Pg.objgen if "/Pg" in child else page, {}).get(int(child.MCID), "")


@dataclass(frozen=True)
class _Mark:
    """Marked content that is open: the number by which a tag names it, and what it says instead of its glyphs (a soft hyphen)."""

    number: int | None
    instead: str | None


def _marked(page: pikepdf.Page) -> dict[int, str]:
    """Map the numbers of a page's marked content to its text."""
    fonts = {name: _characters(font) for name, font in page.resources.get("/Font", {}).items()}
    said: dict[int, str] = {}
    marks: list[_Mark] = []
    font: dict[bytes, str] = {}
    instructions: Iterable[Any] = pikepdf.parse_content_stream(page, _TEXT_OPERATORS)
    for operands, operator in instructions:
        match str(operator):
            case "BMC" | "BDC":
                marks.append(_mark(operands))
                _say(said, marks, marks[-1].instead or "")
            case "EMC" if marks:
                marks.pop()
            case "Tf":
                font = fonts.get(str(operands[0]), {})
            case "Tj" | "TJ" if all(mark.instead is None for mark in marks):
                _say(said, marks, _shown(operands[0], font))
    return said


def _mark(operands: Any) -> _Mark:
    properties = operands[1] if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else pikepdf.Dictionary()
    instead = properties.get("/ActualText")
    return _Mark(int(properties.MCID) if "/MCID" in properties else None, None if instead is None else str(instead))


def _say(said: dict[int, str], marks: list[_Mark], text: str) -> None:
    """Add text to the innermost marked content that a tag can name; what lies in none, such as a page's footer, is not read aloud."""
    number = next((mark.number for mark in reversed(marks) if mark.number is not None), None)
    if number is not None:
        said[number] = said.get(number, "") + text


def _shown(operand: pikepdf.Object, font: dict[bytes, str]) -> str:
    pieces = operand if isinstance(operand, pikepdf.Array) else [operand]
    codes = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
    return "".join(font.get(codes[at : at + 2], "\N{REPLACEMENT CHARACTER}") for at in range(0, len(codes), 2))


def _characters(font: pikepdf.Object) -> dict[bytes, str]:
    """Read a font's table of glyph codes to characters (PDF 32000-1, 9.10.3)."""
    table = font.ToUnicode.read_bytes().decode("ascii", errors="replace") if "/ToUnicode" in font else ""
    characters: dict[bytes, str] = {}
    for kind, lines in _SECTION.findall(table):
        if kind == "bfchar":
            characters |= {bytes.fromhex(code): _unicode(text) for code, text in _PAIR.findall(lines)}
            continue
        for first, last, text, several in _RUN.findall(lines):
            targets = re.findall(r"<([0-9a-fA-F]+)>", several)
            for step, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                shown = _unicode(targets[step]) if targets else _plus(_unicode(text), step)
                characters[code.to_bytes(2, "big")] = shown
    return characters


def _unicode(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be", errors="replace")


def _plus(text: str, step: int) -> str:
    return text[:-1] + chr(ord(text[-1]) + step)


def _blocks(parent: _Tag) -> Iterator[Block]:
    for tag in parent.tags:
        if tag.name in _HEADINGS:
            yield Heading(tag.words())
        elif tag.name == "/P":
            yield Words(tag.words())
        elif tag.name == "/L":
            yield from _items(tag, 0)
        elif tag.name == "/Table":
            yield _grid(tag)
        elif any(below.name == "/Caption" for below in tag.tags):  # a chart
            yield Words(tag.words())
        else:
            yield from _blocks(tag)


def _items(parent: _Tag, depth: int) -> Iterator[Item | Pair]:
    """Read a list; the list below an item lies beside it or in its body."""
    for item in parent.tags:
        if item.name == "/L":
            yield from _items(item, depth + 1)
            continue
        label, body = (item.named(name) for name in ("/Lbl", "/LBody"))
        if label and label[0].named("/Strong"):
            yield Pair(label[0].words(), " ".join(part.words() for part in body))
            continue
        for part in body:
            yield Item(part.words(without="/L"), depth)
            for below in part.named("/L"):
                yield from _items(below, depth + 1)


def _grid(table: _Tag) -> Grid:
    rows = [tuple(cell.words() for cell in row.named("/TH", "/TD")) for row in table.named("/TR")]
    captions = table.named("/Caption")
    return Grid(captions[0].words() if captions else "", rows[0] if rows else (), tuple(rows[1:]))
