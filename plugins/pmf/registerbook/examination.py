"""An incoming register put to the whole: row by row, then all rows together, then against what has been judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from pmf.period import Month
from pmf.register.action import PlanAction
from pmf.register.benchmark import Benchmark
from pmf.register.contradictions import Definitions, contradictions
from pmf.register.kpi import Kpi
from pmf.register.panel import PanelItem
from pmf.register.past import rewritten
from pmf.register.structure import Definition
from pmf.register.target import Target
from pmf.register.template import DataQualityTemplate
from pmf.register.versions import Register
from pmf.registerbook.base import rows_of
from pmf.registerbook.columns import ACTIONS, BENCHMARKS, KPIS, PANELS, TABLES, TARGETS, TEMPLATES, Table
from pmf.registerbook.comparison import Change, Compared, What, compare
from pmf.registerbook.csvfile import read_csv_file
from pmf.registerbook.incoming import Incoming
from pmf.registerbook.naming import Names
from pmf.registerbook.refusal import Refusal
from pmf.registerbook.rewriting import rewritten_file


@dataclass(frozen=True)
class Examination:
    """What an import would do. ``unchanged`` counts rows by sheet; ``texts`` holds the files that would change, by name.

    ``contradictions`` are what the rows say against each other, ``rewritten`` what would be judged differently that has
    been judged. Both are empty while rows are refused: what is missing then would look like a contradiction.
    """

    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[str, ...]
    notes: tuple[str, ...]
    unchanged: dict[str, int]
    contradictions: tuple[str, ...]
    rewritten: tuple[str, ...]
    texts: dict[str, str]

    @property
    def is_right(self) -> bool:
        """Whether every row, and all of them together, can be taken; whether the past stays is a question of its own."""
        return not self.refusals and not self.contradictions

    @property
    def is_change(self) -> bool:
        """Whether any file would change."""
        return bool(self.texts)


def examine(incoming: Incoming, *, register: Register, folder: Path, until: Month | None) -> Examination:
    """Compare what comes in with the register read from ``folder``; nothing is written.

    ``until`` is the last month that has been judged (None: none).
    """
    names = Names(register.profile, register.sources)
    compared = {table: compare(table, rows, incoming, names) for table, rows in rows_of(register).items()}
    refusals = (*incoming.refusals, *(refusal for table in compared.values() for refusal in table.refusals))
    changed = {table: result for table, result in compared.items() if _changes_file(result)}
    wrong: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    texts: dict[str, str] = {}
    if not refusals and changed:
        after = _after(register, {table: result.models for table, result in compared.items()})
        wrong = tuple(_in_sheets(sentence) for sentence in contradictions(Path(), register.profile, _definitions(after)))
        past = tuple(rewritten(register, after, until=until)) if not wrong else ()
        texts = {table.file: rewritten_file(read_csv_file(folder / table.file, table), result) for table, result in changed.items()}
    return Examination(
        changes=tuple(change for result in compared.values() for change in result.changes),
        refusals=refusals,
        remarks=tuple(remark for result in compared.values() for remark in result.remarks),
        notes=incoming.notes,
        unchanged={table.sheet: result.unchanged for table, result in compared.items()},
        contradictions=wrong,
        rewritten=past,
        texts=texts,
    )


def _changes_file(result: Compared) -> bool:
    return any(change.what is not What.KEPT for change in result.changes)


def _after(register: Register, rows: dict[Table, tuple[Definition, ...]]) -> Register:
    return replace(
        register,
        kpi_versions=cast("tuple[Kpi, ...]", rows[KPIS]),
        target_versions=cast("tuple[Target, ...]", rows[TARGETS]),
        template_versions=cast("tuple[DataQualityTemplate, ...]", rows[TEMPLATES]),
        action_versions=cast("tuple[PlanAction, ...]", rows[ACTIONS]),
        benchmarks=cast("tuple[Benchmark, ...]", rows[BENCHMARKS]),
        panel_versions=cast("tuple[PanelItem, ...]", rows[PANELS]),
    )


def _definitions(register: Register) -> Definitions:
    return Definitions(
        register.kpi_versions,
        register.target_versions,
        register.template_versions,
        register.action_versions,
        register.sources,
        register.benchmarks,
        register.panel_versions,
    )


def _in_sheets(sentence: str) -> str:
    """Say the sheet instead of the file, to people who have the workbook before them."""
    for table in TABLES:
        if sentence.startswith(table.file):
            return f"{table.sheet}{sentence.removeprefix(table.file)}"
    return sentence
