"""Every rule of every suite can be broken and can be met: none asks what nothing could fail, or what nothing could pass.

The rows here are made from the rule itself, from whatever values its limits and conditions name. What real returns look like that
break a rule, and that just do not, stands in the tables of cases beside this file.
"""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
import pytest

from pmf.finding import Scope
from pmf.validation.run import run_suite
from pmf.validation.suites import Rule, Suite, leaves, load_suite
from validation.samples import SUITES

RULES = [(suite, rule) for path in sorted(SUITES.glob("*.json")) for suite in [load_suite(path)] for rule in suite.rules]
OF_THE_WHOLE = {"expect_column_sum_to_be_between"}
MOST_ROWS = 20_000


def values_of(rule: Rule, column: str) -> list[Any]:
    """List values a column may have that matter to the rule: what it names, and what lies just beyond."""
    named: list[Any] = []
    if column in rule.measured:
        named += [*rule.kwargs.get("value_set", ()), *(rule.kwargs[name] for name in ("min_value", "max_value") if name in rule.kwargs)]
        named += [rule.kwargs["regex"]] if "regex" in rule.kwargs else []
    for leaf in leaves(rule.condition):
        if leaf["column"]["name"] == column and "parameter" in leaf:
            parameter = leaf["parameter"]
            named += parameter if isinstance(parameter, list) else [parameter]
    numbers = [value for value in named if isinstance(value, int | float) and not isinstance(value, bool)]
    if numbers or not named:
        return sorted({value + step for value in numbers or [0, 100] for step in (-1, 0, 1)})
    if all(isinstance(value, bool) for value in named):
        return [True, False]
    return [*dict.fromkeys(named), "nothing of the sort"]


def series_of(values: tuple[Any, ...]) -> pd.Series:
    kinds = {type(value) for value in values if value is not None}
    dtype = "bool" if kinds == {bool} and None not in values else "str" if kinds <= {str} else "float64"
    return pd.Series(values, dtype=dtype)


def frame_of(rule: Rule, rows: list[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    content = {column: series_of(values) for column, values in zip(columns, zip(*rows, strict=True), strict=True)}
    others = {column: pd.Series(["x"] * len(rows), dtype="str") for column in rule.columns - set(columns)}
    return pd.DataFrame({"row_id": range(len(rows))} | content | others)


def asked(suite: Suite, rule: Rule, frame: pd.DataFrame) -> dict[str, Any]:
    (result,) = run_suite(Suite(suite.path, suite.name, (rule,)), frame).results["results"]
    assert result["exception"] is None
    return dict(result)


@pytest.mark.parametrize(("suite", "rule"), RULES, ids=[rule.rule_id for _, rule in RULES])
def test_a_rule_can_be_broken_and_can_be_met(suite: Suite, rule: Rule) -> None:
    """Among all rows of values that matter to the rule, some it looks at break it, and others it looks at do not."""
    columns = sorted(rule.compared)
    can_be_empty = {leaf["column"]["name"] for leaf in leaves(rule.condition) if leaf["type"] == "nullity"}
    if "null" in rule.type:
        can_be_empty |= rule.measured
    choices = [[*values_of(rule, column), *([None] if column in can_be_empty else [])] for column in columns]
    rows = list(itertools.islice(itertools.product(*choices), MOST_ROWS))
    if rule.type in OF_THE_WHOLE:
        outcomes = {asked(suite, rule, frame_of(rule, [row], columns))["success"] for row in rows}
        assert (outcomes, rule.meta.scope) == ({True, False}, Scope.BATCH)
        return
    if "unique" in rule.type:
        rows += rows[:1]
    result = asked(suite, rule, frame_of(rule, rows, columns))
    counted = result["element_count"] - (result.get("missing_count") or 0)
    assert 0 < result["unexpected_count"] < counted
