"""The documents of a period on their way out: what waits for a sign-off or is held back, and the files to download."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pmf.page.document import Block, Cell, Column, Document, Fact, Facts, Note, Section, Table, paragraph, text
from pmf.period import Period
from pmf.register import Profile
from pmf.reporting.wording import counted, sentence_case
from pmf.status import Status

# Colour, and the glyph before the word where the colour brings no shape of its own.
_LOOKS = {
    "draft": (Status.AMBER, ""),
    "issued": (Status.GREEN, ""),
    "awaiting sign-off": (Status.AWAITING_DATA, "○"),
    "signed off": (Status.GREEN, ""),
    "published": (Status.GREEN, ""),
    "corrected": (Status.GREEN, ""),
}
_HOW = (
    "Airflow asks for sign-offs under Required Actions; a reply to the letter about them and pmf sign-off record them too. "
    "Reading every file again for what stands against it takes a while: pmf documents does that, and every publication. "
)
_COLUMNS = (
    Column("Document", width=3.2),
    Column("State", width=1.6),
    Column("Made", width=1.2),
    Column("Signed off", width=1.8),
    Column("Published", width=1.2),
    Column("Publish by", width=1.2),
    Column("Held back by", width=3.6),
)


@dataclass(frozen=True, kw_only=True)
class DocumentLine:
    """A document of a period as last made. Moments are in the council's own time; None: it has not come to that.

    ``state`` is what has become of what readers see, else of the last edition; ``newer`` is the state of a last edition that readers
    do not see yet ("": they see it, or nothing). ``obstacles`` stood against publishing it when that was last looked at.
    ``publish_by`` None: it goes to no meeting that is known. ``files`` are label and address of each format, in the order printed.
    """

    document_id: str
    title: str
    state: str
    newer: str
    made_at: datetime
    signed_by: str
    signed_at: datetime | None
    published_at: datetime | None
    publish_by: date | None
    is_late: bool
    obstacles: tuple[str, ...]
    files: tuple[tuple[str, str], ...]

    @property
    def awaits_sign_off(self) -> bool:
        """Whether its last edition lies with whoever signs off."""
        return "awaiting sign-off" in (self.state, self.newer)


def sign_offs_page(lines: Sequence[DocumentLine], *, profile: Profile, period: Period | None, as_at: str, looked_at: str) -> Document:
    """Lay out the page of where a period's documents stand.

    ``period`` None: no document has been made of any. ``looked_at`` prints when it was last looked at what stands against them ("": never).
    """
    blocks: list[Block] = [paragraph("No document has been made yet.")]
    if period is not None and lines:
        looked = f"What holds a document back below is as of {looked_at}." if looked_at else "It has not been done for these documents yet."
        table = Table(f"{counted(len(lines), 'document')} of {period.label}", _COLUMNS, tuple(map(_standing, lines)), is_wide=True)
        blocks = [Facts(tuple(_counts(lines))), Note("How to sign off", text(_HOW + looked)), table]
    return _page("Sign-offs", profile, period, as_at, [Section("Where documents stand", tuple(blocks))])


def reports_page(shelves: Sequence[tuple[Period, Sequence[DocumentLine]]], *, profile: Profile, as_at: str) -> Document:
    """Lay out the page of the files of some periods, one section each."""
    sections = [Section(sentence_case(period.label), (_files(period, lines),)) for period, lines in shelves]
    if not sections:
        sections = [Section("Reports", (paragraph("No document has been made yet."),))]
    return _page("Reports", profile, shelves[0][0] if len(shelves) == 1 else None, as_at, sections)


def _page(title: str, profile: Profile, period: Period | None, as_at: str, sections: Iterable[Section]) -> Document:
    label = f" of {period.label}" if period else ""
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=sentence_case(period.label) if period else "",
        header=(("As at", as_at),),
        sections=tuple(sections),
        footer=f"{profile.name} – {title}{label}, as at {as_at}",
        banner=profile.notice,
        is_landscape=True,
    )


def _counts(lines: Sequence[DocumentLine]) -> Iterable[Fact]:
    for state, (status, _) in _LOOKS.items():
        if number := sum(line.state == state for line in lines):
            yield Fact(sentence_case(state), str(number), status=status)
    if late := sum(line.is_late for line in lines):
        yield Fact("Late", str(late), status=Status.RED)


def _standing(line: DocumentLine) -> tuple[Cell, ...]:
    status, glyph = _LOOKS[line.state]
    return (
        Cell(line.title, note=line.document_id),
        Cell(sentence_case(line.state), status=status, arrow=glyph, note=f"newer edition {line.newer}" if line.newer else ""),
        Cell(_day(line.made_at)),
        Cell(_day(line.signed_at), note=line.signed_by),
        Cell(_day(line.published_at)),
        Cell(_day(line.publish_by), status=Status.RED if line.is_late else None, note="late" if line.is_late else ""),
        Cell(" ".join(line.obstacles)),
    )


def _files(period: Period, lines: Sequence[DocumentLine]) -> Table:
    labels = list(dict.fromkeys(label for line in lines for label, _ in line.files))
    columns = (Column("Document", width=3.6), Column("State", width=1.6), Column("Made", width=1.2), *(Column(label) for label in labels))
    rows = tuple(_shelf(line, labels) for line in lines)
    return Table(f"{counted(len(lines), 'document')} of {period.label}", columns, rows, is_wide=True)


def _shelf(line: DocumentLine, labels: Sequence[str]) -> tuple[Cell, ...]:
    addresses = dict(line.files)
    status, glyph = _LOOKS[line.state] if line.state else (None, "")
    return (
        Cell(line.title, note=line.document_id),
        Cell(sentence_case(line.newer or line.state), status=status if not line.newer else None, arrow=glyph if not line.newer else ""),
        Cell(_day(line.made_at)),
        *(Cell(label, link=addresses[label]) if label in addresses else Cell("") for label in labels),
    )


def _day(moment: date | None) -> str:
    return f"{moment:%-d %b %Y}" if moment else ""
