"""Read back what the renderers wrote, by other means than they wrote it, for comparison with the document."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
import lxml.html
import pikepdf

from pmf.page.document import Document

# Names of fields whose text is not for reading.
_NOT_PRINTED = {"kind", "status", "language", "arrow", "icon", "link", "anchor", "mark", "style"}
# What is drawn on a chart: its text alternative says the same, in every format.
_DRAWN = {"lines", "ticks", "key"}


def texts(document: Document) -> list[str]:
    """Every text of the document that a reader must find in each format."""
    return [words for words in _texts(document.as_json()) if words]


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name not in _NOT_PRINTED | _DRAWN:
                yield from _texts(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _texts(value)
    elif isinstance(tree, str):
        yield tree


def squeezed(words: str) -> str:
    """Text without white space: formats break lines where they like."""
    return "".join(words.split())


def html_text(content: bytes) -> str:
    """All text of the page, the alternatives of its drawings included, without white space."""
    page = lxml.html.document_fromstring(content)
    for style in page.iter("style"):
        style.clear()
    return squeezed(page.text_content())


def docx_text(content: bytes) -> str:
    """All text of the Word file, header and footer included, without white space."""
    word = docx.Document(io.BytesIO(content))
    section = word.sections[0]
    parts = (word.element, section.header._element, section.footer._element)
    return squeezed("".join(run.text or "" for part in parts for run in part.iter("{*}t")))


def pdf_text(content: bytes) -> str:
    """All text of the PDF without white space: what is read aloud, on over page ends, then alternative texts, banners and footers."""
    pdf = pikepdf.open(io.BytesIO(content))
    tagged = (words for page in pdf.pages for words, is_artifact in _page_texts(page) if not is_artifact)
    alternatives = (str(element.Alt) for element in structure(pdf) if "/Alt" in element)
    return squeezed("".join((*tagged, *alternatives, *pdf_artifacts(content))))


def pdf_pages(content: bytes) -> list[str]:
    """What is read aloud of each page, without white space."""
    pages = pikepdf.open(io.BytesIO(content)).pages
    return [squeezed("".join(words for words, is_artifact in _page_texts(page) if not is_artifact)) for page in pages]


def pdf_artifacts(content: bytes) -> list[str]:
    """What each page prints but does not read aloud: banner, footer, repeated table headings and shapes, without white space."""
    pages = pikepdf.open(io.BytesIO(content)).pages
    return [squeezed("".join(words for words, is_artifact in _page_texts(page) if is_artifact)) for page in pages]


def structure(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """The elements of the PDF's structure tree, in reading order."""
    return list(_elements(pdf.Root.StructTreeRoot))


def _elements(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from _elements(child)


def _page_texts(page: pikepdf.Page) -> list[tuple[str, bool]]:
    fonts = {name: _characters(font) for name, font in page.Resources.get("/Font", {}).items()}
    found, marks, characters = [], [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BMC" | "BDC":
                marks.append(str(operands[0]))
            case "EMC":
                marks.pop()
            case "Tf":
                characters = fonts[str(operands[0])]
            case "Tj" | "TJ":
                pieces = operands[0] if str(operator) == "TJ" else operands
                codes = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
                words = "".join(characters[codes[at : at + 2]] for at in range(0, len(codes), 2))
                found.append((words, "/Artifact" in marks))
    return found


def _characters(font: pikepdf.Object) -> dict[bytes, str]:
    """The font's table of glyph codes to characters."""
    table = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"^<([0-9a-fA-F]+)> <([0-9a-fA-F]+)>$", table, re.MULTILINE)
    return {bytes.fromhex(code): bytes.fromhex(characters).decode("utf-16-be") for code, characters in pairs}
