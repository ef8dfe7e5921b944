"""Asking Great Expectations: which rules a dataset breaks, and in which rows.

Two passes: yes or no for every rule, then details of those that said no (asking for details at once costs twice as
much). Results come back in any order and are joined on the rule id. What a rule is shown is cut out for it (``cuttings``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pandas as pd

from pmf.validation.cuttings import ROW_ID, Cuttings
from pmf.validation.suites import Rule, Suite, build

# What is kept of a result: counts. The rows themselves are the findings.
_KEPT = ("element_count", "missing_count", "unexpected_count", "observed_value")
_YES_OR_NO = {"result_format": "BOOLEAN_ONLY"}
_DETAILS = {"result_format": "COMPLETE", "unexpected_index_column_names": [ROW_ID]}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One rule's outcome: ``row_ids`` are the rows that break it.

    ``problem`` (None: it ran) says why it could not run; ``not_checked`` why it was not asked, and ``success`` is None then.
    """

    success: bool | None
    problem: str | None = None
    not_checked: str | None = None
    row_ids: frozenset[int] = frozenset()
    counts: Mapping[str, Any] = field(default_factory=dict)


def ask(suite: Suite, rules: Sequence[Rule], frame: pd.DataFrame) -> dict[str, Outcome]:
    """Say of each rule whether the rows of a dataset meet it, and which do not; a rule that could not be asked has a ``problem``."""
    # Regular expressions are Python's, whether or not pyarrow, which has its own, is installed (``datasets.frame.TEXT``).
    with _made_once(), pd.option_context("mode.string_storage", "python"):
        validator = _validator()
        asked, outcomes = _cut_out(suite, rules, Cuttings(frame, validator.execution_engine))
        outcomes |= _answers(validator, asked.values(), _YES_OR_NO)
        broken = [rule_id for rule_id, outcome in outcomes.items() if not outcome.success and outcome.problem is None]
        outcomes |= _answers(validator, [asked[rule_id] for rule_id in broken], _DETAILS)
    silent = Outcome(success=False, problem="it gave no result")
    return {rule.rule_id: outcomes.get(rule.rule_id, silent) for rule in rules}


def _cut_out(suite: Suite, rules: Sequence[Rule], cuttings: Cuttings) -> tuple[dict[str, Any], dict[str, Outcome]]:
    """Give what is asked of each rule's own batch, and the outcome of those whose condition could not be put."""
    asked: dict[str, Any] = {}
    outcomes: dict[str, Outcome] = {}
    for rule, expectation in zip(rules, build(suite, rules), strict=True):
        try:
            batch = {"batch_id": cuttings.batch_for(rule, expectation)}
        except Exception as error:  # noqa: BLE001 - anything at all: the rule has not run, and is told as one that could not
            outcomes[rule.rule_id] = Outcome(success=False, problem=str(error))
            continue
        asked[rule.rule_id] = expectation.copy(update=batch | {"row_condition": None} if rule.condition else batch)
    return asked, outcomes


def _validator() -> Any:
    """Make Great Expectations' validator on pandas, for both passes. It needs no project: what it looks at, it is given."""
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.validator.validator import Validator

    validator: Any = Validator(execution_engine=PandasExecutionEngine())
    validator.metrics_calculator.show_progress_bars = False
    return validator


@contextmanager
def _made_once() -> Iterator[None]:
    """Let an expectation and its configuration each be made once.

    Great Expectations works the configuration out for every argument it looks up, and makes the expectation anew from the
    configuration for every figure it needs: eight times a rule.
    """
    from great_expectations.expectations.expectation import Expectation

    work_out: Any = Expectation.configuration
    # Holding the expectations keeps their ids their own.
    made: dict[int, tuple[Any, Any]] = {}

    def configuration(expectation: Any) -> Any:
        if id(expectation) not in made:
            known = work_out.fget(expectation)
            known.to_domain_obj = lambda: expectation
            made[id(expectation)] = expectation, known
        return made[id(expectation)][1]

    with patch.object(Expectation, "configuration", property(configuration)):
        yield


def _answers(validator: Any, expectations: Iterable[Any], result_format: Mapping[str, Any]) -> dict[str, Outcome]:
    configurations = [expectation.configuration for expectation in expectations]
    results = validator.graph_validate(configurations, {"result_format": dict(result_format)}) if configurations else ()
    return {result.expectation_config.meta["rule_id"]: _outcome(result) for result in results}


def _outcome(result: Any) -> Outcome:
    details = result.result
    rows = details.get("unexpected_index_list") or ()
    return Outcome(
        success=bool(result.success),
        problem=_exception(result.exception_info),
        row_ids=frozenset(int(row[ROW_ID]) for row in rows),
        counts={name: _plain_json(details[name]) for name in _KEPT if name in details},
    )


def _exception(info: Mapping[str, Any]) -> str | None:
    """Find the exception's message, if there was one: its record is flat, or filed under the id of each metric."""
    records = [info] if "raised_exception" in info else list(info.values())
    messages = [str(record["exception_message"]) for record in records if record["raised_exception"]]
    return messages[0] if messages else None


def _plain_json(value: Any) -> Any:
    """Turn a figure of a result into plain JSON, which knows neither numpy's numbers nor infinity."""
    number = python_value(value)
    if isinstance(number, float) and not math.isfinite(number):
        return None
    return number if isinstance(number, bool | int | float | str | None) else str(number)


def python_value(value: Any) -> Any:
    """Give Python's own value for one of numpy's."""
    return value.item() if hasattr(value, "item") else value
