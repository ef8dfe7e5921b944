"""Finished documents with the model each was rendered from, and ways to falsify them."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import docx
from docx.text.paragraph import Paragraph
from pydantic import TypeAdapter

from cycle.council import SLUG, Council
from cycle.quarterdone import APRIL, QUARTER
from pmf.assurance.known import Known, load_known
from pmf.assurance.linter import lint_document
from pmf.assurance.problem import Problem
from pmf.cycle.documents import Edition, render
from pmf.cycle.workspace import open_workspace
from pmf.page.document import Document
from pmf.warehouse.engine import reading

READ = ("html", "pdf", "docx")


@dataclass(frozen=True)
class Finished:
    """A council and the editions it has made, by document_id."""

    council: Council
    at: datetime
    editions: dict[str, Edition]
    _rendered: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def known(self, document_id: str) -> Known:
        """What the linter's queries say of a document."""
        settings = self.council.settings
        workspace = open_workspace(SLUG, settings)
        period = QUARTER if document_id.startswith("paper-") else APRIL
        with reading(workspace.engine) as connection:
            known = load_known(connection, workspace.register, period, document_id=document_id, as_at=self.at, sql_root=settings.sql)
        assert known is not None
        return known

    def files(self, document_id: str, formats: Sequence[str] = READ) -> dict[str, bytes]:
        """A document rendered in formats, Word too where it is not issued in it."""
        for name in formats:
            if (document_id, name) not in self._rendered:
                self._rendered[document_id, name] = render(self.editions[document_id], name, self.council.settings)
        return {name: self._rendered[document_id, name] for name in formats}

    def falsified(self, document_id: str, name: str, old: str, new: str) -> bytes:
        """One format built from a model in which one text has been edited."""
        edition = self.editions[document_id]
        tree = json.dumps(edition.document.as_json(), ensure_ascii=False)
        assert old in tree
        document = TypeAdapter(Document).validate_json(tree.replace(old, new))
        return render(replace(edition, document=document), name, self.council.settings)

    def lint(self, document_id: str, files: dict[str, bytes]) -> tuple[Problem, ...]:
        return lint_document(files, self.known(document_id))


def in_word(content: bytes, old: str, new: str) -> bytes:
    """A Word file in which somebody has typed over a text, wherever it stands."""
    word = docx.Document(io.BytesIO(content))
    paragraphs = [Paragraph(element, word) for element in word.element.body.iter("{*}p")]
    met = [paragraph for paragraph in paragraphs if old in paragraph.text]
    assert met, old
    for paragraph in met:
        text = paragraph.text.replace(old, new)
        for run in paragraph.runs[1:]:
            run.text = ""
        paragraph.runs[0].text = text
    result = io.BytesIO()
    word.save(result)
    return result.getvalue()


def in_page(content: bytes, old: str, new: str) -> bytes:
    """A web page in which somebody has edited the text between tags."""
    assert old.encode() in content, old
    return content.replace(old.encode(), new.encode())
