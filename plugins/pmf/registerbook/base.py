"""What the files said when a workbook was written, kept in it row by row: so a colleague's edit since then is not set back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from pmf.register.structure import Definition
from pmf.register.versions import Register
from pmf.registerbook.cellvalue import canonical, text_of
from pmf.registerbook.columns import ACTIONS, BENCHMARKS, KPIS, PANELS, TABLES, TARGETS, TEMPLATES, Table

# Digests by sheet and row's key.
Base = Mapping[tuple[str, str], str]
_DIGITS = 16


def rows_of(register: Register) -> dict[Table, tuple[Definition, ...]]:
    """Give the rows of every table, in the order of its file."""
    return {
        KPIS: register.kpi_versions,
        TARGETS: register.target_versions,
        TEMPLATES: register.template_versions,
        ACTIONS: register.action_versions,
        BENCHMARKS: register.benchmarks,
        PANELS: register.panel_versions,
    }


def row_key(table: Table, row: Definition) -> str:
    """Name a row within its table, like "36, 2024-04-01"."""
    return ", ".join(text_of(getattr(row, field)) for field in table.key)


def row_digest(table: Table, row: Definition) -> str:
    """Name what a row says; what is left at its default does not count, so that a new column changes no digest."""
    said = {
        column.field: canonical(column, value)
        for column in table.columns
        if (value := getattr(row, column.field)) != table.model.model_fields[column.field].default
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:_DIGITS]


def base_of(register: Register) -> Base:
    """Give the digest of every row of a register."""
    rows = rows_of(register)
    return {(table.sheet, row_key(table, row)): row_digest(table, row) for table in TABLES for row in rows[table]}
