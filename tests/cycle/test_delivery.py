"""What a letter takes along: whole formats, as many as the council's mail lets through; the rest is named where it lies."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle.council import SLUG
from pmf.cycle.attaching import enclose, sent_bytes
from pmf.cycle.delivery import delivery_letters
from pmf.cycle.documents import PAPER_FORMATS, Edition, FinishedFile
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.mail.letter import Letter, as_sent
from pmf.page.document import Document
from pmf.period import FinancialYear, Month, Quarter
from pmf.register.outgoing import Delivery
from pmf.settings import read_settings
from reporting.samples import AS_AT, a_measure

SIZES = {"docx": 20_000, "pdf": 200_000, "html": 60_000, "xlsx": 30_000, "ods": 30_000, "csv": 400_000, "json": 400_000}


def finished(*document_ids: str, sizes: dict[str, int] = SIZES) -> list[FinishedFile]:
    document = Document(title="A paper", organisation="A council", subtitle="A committee", header=(), sections=(), footer="")
    editions = [Edition(document_id, document, PAPER_FORMATS) for document_id in document_ids]
    folder = Path("outbox") / SLUG / "2024-25-Q2" / "papers"
    return [
        FinishedFile(edition, name, folder / f"{edition.document_id}.{name}", b"x" * sizes[name], f"{edition.document_id}.{name}")
        for edition in editions
        for name in edition.formats
    ]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return open_workspace(SLUG, read_settings({"PMF_HOME": str(tmp_path)}))


def letter(workspace: Workspace, files: list[FinishedFile], **delivery: object) -> Letter:
    profile = workspace.profile.model_copy(update={"delivery": Delivery.model_validate(delivery)})
    own = replace(workspace, register=replace(workspace.register, profile=profile))  # the register is every test's of this process
    (written,) = delivery_letters(own, Quarter(2024, 2), files, [a_measure("36")], as_at=AS_AT)
    return written


def test_what_fits_is_attached(workspace: Workspace) -> None:
    """Both papers' Word files and PDFs go along and the letter says so; every file is named where it lies all the same."""
    written = letter(workspace, finished("paper-a", "paper-b"), attach=["docx", "pdf"], most_megabytes=5)
    assert [item.name for item in written.attachments] == ["paper-a.docx", "paper-b.docx", "paper-a.pdf", "paper-b.pdf"]
    assert "Attached: Word and PDF, 4 files." in written.text
    assert "PDF (attached): outbox/cambridgeshire/2024-25-Q2/papers/paper-a.pdf" in written.text
    assert "Web page: outbox/cambridgeshire/2024-25-Q2/papers/paper-a.html" in written.text
    assert len(as_sent(written)) < 5_000_000


def test_what_does_not_fit_is_linked_and_owned_up_to(workspace: Workspace) -> None:
    """A format that would make the message too large stays behind as a whole, and the letter says why and where it is."""
    address = "https://files.council.example/performance/"
    written = letter(workspace, finished("paper-a", "paper-b"), attach=["pdf", "docx"], most_megabytes="0.3", outbox_address=address)
    assert [item.name for item in written.attachments] == ["paper-a.docx", "paper-b.docx"]
    assert "Not attached: PDF. The message would be larger than 0.3 MB; the files are where the list says." in written.text
    assert "PDF: https://files.council.example/performance/2024-25-Q2/papers/paper-a.pdf" in written.text
    assert 'href="https://files.council.example/performance/2024-25-Q2/papers/paper-a.pdf"' in written.html


def test_a_council_may_want_nothing_attached(workspace: Workspace) -> None:
    """Without a format to attach the letter names the files and says nothing of attachments."""
    written = letter(workspace, finished("paper-a"), attach=[])
    assert written.attachments == ()
    assert "ttached" not in written.text


@pytest.mark.parametrize(("period", "what"), [(Month(2024, 9), "Monthly scorecards"), (FinancialYear(2023), "Annual performance report")])
def test_a_letter_says_what_it_brings(workspace: Workspace, period: Month | FinancialYear, what: str) -> None:
    """Scorecards and an annual report have no last day to publish in the letter; each is called what it is."""
    (written,) = delivery_letters(workspace, period, finished("annual-report"), [a_measure("36")], as_at=AS_AT)
    assert written.subject.startswith(f"Read: {what}, {period.label}")


@given(st.dictionaries(st.sampled_from(["docx", "pdf", "xlsx", "ods"]), st.integers(0, 3_000_000)), st.integers(0, 9))
def test_no_letter_is_larger_than_the_limit_and_no_format_is_halved(sizes: dict[str, int], most: int) -> None:
    """Whatever the sizes, what is attached stays within the limit, and of each format all files are attached or none."""
    files = finished("paper-a", "paper-b", sizes=SIZES | sizes)
    enclosed = enclose(files, Delivery(attach=("docx", "pdf", "xlsx", "ods"), most_megabytes=Decimal(most)))
    assert sum(sent_bytes(len(file.content)) for file in enclosed.files) <= most * 1_000_000
    attached = [file.format for file in enclosed.files]
    assert all(attached.count(name) == 2 for name in attached)
    assert len(set(attached)) + len(enclosed.too_large) == 4
