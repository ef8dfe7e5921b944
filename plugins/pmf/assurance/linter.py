"""The linter: re-reads the finished files of a document and says wherever one is not as the warehouse has it (rulings 23)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pmf.assurance.block import Block, UnreadableFileError
from pmf.assurance.bodyname import name_mismatches
from pmf.assurance.counting import list_mismatches, status_mismatches
from pmf.assurance.entries import entry_mismatches
from pmf.assurance.formats import format_mismatches
from pmf.assurance.htmlfile import read_html
from pmf.assurance.known import Known
from pmf.assurance.lookedinto import LookedInto, looked_into_mismatches
from pmf.assurance.panels import panel_mismatches
from pmf.assurance.pdffile import read_pdf
from pmf.assurance.problem import Kind, Mismatch, Problem, quoted
from pmf.assurance.reading import facts_of
from pmf.assurance.told import quote_mismatches
from pmf.assurance.wordfile import read_docx
from pmf.assurance.yearread import annual_facts

# Formats that are read again, in the order in which they are held against each other.
READERS: Mapping[str, Callable[[bytes], tuple[Block, ...]]] = {"html": read_html, "pdf": read_pdf, "docx": read_docx}


def lint_document(files: Mapping[str, bytes], known: Known) -> tuple[Problem, ...]:
    """List everything in a document's files (format -> bytes) that is not as the warehouse knows it, or not as its other formats say.

    Formats that are not for reading are passed over.
    """
    readings, problems = _read_again(files, known.edition_id)
    for name, blocks in readings.items():
        problems += [Problem(known.edition_id, name, mismatch) for mismatch in dict.fromkeys(_mismatches(blocks, known))]
    problems += [Problem(known.edition_id, name, mismatch) for name in list(files)[:1] for mismatch in known.untold]
    if len(readings) > 1:
        problems += [Problem(known.edition_id, name, mismatch) for name, mismatch in format_mismatches(readings)]
    return tuple(problems)


def lint_looked_into(files: Mapping[str, bytes], known: LookedInto) -> tuple[Problem, ...]:
    """List everything in the files of a deep-dive pack or an intervention form that is not as the warehouse knows it, as above."""
    readings, problems = _read_again(files, known.document_id)
    for name, blocks in readings.items():
        problems += [Problem(known.document_id, name, mismatch) for mismatch in dict.fromkeys(looked_into_mismatches(blocks, known))]
    if len(readings) > 1:
        problems += [Problem(known.document_id, name, mismatch) for name, mismatch in format_mismatches(readings)]
    return tuple(problems)


def _read_again(files: Mapping[str, bytes], edition_id: str) -> tuple[dict[str, Sequence[Block]], list[Problem]]:
    """Read the formats there are for reading, and list those that cannot be read."""
    readings: dict[str, Sequence[Block]] = {}
    problems: list[Problem] = []
    for name, read in READERS.items():
        if name not in files:
            continue
        try:
            readings[name] = read(files[name])
        except UnreadableFileError as error:
            unreadable = Mismatch(Kind.UNREADABLE, "the file", quoted(str(error)), "a file that can be read")
            problems.append(Problem(edition_id, name, unreadable))
    return readings, problems


def _mismatches(blocks: Sequence[Block], known: Known) -> Iterator[Mismatch]:
    said = (annual_facts if known.is_annual else facts_of)(blocks, kpi_refs=known.kpi_refs)
    if said.addressee != known.addressee:
        yield Mismatch(Kind.NAME, "To", quoted(said.addressee), quoted(known.addressee))
    yield from status_mismatches(said.statuses, known)
    yield from list_mismatches(said.counts, known)
    yield from entry_mismatches(said.entries, known)
    yield from quote_mismatches(said.quotes, known.told)
    yield from panel_mismatches(said.panels, known.panels)
    yield from name_mismatches(blocks, known.profile)
