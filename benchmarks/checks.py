"""The twenty checks that engines are compared by, figures of any number that break half of them, and the answer in plain pandas.

``peers/expressions.py`` has the same checks as polars expressions.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pmf.validation.suites import Suite, load_suite

BROKEN_ROWS = 5
UNITS = ("number", "%", "£", "days")
Broken = dict[str, frozenset[int]]


def frame_of(rows: int) -> pd.DataFrame:
    """Make figures as the observation dataset holds them, some rows of which break every second check."""
    dice = np.random.default_rng(4)
    value = dice.uniform(20, 80, rows).round(1)
    columns: dict[str, Any] = {
        "row_id": np.arange(rows),
        "kpi_ref": np.array([f"K{number:08d}" for number in range(rows)], dtype=object),
        "service_id": dice.choice(["libraries", "highways", "housing"], rows),
        "unit": dice.choice(UNITS, rows),
        "answer": np.full(rows, "figure", dtype=object),
        "comment": np.full(rows, "More visits than last year.", dtype=object),
        "value": value,
        "minimum": np.full(rows, 10.0),
        "maximum": np.full(rows, 90.0),
        "movement_pct": dice.uniform(0, 9, rows),
        "large_movement_pct": np.full(rows, 10.0),
        "numerator": value.copy(),
        "denominator": np.full(rows, 100.0),
        "decimals": np.ones(rows),
        "max_decimals": np.full(rows, 2.0),
        "forecast": value.copy(),
        "target": np.full(rows, 50.0),
    }
    bad = np.linspace(0, rows - 1, BROKEN_ROWS).astype(int)
    wrongs = {"value": 5.0, "answer": "blank", "comment": "", "movement_pct": 50.0, "decimals": 4.0, "denominator": 0.0}
    for column, wrong in wrongs.items():
        columns[column][bad] = wrong
    return pd.DataFrame(
        {name: pd.Series(content, dtype="str" if content.dtype.kind in "OU" else None) for name, content in columns.items()}
    )


@dataclass(frozen=True)
class Bench:
    """One check, three ways: an entry of a suite, and the rows that break it in plain pandas (pandera asks the same)."""

    name: str
    type: str
    kwargs: dict[str, Any]
    broken: Callable[[pd.DataFrame], pd.Series]


def _pair(larger: str, smaller: str) -> dict[str, Any]:
    return {"column_A": larger, "column_B": smaller, "or_equal": True, "ignore_row_if": "either_value_is_missing"}


def _where(column: str, operator: str, parameter: Any) -> dict[str, Any]:
    return {"type": "comparison", "column": {"name": column}, "operator": operator, "parameter": parameter}


_NULL, _IN, _NOT_IN = "expect_column_values_to_not_be_null", "expect_column_values_to_be_in_set", "expect_column_values_to_not_be_in_set"
_BETWEEN, _AT_LEAST = "expect_column_values_to_be_between", "expect_column_pair_values_a_to_be_greater_than_b"
_IS_PERCENTAGE = {"row_condition": _where("unit", "==", "%")}
CHECKS = (
    Bench("ref_given", _NULL, {"column": "kpi_ref"}, lambda f: f["kpi_ref"].isna()),
    Bench("service_given", _NULL, {"column": "service_id"}, lambda f: f["service_id"].isna()),
    Bench("value_given", _NULL, {"column": "value"}, lambda f: f["value"].isna()),
    Bench("ref_once", "expect_column_values_to_be_unique", {"column": "kpi_ref"}, lambda f: f["kpi_ref"].duplicated(keep=False)),
    Bench("unit_known", _IN, {"column": "unit", "value_set": list(UNITS)}, lambda f: ~f["unit"].isin(UNITS)),
    Bench("answered", _NOT_IN, {"column": "answer", "value_set": ["blank"]}, lambda f: f["answer"].isin(["blank"])),
    Bench("row_there", _NOT_IN, {"column": "answer", "value_set": ["no row"]}, lambda f: f["answer"].isin(["no row"])),
    Bench("not_below_minimum", _AT_LEAST, _pair("value", "minimum"), lambda f: f["value"] < f["minimum"]),
    Bench("not_above_maximum", _AT_LEAST, _pair("maximum", "value"), lambda f: f["value"] > f["maximum"]),
    Bench("movement_usual", _AT_LEAST, _pair("large_movement_pct", "movement_pct"), lambda f: f["movement_pct"] > f["large_movement_pct"]),
    Bench("decimals_allowed", _AT_LEAST, _pair("max_decimals", "decimals"), lambda f: f["decimals"] > f["max_decimals"]),
    Bench("part_of_whole", _AT_LEAST, _pair("denominator", "numerator"), lambda f: f["numerator"] > f["denominator"]),
    Bench("divisible", _NOT_IN, {"column": "denominator", "value_set": [0.0]}, lambda f: f["denominator"] == 0),
    Bench("percentage", _BETWEEN, {"column": "value", "min_value": 1, "max_value": 100, **_IS_PERCENTAGE},
          lambda f: (f["unit"] == "%") & ~f["value"].between(1, 100)),
    Bench("percentage_minimum", _BETWEEN, {"column": "value", "min_value": 10, **_IS_PERCENTAGE},
          lambda f: (f["unit"] == "%") & (f["value"] < 10)),
    Bench("money_positive", _BETWEEN, {"column": "value", "min_value": 0, "row_condition": _where("unit", "==", "£")},
          lambda f: (f["unit"] == "£") & (f["value"] < 0)),
    Bench("explained", "expect_column_value_lengths_to_be_between",
          {"column": "comment", "min_value": 10, "row_condition": _where("movement_pct", ">", 10)},
          lambda f: (f["movement_pct"] > 10) & (f["comment"].str.len() < 10)),
    Bench("ref_in_form", "expect_column_values_to_match_regex", {"column": "kpi_ref", "regex": "^K[0-9]{8}$"},
          lambda f: ~f["kpi_ref"].str.match("^K[0-9]{8}$")),
    Bench("forecast_plausible", _BETWEEN, {"column": "forecast", "min_value": 0, "max_value": 1000},
          lambda f: ~f["forecast"].between(0, 1000)),
    Bench("target_plausible", _BETWEEN, {"column": "target", "min_value": 0, "max_value": 1000}, lambda f: ~f["target"].between(0, 1000)),
)  # fmt: skip


def suite() -> Suite:
    """Write the checks as a suite's file and load it as any of ours."""
    meta = {"scope": "row", "dimension": "accuracy", "dqt_field": None, "found_column": "value", "column_field": None}
    words = {"message": "KPI {kpi_ref} is {value}.", "fix": "Check the figure."}
    entries = [
        {
            "type": check.type,
            "kwargs": check.kwargs,
            "severity": "critical",
            "description": "A check of the benchmark.",
            "meta": meta | words | {"rule_id": f"bench.{check.name}"},
        }
        for check in CHECKS
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.json"
        path.write_text(json.dumps({"name": "bench", "expectations": entries}), encoding="utf-8")
        return load_suite(path)


def with_pandas(frame: pd.DataFrame) -> Callable[[], Broken]:
    """Plain pandas: a mask a check, and the ids of the rows it is true for."""

    def run() -> Broken:
        found = {check.name: frame["row_id"][check.broken(frame)] for check in CHECKS}
        return {name: frozenset(rows.tolist()) for name, rows in found.items() if len(rows)}

    return run
