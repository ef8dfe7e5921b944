"""What a corrected edition says of itself: which published edition it replaces, and which of its parts say something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic_core import to_jsonable_python

from pmf.page.document import Document

_LABEL = "Edition"
# The words of a document's tree; the rest is how they look.
_WORDS = frozenset({"heading", "text", "number", "caption", "label", "figure", "detail", "note", "alt"})


def corrected_edition(document: Document, published: Mapping[str, Any] | None, on: str) -> Document:
    """Say at the head of a document that it replaces one published on a day, and what is otherwise in it.

    ``published`` is that edition as it is kept as JSON (None: it is not). Where it says the same it is no correction: what it said
    of a correction before it is kept.
    """
    parts = ["its text"] if published is None else list(_changed_parts(published, _tree(document)))
    if parts:
        return _with(document, f"Corrected: replaces the edition published on {on}. Changed: {'; '.join(parts)}.")
    before = next((words for label, words in published["header"] if label == _LABEL), "") if published else ""
    return _with(document, before) if before else document


def _tree(document: Document) -> dict[str, Any]:
    tree: dict[str, Any] = to_jsonable_python(document)
    return tree


def _with(document: Document, words: str) -> Document:
    return replace(document, header=(*document.header, (_LABEL, words)))


def _changed_parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Name what is otherwise: the head, and each section by its heading; one that is left out is named too."""
    if _head(before) != _head(after):
        yield "the head of the report"
    earlier = {section["heading"]: list(_words(section)) for section in before["sections"]}
    for section in after["sections"]:
        if earlier.pop(section["heading"], None) != list(_words(section)):
            yield section["heading"]
    yield from (f"{heading} (left out)" for heading in earlier)


def _head(tree: Mapping[str, Any]) -> list[list[str]]:
    return [[tree["title"], tree["subtitle"]], *(list(pair) for pair in tree["header"] if pair[0] != _LABEL)]


def _words(tree: Any) -> Iterator[str]:
    if isinstance(tree, Mapping):
        for name, value in tree.items():
            if name in _WORDS and isinstance(value, str):
                yield value
            else:
                yield from _words(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _words(value)
