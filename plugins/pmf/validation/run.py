"""Running a suite over a dataset, and saying what it found in words.

A check that could not run is never a pass, nor is one that this machine has not the means to make.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from pmf.finding import Finding, Scope, Severity
from pmf.validation.asking import Outcome, ask, python_value
from pmf.validation.checks import EVERY_ROW, Check
from pmf.validation.cuttings import ROW_ID
from pmf.validation.suites import CELL, Rule, Suite, build
from pmf.value import from_double

COULD_NOT_RUN = "validation.check_could_not_run"

# A cell holds up to 32,767 characters; a letter needs to show which text is meant, not all of it.
_TEXT_LIMIT = 500
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class SuiteResult:
    """What a suite found. ``results`` is plain JSON: the dataset's size and each rule's outcome, in suite order."""

    suite: str
    findings: tuple[Finding, ...]
    results: dict[str, Any]


def run_suite(suite: Suite, frame: pd.DataFrame, checks: Iterable[Check] = (), *, not_checked: Mapping[str, str] = NOTHING) -> SuiteResult:
    """Check a dataset against its suite.

    ``frame`` has a ``row_id`` of its own for each row and the columns the suite names; rows where a check does not apply
    are left out by the suite itself. ``checks`` give the severity a rule has for a KPI; without them the suite's holds.
    ``not_checked`` says of columns that could not be worked out why: the rules that compare them neither pass nor fail.

    Raises:
        SuiteError: when Great Expectations does not take one of the rules.
    """
    columns = set(frame.columns)
    outcomes = {rule.rule_id: _without_columns(rule.columns - columns) for rule in suite.rules if not rule.columns <= columns}
    for rule in suite.rules:
        if unknown := rule.compared & not_checked.keys():
            outcomes[rule.rule_id] = Outcome(success=None, not_checked=not_checked[min(unknown)])
    rules = [rule for rule in suite.rules if rule.rule_id not in outcomes]
    unbroken = [rule for rule in rules if _no_row_can_break(rule, frame)]
    build(suite, unbroken)  # a rule that is none must not go unnoticed
    outcomes |= {rule.rule_id: Outcome(success=True) for rule in unbroken}
    if asked := [rule for rule in rules if rule.rule_id not in outcomes]:
        outcomes |= ask(suite, asked, frame)
    severities = {(check.rule_id, check.kpi_ref): check.severity for check in checks}
    findings = tuple(finding for rule in suite.rules for finding in _findings(rule, outcomes[rule.rule_id], frame, severities))
    return SuiteResult(suite.name, findings, _as_json(suite, frame, outcomes))


def _no_row_can_break(rule: Rule, frame: pd.DataFrame) -> bool:
    """Tell whether every row is one that the rule passes over, so that Great Expectations need not plan how to ask it.

    It passes over rows without a value in what is compared; most of a month's rules compare what is only there when it is wrong.
    """
    if rule.meta.scope is Scope.BATCH or not rule.passes_over_blanks:
        return False
    return any(bool(frame[column].isna().all()) for column in rule.measured)


def _without_columns(missing: AbstractSet[str]) -> Outcome:
    return Outcome(success=False, problem=f"the data set has no column {', '.join(sorted(missing))}")


def _findings(rule: Rule, outcome: Outcome, frame: pd.DataFrame, severities: Mapping[tuple[str, str], Severity]) -> Iterator[Finding]:
    if outcome.problem is not None:
        yield _could_not_run(rule, outcome.problem)
    elif outcome.success is False and outcome.row_ids:
        rows = frame[frame[ROW_ID].isin(outcome.row_ids)]
        for row in rows.to_dict("records"):
            kpi_ref = _text(row.get("kpi_ref")) or EVERY_ROW
            severity = severities.get((rule.rule_id, kpi_ref), rule.severity)
            yield _finding(rule, row, severity)
    elif outcome.success is False:
        # The whole data set breaks the rule: texts may name what every row of it shares, such as the month.
        shared = frame.iloc[0].to_dict() if len(frame) else dict.fromkeys(frame.columns)
        yield _finding(rule, shared, rule.severity, is_about_row=False)


def _finding(rule: Rule, row: Mapping[Any, Any], severity: Severity, *, is_about_row: bool = True) -> Finding:
    meta = rule.meta
    said = {str(name): _text(value) or "" for name, value in row.items()}
    place = {
        name: said.get(name) or None if is_about_row else None for name in ("kpi_ref", "service_id", "file_hash", "file_name", "sheet")
    }
    cell = said.get(f"{CELL}_{meta.column_field}" if meta.column_field else CELL) or None if is_about_row else None
    said[CELL] = cell or ""
    # Rows of actions and panels also show what is wrong with their service's form as a whole: then the words name none of them.
    named = (said[name] for name in ("action_ref", "line_ref") if name in said and f"{{{name}}}" in meta.message)
    action_ref = next(named, "") or None if is_about_row else None
    return Finding(
        rule_id=rule.rule_id,
        severity=severity,
        scope=meta.scope,
        dimension=meta.dimension,
        message=meta.message.format_map(said),
        fix=meta.fix.format_map(said),
        dqt_field=meta.dqt_field,
        action_ref=action_ref,
        cell=cell,
        found=said[meta.found_column] or None if meta.found_column else None,
        expected=meta.expected.format_map(said) if meta.expected else None,
        **place,
    )


def _could_not_run(rule: Rule, problem: str) -> Finding:
    return Finding(
        rule_id=COULD_NOT_RUN,
        severity=Severity.CRITICAL,
        scope=Scope.BATCH,
        dimension=rule.meta.dimension,
        message=f"The check {rule.rule_id} could not run, so what it would have found is not known.",
        fix="Data engineers: correct the suite or the data set, then run the month again. Nothing is asked of the services.",
        found=_text(f"{rule.rule_id}: {problem}"),
    )


def _text(value: Any) -> str | None:
    """Print a value of a frame for people. None for an empty one. A figure has at most 15 digits here, as a workbook's has."""
    plain = python_value(value)
    if plain is None or (isinstance(plain, float) and math.isnan(plain)):
        return None
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    if isinstance(plain, int | float):
        return f"{from_double(plain):,f}" if math.isfinite(plain) else str(plain)
    text = str(plain)
    return text if len(text) <= _TEXT_LIMIT else text[:_TEXT_LIMIT] + "…"


def _as_json(suite: Suite, frame: pd.DataFrame, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    rules = [
        {"rule_id": rule.rule_id, "success": outcome.success, "exception": outcome.problem, **_not_asked(outcome), **outcome.counts}
        for rule in suite.rules
        for outcome in [outcomes[rule.rule_id]]
    ]
    return {"suite": suite.name, "rows": len(frame), "success": all(rule["success"] is not False for rule in rules), "results": rules}


def _not_asked(outcome: Outcome) -> dict[str, str]:
    return {} if outcome.not_checked is None else {"not_checked": outcome.not_checked}
