"""What came of another organisation's register, row of theirs by row: read cleanly, doubtful, or what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pmf.registerbook.columns import KPIS
from pmf.registerbook.examination import Examination
from pmf.registerbook.incoming import Incoming
from pmf.registerbook.refusal import Refusal, shown

# Said of more rows than this, a sentence is told once.
_MANY = 10


@dataclass(frozen=True)
class ForeignReport:
    """Their rows by number: what stands in the way (``refused``), what to look at (``doubtful``); ``clean`` counts the others."""

    rows: int
    clean: int
    doubtful: dict[int, tuple[str, ...]]
    refused: dict[int, tuple[str, ...]]
    refs: dict[int, str]

    @property
    def lines(self) -> list[str]:
        """The report, line by line; what stands in the way of many rows alike, a slip in the map perhaps, is told once."""
        lines = [f"{self.rows} rows: {self.clean} read cleanly, {len(self.doubtful)} to look at, {len(self.refused)} refused."]
        rows_of: dict[str, list[int]] = defaultdict(list)
        for number, sentences in self.refused.items():
            for sentence in sentences:
                rows_of[sentence].append(number)
        alike = {sentence: rows for sentence, rows in rows_of.items() if len(rows) > _MANY}
        lines.extend(f"refused {len(rows)} rows, from row {rows[0]} on: {sentence}" for sentence, rows in alike.items())
        for number in sorted({*self.refused, *self.doubtful}):
            word, said = ("refused", self.refused[number]) if number in self.refused else ("look at", self.doubtful[number])
            ref = self.refs.get(number) or "no reference"
            lines.extend(f"{word} row {number} ({ref}): {sentence}" for sentence in said if sentence not in alike)
        return lines


def foreign_report(incoming: Incoming, found: Examination) -> ForeignReport:
    """Put what was said about each row of theirs together."""
    rows = incoming.rows[KPIS]
    by_row: dict[int, list[Refusal]] = defaultdict(list)
    for refusal in found.refusals:
        by_row[refusal.row].append(refusal)
    refused = {number: _sentences(refusals) for number, refusals in sorted(by_row.items())}
    doubtful = {row.row: row.remarks for row in rows if row.remarks and row.row not in refused}
    refs = {row.row: row.texts.get("kpi_ref", "") for row in rows}
    return ForeignReport(len(rows), len(rows) - len(refused) - len(doubtful), doubtful, refused, refs)


def _sentences(refusals: list[Refusal]) -> tuple[str, ...]:
    """Say once what several columns have against them alike."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for refusal in refusals:
        fields = places[refusal.value, refusal.message]
        if refusal.field not in fields:
            fields.append(refusal.field)
    sentences = []
    for (value, message), fields in places.items():
        named = ", ".join(field for field in fields if field)
        given = shown(value) if value else ""
        sentences.append(f"{' '.join(part for part in (named, given) if part)}: {message}{_hint(fields) if value else ''}")
    return tuple(sentences)


def _hint(fields: list[str]) -> str:
    column = KPIS.by_field.get(fields[0]) if fields else None
    return f"; or say under values.{column.field} in the map what it means" if column and (column.choices or column.names) else ""
