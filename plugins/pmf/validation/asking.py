"""Asking Great Expectations: which rules a dataset breaks, and in which rows.

Two passes: yes or no for every rule, then details of those that said no (asking for details at once costs twice as
much). Results come back in any order and are joined on the rule id.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from unittest.mock import patch

import pandas as pd

from pmf.validation.suites import Rule, Suite, build

ROW_ID = "row_id"
# What is kept of a result: counts. The rows themselves are the findings.
_KEPT = ("element_count", "missing_count", "unexpected_count", "observed_value")
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
    # Only what is compared: a row condition costs as much as the frame has columns, and texts are none of its business.
    compared = sorted(frozenset[str]().union(*(rule.compared for rule in rules)))
    # Regular expressions are Python's, whether or not pyarrow, which has its own, is installed (``datasets.frame.TEXT``).
    with _configured_once(), pd.option_context("mode.string_storage", "python"):
        validator = _validator(frame[[ROW_ID, *compared]])
        outcomes = _outcomes(validator.validate_expectation_suite(build(suite, rules)))
        broken = [rule for rule in rules if (outcome := outcomes.get(rule.rule_id)) and not outcome.success and outcome.problem is None]
        if broken:
            validator.result_format = _DETAILS
            outcomes |= _outcomes(validator.validate_expectation_suite(build(suite, broken)))
    silent = Outcome(success=False, problem="it gave no result")
    return {rule.rule_id: outcomes.get(rule.rule_id, silent) for rule in rules}


@lru_cache(maxsize=1)
def _whole_frame() -> Any:
    """Make the one context of this process (Great Expectations keeps its project in a global) and its batch definition."""
    import great_expectations as gx
    from great_expectations.execution_engine import pandas_execution_engine

    # Every frame below this size is fingerprinted, three times for a suite, which nobody reads: two fifths of a million rows' time.
    pandas_execution_engine.HASH_THRESHOLD = 0
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context.data_sources.add_pandas("pmf").add_dataframe_asset("dataset").add_batch_definition_whole_dataframe("whole")


@contextmanager
def _configured_once() -> Iterator[None]:
    """Let each expectation work out its configuration once: Great Expectations does so anew for every argument it looks up."""
    from great_expectations.expectations.expectation import Expectation

    work_out: Any = Expectation.configuration
    # Holding the expectations keeps their ids their own.
    made: dict[int, tuple[Any, Any]] = {}

    def configuration(expectation: Any) -> Any:
        if id(expectation) not in made:
            made[id(expectation)] = expectation, work_out.fget(expectation)
        return made[id(expectation)][1]

    with patch.object(Expectation, "configuration", property(configuration)):
        yield


def _validator(frame: pd.DataFrame) -> Any:
    """Make one validator for both passes: a batch makes itself anew for each, with the whole frame read again."""
    from great_expectations.validator.v1_validator import Validator

    return Validator(batch_definition=_whole_frame(), result_format="BOOLEAN_ONLY", batch_parameters={"dataframe": frame})


def _outcomes(validation: Any) -> dict[str, Outcome]:
    return {result.expectation_config.meta["rule_id"]: _outcome(result) for result in validation.results}


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
