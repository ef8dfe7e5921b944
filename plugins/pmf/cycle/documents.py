"""Finished files: a document rendered in its formats, kept in the store, placed in the outbox, noted in the warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from pmf.cycle.workspace import Workspace
from pmf.page.dataset import render_csv
from pmf.page.document import Document
from pmf.page.opensheet import render_ods
from pmf.page.pdf import render_pdf
from pmf.page.web import render_html
from pmf.page.word import render_docx
from pmf.period import Period
from pmf.settings import Settings
from pmf.store import StoreError, place, place_folder, put

THREADS = 2
# No file of ours takes more than a few seconds: what takes this long hangs.
MOST_SECONDS = 60.0
# What the ids of data-quality reports begin with.
QUALITY_REPORT = "data-quality-"
# What the ids of papers begin with that officers work with and nobody publishes: deep-dive packs and intervention forms.
DEEP_DIVE, INTERVENTION_FORM = "deep-dive-", "intervention-"
ORGANISATION_SCORECARD = "scorecard-organisation"
HTML, PDF, DOCX, XLSX, ODS, CSV, JSON = "html", "pdf", "docx", "xlsx", "ods", "csv", "json"
FORMAT_LABELS = {HTML: "Web page", PDF: "PDF", DOCX: "Word", XLSX: "Excel", ODS: "OpenDocument spreadsheet", CSV: "CSV", JSON: "JSON"}
CARD_FORMATS = (HTML, PDF, XLSX, ODS, CSV, JSON)
PAPER_FORMATS = (HTML, PDF, DOCX, XLSX, ODS, CSV, JSON)


@dataclass(frozen=True)
class Edition:
    """A document with the formats it is issued in, its file name without ending, and the template of its Word file."""

    document_id: str
    document: Document
    formats: tuple[str, ...]
    word_template: str = "paper.docx"


@dataclass(frozen=True)
class FinishedFile:
    """One rendered file, its address in the store, and where it goes, relative to the home folder.

    Of a draft ``content`` carries the mark; the address is that of the clean file it stands for.
    """

    edition: Edition
    format: str
    path: Path
    content: bytes
    content_hash: str


class RenderingError(Exception):
    """Documents that could not be rendered, by document and format; ``finished`` are all files of those that could."""

    def __init__(self, failures: Mapping[tuple[str, str], BaseException], finished: Sequence[FinishedFile]) -> None:
        self.finished = list(finished)
        named = "; ".join(f"{document_id}.{name}: {error or type(error).__name__}" for (document_id, name), error in failures.items())
        super().__init__(f"could not be made, and so not issued: {named}")


def quality_folder(organisation: str, period: Period) -> Path:
    """Name the outbox folder of a period's data-quality reports, relative to the home folder."""
    return Path("outbox") / organisation / period.key / "data-quality"


def _workbook(edition: Edition, _: Path) -> bytes:
    from pmf.page.sheet import render_xlsx  # brings pandas, which nothing else of a publication needs

    return render_xlsx(edition.document)


_RENDERERS: Mapping[str, Callable[[Edition, Path], bytes]] = {
    HTML: lambda edition, templates: render_html(edition.document, templates=templates),
    PDF: lambda edition, templates: render_pdf(edition.document, templates=templates),
    DOCX: lambda edition, templates: render_docx(edition.document, template=templates / edition.word_template),
    XLSX: _workbook,
    ODS: lambda edition, templates: render_ods(edition.document, templates=templates),
    CSV: lambda edition, _: render_csv(edition.document),
    JSON: lambda edition, _: to_json(edition.document, indent=1) + b"\n",
}


def render(edition: Edition, format_name: str, settings: Settings) -> bytes:
    """Render a document in one format."""
    return _RENDERERS[format_name](edition, settings.templates)


def finish_files(editions: Iterable[Edition], folder: Path, settings: Settings) -> list[FinishedFile]:
    """Render every edition in its formats and keep the bytes in the store; the outbox is not touched yet.

    Raises:
        RenderingError: when an edition could not be rendered in one of its formats, or that hangs; it has the files of the others.
        StoreError, OSError: when there is no room for a file.
    """

    def finish(edition: Edition, format_name: str) -> FinishedFile:
        content = render(edition, format_name, settings)
        path = folder / f"{edition.document_id}.{format_name}"
        return FinishedFile(edition, format_name, path, content, put(settings.store, content))

    # Typst sets its pages outside Python's lock: while it does, the other thread writes the next page.
    pool = ThreadPoolExecutor(max_workers=THREADS)
    try:
        tasks = [(edition, name, pool.submit(finish, edition, name)) for edition in editions for name in edition.formats]
        failures = {(edition.document_id, name): error for edition, name, task in tasks if (error := _failure(task))}
    finally:
        # A page that hangs cannot be stopped, only left behind: the process of the task ends without it.
        pool.shutdown(wait=False, cancel_futures=True)
    broken = {document_id for document_id, _ in failures}
    finished = [task.result() for edition, _, task in tasks if edition.document_id not in broken]
    if failures:
        raise RenderingError(failures, finished) from next(iter(failures.values()))
    return finished


def _failure(task: Future[FinishedFile]) -> BaseException | None:
    """Wait for a file; what the disk refuses stops everything, for it would refuse the next one too."""
    try:
        error = task.exception(timeout=MOST_SECONDS)
    except TimeoutError:
        return TimeoutError(f"it was not done after {MOST_SECONDS:.0f} seconds")
    if isinstance(error, StoreError | OSError):
        raise error
    return error


def place_files(files: Sequence[FinishedFile], settings: Settings) -> None:
    """Put finished files where people look for them, each replaced whole."""
    for file in files:
        place(settings.home / file.path, file.content)


def place_together(files: Sequence[FinishedFile], settings: Settings) -> None:
    """Put finished files where people look for them, each folder as a whole: nobody finds this run's page beside the last one's PDF."""
    by_folder: dict[Path, dict[str, bytes]] = {}
    for file in files:
        by_folder.setdefault(file.path.parent, {})[file.path.name] = file.content
    for folder, contents in by_folder.items():
        place_folder(settings.home / folder, contents)


def document_rows(
    workspace: Workspace, files: Sequence[FinishedFile], period: Period, *, as_at: datetime, policy_digest: str
) -> list[dict[str, Any]]:
    """Note finished files for table ``document``."""
    stamp = {"organisation": workspace.organisation, "period": period.key, "as_at": as_at, "policy_digest": policy_digest}
    return [
        stamp
        | workspace.provenance
        | {
            "document_id": file.edition.document_id,
            "format": file.format,
            "title": f"{file.edition.document.title}, {file.edition.document.subtitle}",
            "content_hash": file.content_hash,
            "path": str(file.path),
        }
        for file in files
    ]
