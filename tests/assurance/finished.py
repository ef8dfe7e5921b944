"""Finished documents with the model each was rendered from, and ways to falsify them."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import docx
import pytest
from docx.text.paragraph import Paragraph
from pydantic import TypeAdapter

import pmf.cycle.report
from cycle.council import SLUG, Council
from pmf.assurance.known import Known, load_known
from pmf.assurance.linter import lint_document
from pmf.assurance.problem import Problem
from pmf.cycle.documents import Edition, FinishedFile, finish_files, render
from pmf.cycle.rate import rate_quarter
from pmf.cycle.report import export_papers
from pmf.cycle.validate import validate_ratings
from pmf.cycle.workspace import open_workspace
from pmf.page.document import Document
from pmf.period import Month, Quarter
from pmf.warehouse.engine import reading

APRIL, QUARTER = Month(2024, 4), Quarter(2024, 1)
READ = ("html", "pdf", "docx")


@dataclass(frozen=True)
class Finished:
    """A council and the editions it has made, by document_id."""

    council: Council
    at: datetime
    editions: dict[str, Edition]

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
        return {name: render(self.editions[document_id], name, self.council.settings) for name in formats}

    def falsified(self, document_id: str, name: str, old: str, new: str) -> bytes:
        """One format built from a model in which one text has been edited."""
        edition = self.editions[document_id]
        tree = json.dumps(edition.document.as_json(), ensure_ascii=False)
        assert old in tree
        document = TypeAdapter(Document).validate_json(tree.replace(old, new))
        return render(replace(edition, document=document), name, self.council.settings)

    def lint(self, document_id: str, files: dict[str, bytes]) -> tuple[Problem, ...]:
        return lint_document(files, self.known(document_id))


def finish(council: Council, patch: pytest.MonkeyPatch) -> Finished:
    editions: dict[str, Edition] = {}

    def remember(made: Sequence[Edition], *arguments: object) -> list[FinishedFile]:
        editions.update({edition.document_id: edition for edition in made})
        return finish_files(made, *arguments)

    patch.setattr(pmf.cycle.report, "finish_files", remember)
    council.begin()
    council.whole_month(APRIL)
    at = council.teller.profile.export_at(QUARTER)
    rate_quarter(SLUG, QUARTER, as_at=at, settings=council.settings)
    validate_ratings(SLUG, QUARTER, as_at=at, settings=council.settings)
    export_papers(SLUG, QUARTER, as_at=at, settings=council.settings)
    return Finished(council, at, editions)


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
