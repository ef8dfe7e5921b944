"""Another organisation's register read by a map: one row of theirs becomes a KPI, its targets and its template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pmf.form.cell import Cell
from pmf.registerbook.cellvalue import UnusableValueError, cell_text
from pmf.registerbook.columnmap import ColumnMap, TableMap
from pmf.registerbook.columns import KPIS, TARGETS, TEMPLATES, Table
from pmf.registerbook.foreignsheet import ForeignSheet
from pmf.registerbook.incoming import Incoming, IncomingRow
from pmf.registerbook.naming import folded
from pmf.registerbook.refusal import Refusal
from pmf.registerbook.written import against_path, against_sign, read_written
from pmf.value import plain


@dataclass
class _Reading:
    """One row of theirs on its way into the register."""

    number: int
    cells: Mapping[str, Cell]
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def refuse(self, name: str, value: str, message: str) -> None:
        """Note what stands in the way, under the name of the column or field."""
        self.refusals.append(Refusal(sheet=KPIS.sheet, row=self.number, field=name, value=value, message=message))

    def text(self, column: str, name: str, table: Table) -> str:
        """Read a cell of theirs for a field of ours."""
        cell = self.cells.get(column, Cell("", ""))
        try:
            return cell_text(table.by_field[name], cell)
        except UnusableValueError as error:
            self.refuse(column, cell.shown, str(error))
            return ""


def read_foreign(sheet: ForeignSheet, given: ColumnMap) -> Incoming:
    """Read every row of theirs; what stands in the way of one is refused with its column, what is doubtful is remarked.

    Nothing is taken out of the register: their rows are added, or change the KPIs of the same reference and day.
    """
    rows: dict[Table, list[IncomingRow]] = {KPIS: []}
    for name, table in (("targets", TARGETS), ("templates", TEMPLATES)):
        if getattr(given, name) != ColumnMap.model_fields[name].default:
            rows[table] = []
    for number, cells in sheet.rows:
        reading = _Reading(number, cells)
        kpi = _texts(reading, given.kpis, KPIS)
        key = {name: kpi.get(name, "") for name in ("kpi_ref", "valid_from", "valid_to")}
        targets = list(_targets(reading, given, kpi))
        if TEMPLATES in rows:
            rows[TEMPLATES].append(IncomingRow(number, {**key, **_texts(reading, given.templates, TEMPLATES)}))
        rows[KPIS].append(IncomingRow(number, kpi, tuple(reading.refusals), tuple(reading.remarks)))
        if TARGETS in rows:
            rows[TARGETS].extend(IncomingRow(number, {"kpi_ref": kpi.get("kpi_ref", ""), **target}) for target in targets)
    return Incoming({table: tuple(found) for table, found in rows.items()}, is_whole=False, notes=sheet.notes)


def _texts(reading: _Reading, part: TableMap, table: Table) -> dict[str, str]:
    """Fill the fields of a row: from their column, in our words, else by default; constants stand in every row."""
    texts = dict(part.constants)
    for name, column in part.columns.items():
        text = reading.text(column, name, table)
        meanings = {folded(theirs): ours for theirs, ours in part.values.get(name, {}).items()}
        texts[name] = meanings.get(folded(text), text) if text else part.defaults.get(name, "")
    return {**{name: text for name, text in part.defaults.items() if name not in texts}, **texts}


def _targets(reading: _Reading, given: ColumnMap, kpi: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Read the targets of a row, and put them to its direction and its unit."""
    unit, direction = kpi.get("unit", "") or "number", kpi.get("direction", "")
    figures: list[Decimal] = []
    for target in given.targets:
        text = reading.text(target.column, "target", TARGETS)
        written = read_written(text, unit=unit)
        problem = written.problem or against_sign(written, direction)
        if problem:
            reading.refuse(target.column, text, problem)
        elif written.figure is not None:
            if written.is_strict:
                reading.remarks.append(f"{target.column} {text!r} is read as {plain(written.figure)}; the register counts that as reached")
            figures.append(written.figure)
            until = "" if target.valid_to is None else target.valid_to.isoformat()
            held = {"period_kind": target.period_kind.value, "valid_from": target.valid_from.isoformat(), "valid_to": until}
            yield {**target.constants, **held, "target": plain(written.figure)}
    if given.baseline and figures:
        text = reading.text(given.baseline, "target", TARGETS)
        base = read_written(text, unit=unit)
        if base.problem:
            reading.remarks.append(f"{given.baseline} {text!r} {base.problem}")
        if doubt := against_path(base.figure, figures, direction=direction, unit=unit):
            reading.remarks.append(doubt)
