"""A document as a draft: the same words under a mark that every format carries until somebody signs the document off."""

from __future__ import annotations

from dataclasses import replace

from pmf.page.document import Document

# Printed across every page, for the eye; the words of the notice say the same to everybody.
WATERMARK = "DRAFT"
NOTICE = "Draft: not signed off, not for publication."


def as_draft(document: Document) -> Document:
    """Mark a document as a draft; nothing else of it changes."""
    return replace(document, is_draft=True, banner=" ".join(words for words in (NOTICE, document.banner) if words))
