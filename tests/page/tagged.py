"""A tagged PDF as a screen reader has it: the elements of its structure, and what is printed outside of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf


@dataclass(frozen=True)
class Run:
    """Characters painted at once: read aloud with the element of that ``mark``, or not read (an artifact)."""

    words: str
    is_artifact: bool
    mark: int | None


def structure(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """The elements of the PDF's structure tree, in reading order."""
    return list(_elements(pdf.Root.StructTreeRoot))


def within(element: pikepdf.Object, kind: str) -> list[pikepdf.Object]:
    """The elements of a kind ("/TR") below an element, in reading order."""
    return [found for found in _elements(element) if kind == found.S]


def spoken_by_mark(pdf: pikepdf.Pdf) -> dict[tuple[tuple[int, int], int], str]:
    """What is read aloud with each mark of each page."""
    found: dict[tuple[tuple[int, int], int], str] = defaultdict(str)
    for page in pdf.pages:
        for run in page_runs(page):
            if run.mark is not None:
                found[page.objgen, run.mark] += run.words
    return found


def spoken(element: pikepdf.Object, by_mark: dict[tuple[tuple[int, int], int], str]) -> str:
    """What is read aloud of an element and those below it."""
    return "".join(by_mark.get(mark, "") for part in (element, *_elements(element)) for mark in _marks(part))


def page_runs(page: pikepdf.Page) -> list[Run]:
    """Everything a page paints as text, in the order of painting."""
    fonts = {name: _characters(font) for name, font in page.Resources.get("/Font", {}).items()}
    found: list[Run] = []
    marks: list[tuple[str, int | None]] = []
    characters: dict[bytes, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BMC" | "BDC":
                marks.append((str(operands[0]), _number(operands)))
            case "EMC":
                marks.pop()
            case "Tf":
                characters = fonts[str(operands[0])]
            case "Tj" | "TJ":
                pieces = operands[0] if str(operator) == "TJ" else operands
                codes = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
                words = "".join(characters[codes[at : at + 2]] for at in range(0, len(codes), 2))
                numbers = [number for _, number in marks if number is not None]
                found.append(Run(words, "/Artifact" in [tag for tag, _ in marks], numbers[-1] if numbers else None))
    return found


def _elements(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    for child in _children(node):
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from _elements(child)


def _children(node: pikepdf.Object) -> list[pikepdf.Object]:
    children = node.get("/K", [])
    return list(children) if isinstance(children, pikepdf.Array) else [children]


def _marks(element: pikepdf.Object) -> Iterator[tuple[tuple[int, int], int]]:
    """The page and the number of each mark that belongs to an element itself."""
    for child in _children(element):
        if isinstance(child, int):
            yield element.Pg.objgen, child
        elif isinstance(child, pikepdf.Dictionary) and child.get("/Type") == "/MCR":
            yield child.get("/Pg", element.get("/Pg")).objgen, int(child.MCID)


def _number(operands: list[pikepdf.Object]) -> int | None:
    properties = operands[1] if len(operands) > 1 else None
    return int(properties.MCID) if isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties else None


def _characters(font: pikepdf.Object) -> dict[bytes, str]:
    """The font's table of glyph codes to characters."""
    table = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"^<([0-9a-fA-F]+)> <([0-9a-fA-F]+)>$", table, re.MULTILINE)
    return {bytes.fromhex(code): bytes.fromhex(characters).decode("utf-16-be") for code, characters in pairs}
