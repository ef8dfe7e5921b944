"""Reading a finished web page back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import lxml.etree
import lxml.html

from pmf.assurance.block import Block, Grid, Heading, Item, Pair, UnreadableFileError, Words, spaced

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Elements whose text runs on into the text around them without a space.
_INLINE = frozenset({"strong", "em", "b", "i", "a"})


def read_html(content: bytes) -> tuple[Block, ...]:
    """Read what the main part of a page says, as a screen reader would: what is hidden from it is left out.

    Raises:
        UnreadableFileError: when there is no page, or none with a main part.
    """
    try:
        page = lxml.html.document_fromstring(content)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise UnreadableFileError(f"it is no web page: {error}") from error
    main = next(page.iter("main"), None)
    if main is None:
        raise UnreadableFileError("the page has no main part")
    return tuple(_blocks(main))


def _blocks(parent: lxml.html.HtmlElement) -> Iterator[Block]:
    for element in _children(parent):
        match element.tag:
            case tag if tag in _HEADINGS:
                yield Heading(_words(element))
            case "p":
                yield Words(_words(element))
            case "ul" | "ol":
                yield from _items(element, 0)
            case "table":
                yield _grid(element)
            case "figure":
                yield Words(_words(element))
            case "dl":
                yield from _terms(element)
            case _:
                yield from _blocks(element)


def _children(element: lxml.html.HtmlElement) -> Iterable[lxml.html.HtmlElement]:
    return (child for child in element if isinstance(child.tag, str) and not _is_hidden(child))


def _is_hidden(element: lxml.html.HtmlElement) -> bool:
    return element.get("aria-hidden") == "true" or element.tag in ("style", "script")


def _words(element: lxml.html.HtmlElement, *, without: frozenset[str] = frozenset()) -> str:
    return spaced("".join(_pieces(element, without)))


def _pieces(element: lxml.html.HtmlElement, without: frozenset[str]) -> Iterator[str]:
    """Yield an element's text; of a drawing only its title, which stands for it."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in without and not _is_hidden(child):
            gap = "" if child.tag in _INLINE else " "
            yield gap
            if child.tag == "svg":
                yield from (title.text or "" for title in child.iter("{*}title", "title"))
            else:
                yield from _pieces(child, without)
            yield gap
        yield child.tail or ""


def _items(parent: lxml.html.HtmlElement, depth: int) -> Iterator[Item]:
    for item in parent.iterchildren("li"):
        yield Item(_words(item, without=frozenset({"ul", "ol"})), depth)
        for below in item.iterchildren("ul", "ol"):
            yield from _items(below, depth + 1)


def _terms(parent: lxml.html.HtmlElement) -> Iterator[Block]:
    """Read the pairs at the head of a paper; of a summary's figures, each label, figure and share is a text of its own."""
    is_pairs = "pairs" in (parent.get("class") or "").split()
    for group in parent.iterchildren("div"):
        said = [_words(part) for part in group.iterchildren("dt", "dd")]
        if is_pairs and len(said) == 2:
            yield Pair(*said)
        else:
            yield from (Words(words) for words in said)


def _grid(table: lxml.html.HtmlElement) -> Grid:
    caption = next(table.iterchildren("caption"), None)
    rows = [tuple(_words(cell) for cell in row.iterchildren("th", "td")) for row in table.iter("tr")]
    return Grid("" if caption is None else _words(caption), rows[0] if rows else (), tuple(rows[1:]))
