"""What the warehouse knows of a year's quarters, asked by a query of the linter's own: what an annual report has to say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.said import Key
from pmf.period import FinancialYear, Quarter
from pmf.register import Kpi, Register
from pmf.status import Status
from pmf.value import printed
from pmf.warehouse.access import read

_Row = Mapping[str, Any]
# After the fourth quarter there is nothing left to forecast.
_FORETELLING = 3
_FORECASTS = ("forecast", "forecast_status", "year_end", "year_end_low", "year_end_high", "year_end_status")
_GOOD, _NOT_GOOD = {"green", "blue"}, {"red", "amber"}


@dataclass(frozen=True)
class Quarters:
    """What is known of a year's quarters: ``columns`` to be added to each KPI's rating of the year, and the lists that follow."""

    columns: Mapping[str, dict[str, Any]]
    lists: Mapping[Key, frozenset[str]]


def load_quarters(
    connection: Connection,
    register: Register,
    year: FinancialYear,
    years: Mapping[str, _Row],
    *,
    guarded: Mapping[str, AbstractSet[str]],
    as_at: datetime,
    sql_root: Path,
) -> Quarters:
    """Load the quarters of the KPIs that were rated for a year (``years``: the year's rating by kpi_ref).

    ``guarded`` says which parts of a KPI the edition leaves out.
    """
    columns: dict[str, dict[str, Any]] = {ref: {} for ref in years}
    keyed: list[tuple[Key, str]] = []
    for quarter in dict.fromkeys(month.quarter for month in year.months):
        number = str(quarter.number)
        rows = {row["kpi_ref"]: row for row in _rows(connection, register, quarter, list(years), as_at=as_at, sql_root=sql_root)}
        for ref, of_year in years.items():
            row = rows.get(ref)
            if row is not None:
                row = _as_told(row, guarded.get(ref, frozenset()))
            columns[ref] |= _columns(row, number)
            keyed.append((("quarter", number, columns[ref][f"q{number}_status"] or "not_due"), ref))
            if row is not None:
                keyed += _forecast_keys(row, of_year, number)
                if _is_corrected(row, register.kpi(ref, quarter)):
                    keyed.append((("corrected",), f"{ref} {number}"))
    keyed += [(("watch", name), ref) for ref, row in columns.items() for name in _courses(row, years[ref])]
    return Quarters(columns, {key: frozenset(ref for own, ref in keyed if own == key) for key in dict.fromkeys(key for key, _ in keyed)})


def _as_told(row: _Row, left_out: AbstractSet[str]) -> _Row:
    """Give a quarter's row as an edition may print it that leaves these parts out: nothing of it, or no forecast."""
    if "quarters" in left_out:
        kept = {"kpi_ref": row["kpi_ref"], "due": row["due"], "reported": row["reported"]}
        return dict.fromkeys(row) | {"status": "confidential", "told_status": "confidential"} | kept
    return {**row, **dict.fromkeys(_FORECASTS)} if "history" in left_out else row


def _rows(
    connection: Connection, register: Register, quarter: Quarter, refs: Sequence[str], *, as_at: datetime, sql_root: Path
) -> Sequence[_Row]:
    return read(
        connection,
        "lint_quarter",
        sql_root=sql_root,
        organisation=register.profile.slug,
        period=quarter.key,
        first_period=quarter.months[0].key,
        policy_id=register.profile.policy_id(quarter),
        as_at=as_at,
        kpi_refs=refs,
    )


def _columns(row: _Row | None, number: str) -> dict[str, Any]:
    """Name a quarter's columns by its number; one in which no figure was due has neither status nor figure."""
    due = row if row is not None and row["due"] else {}
    columns = {"status": "status", "value": "value", "told_status": "told_status", "told_value": "previous_value"}
    return {f"q{number}_{name}": due.get(column) for name, column in columns.items()} | {
        f"q{number}_{name}": row[name] if row is not None else None for name in ("forecast", "year_end")
    }


def _forecast_keys(row: _Row, of_year: _Row, number: str) -> list[tuple[Key, str]]:
    """Say which forecasts of a KPI's year there were after a quarter, and which came true; a year that lacks a month tells nothing."""
    ref, outcome = row["kpi_ref"], of_year["value"]
    if int(number) > _FORETELLING or outcome is None or not of_year["whole"]:
        return []
    is_coloured = Status(of_year["status"]).is_rated
    told = {
        kind: row[column] == of_year["status"]
        for kind, column in (("service", "forecast_status"), ("pipeline", "year_end_status"))
        if row[column] and is_coloured
    }
    if row["year_end_low"] is not None and row["year_end_high"] is not None:
        told["band"] = row["year_end_low"] <= outcome <= row["year_end_high"]
    return [((name, kind, number), ref) for kind, hit in told.items() for name in (("foretold", "came_true") if hit else ("foretold",))]


def _is_corrected(row: _Row, kpi: Kpi | None) -> bool:
    """Tell whether what was reported of a quarter prints otherwise now."""
    if kpi is None or not row["reported"] or not row["due"]:
        return False
    then, now = (printed(row[name], unit=kpi.unit, decimals=kpi.decimals) for name in ("previous_value", "value"))
    return (then, row["told_status"]) != (now, row["status"])


def _courses(columns: Mapping[str, Any], of_year: _Row) -> list[str]:
    course = [columns[f"q{number}_status"] for number in range(1, 5)]
    first, last = course[0], course[-1]
    names = {
        "red_for_the_year": of_year["status"] == Status.RED,
        "red_all_year": set(course) == {"red"},
        "turned_green": first in _NOT_GOOD and last in _GOOD,
        "lost_green": first in _GOOD and last in _NOT_GOOD,
    }
    return [name for name, holds in names.items() if holds]
