"""Import earlier history: figures from before the first collected month, marked *imported, not collected*."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.workspace import Summary, open_workspace
from pmf.period import parse_month
from pmf.register import Kpi, RegisterError
from pmf.settings import Settings
from pmf.store import put
from pmf.value import is_no_figure_word, parse_figure, plain, quotient
from pmf.warehouse import bulk
from pmf.warehouse.access import append_new
from pmf.warehouse.tables import observation

_COLUMNS = ("kpi_ref", "period", "value", "numerator", "denominator", "provenance", "source")
# What is the same of every imported figure. What is not named is null.
_NOT_COLLECTED = {"comment": "", "status": "final", "source": "import", "sequence": 0}
# From here on a bulk load, which takes some tenths of a second to begin, is over sooner.
_VERY_MANY = 10_000


@dataclass(frozen=True)
class Imported(Summary):
    """How many figures the file held and how many of them were new."""

    rows: int
    new: int


def import_history(organisation: str, path: Path, *, as_at: datetime, settings: Settings) -> Imported:
    """Import a CSV of earlier figures, columns kpi_ref, period, value, numerator, denominator, provenance, source.

    Importing the same file again adds nothing.

    Raises:
        RegisterError: listing every line that names no KPI, no month or no figure.
    """
    workspace = open_workspace(organisation, settings)
    content = path.read_bytes()
    records = _records(path)

    kpis = {kpi.kpi_ref: kpi for kpi in workspace.register.kpi_versions}
    file_hash = hashlib.sha256(content).hexdigest()
    shared = _NOT_COLLECTED | {"organisation": organisation, "file_hash": file_hash, "recorded_at": as_at}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    problems = []
    for line, record in enumerate(records, start=2):
        try:
            row = _observation(record, kpis, line=line, file_hash=file_hash)
        except ValueError as error:
            problems.append(f"{path} line {line}, {error}")
            continue
        first = rows.setdefault((row["kpi_ref"], row["period"]), shared | row)
        if first["cell"] != row["cell"]:
            problems.append(f"{path} line {line}, fields kpi_ref and period: the same figure stands at {first['cell']}; keep one")
    if problems:
        raise RegisterError(problems)

    put(settings.store, content)
    with workspace.engine.begin() as connection:
        new = _append(connection, list(rows.values()), shared)
        workspace.finish(connection, "import_history", "history", as_at=as_at, summary={"rows": len(rows)})
    return Imported(rows=len(rows), new=new)


def _append(connection: Connection, rows: list[dict[str, Any]], shared: Mapping[str, Any]) -> int:
    """Add the rows, very many of them all at once where the packages for that are installed."""
    if len(rows) < _VERY_MANY or not bulk.is_installed():
        return append_new(connection, observation, rows)
    columns = bulk.columns_of(observation, rows, leaving_out=shared)
    return bulk.append_table(connection, observation, columns, shared=shared)


def _records(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restval="")
            missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise RegisterError([f"{path} line 1: no column {', '.join(missing)}; the columns are {', '.join(_COLUMNS)}"])
            return list(reader)
    except (UnicodeDecodeError, csv.Error):
        raise RegisterError([f'{path} is no CSV in UTF-8: save it from the spreadsheet as "CSV UTF-8"']) from None


def _observation(record: Mapping[str, str], kpis: Mapping[str, Kpi], *, line: int, file_hash: str) -> dict[str, Any]:
    kpi = kpis.get(record["kpi_ref"])
    if kpi is None:
        raise ValueError(f"field kpi_ref: {record['kpi_ref']!r} is not a KPI of the register")
    numerator, denominator = _figure(record, "numerator"), _figure(record, "denominator")
    value = _figure(record, "value")
    if numerator is not None and denominator is not None:
        value = quotient(numerator, denominator, multiplier=kpi.ratio_multiplier)
    if value is None:
        raise ValueError("field value: empty; leave the whole line out where there is no figure")
    version = "\x1f".join([plain(value), record["numerator"], record["denominator"], file_hash])
    return {
        "kpi_ref": kpi.kpi_ref,
        "period": parse_month(record["period"]).key,
        "version_id": hashlib.sha256(version.encode()).hexdigest()[:16],
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "provenance": record["provenance"] or None,
        "cell": f"line {line}",
        "sender": record["source"] or None,
    }


def _figure(record: Mapping[str, str], field: str) -> Decimal | None:
    figure = parse_figure(record[field])
    if figure is None and not is_no_figure_word(record[field]):
        raise ValueError(f"field {field}: {record[field]!r} is not a figure; write it like 1234.5")
    return figure
