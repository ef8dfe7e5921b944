"""The compiled table of checks: which rule applies to which KPI of a month, with which limits, how severely.

A rule is linked to an answer by naming its column (``definitions``): as a limit, so that it applies where the answer is
given, or in its row condition, so that it applies where the answer meets it. Nothing else says who is checked for what.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pmf.finding import Severity
from pmf.period import Month
from pmf.register import Register
from pmf.validation.definitions import DEFINITION_COLUMNS, Definition, define, templates_in_force
from pmf.validation.suites import Rule, Suite
from pmf.value import plain

# In place of a KPI, for a rule that looks at every row of its dataset.
EVERY_ROW = "*"

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "IN": lambda answer, allowed: answer in allowed,
    "NOT_IN": lambda answer, refused: answer not in refused,
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule for one KPI (or ``EVERY_ROW``). ``parameters`` are the answers it depends on, as JSON; figures are text."""

    rule_id: str
    kpi_ref: str
    parameters: dict[str, Any]
    severity: Severity


def compile_checks(register: Register, month: Month, suites: Iterable[Suite]) -> tuple[Check, ...]:
    """Compile every rule of the suites for the KPIs due in a month, by the templates in force on its last day.

    A rule that names no definition gets one row for ``EVERY_ROW``, and one more for each KPI it is severer for.
    """
    templates = templates_in_force(register, month)
    definitions = {kpi.kpi_ref: define(kpi, templates.get(kpi.kpi_ref)) for kpi in register.due(month)}
    return tuple(check for suite in suites for rule in suite.rules for check in _compile(rule, definitions))


def _compile(rule: Rule, definitions: Mapping[str, Definition]) -> Iterator[Check]:
    linked = sorted(rule.compared & DEFINITION_COLUMNS)
    if not linked:
        yield Check(rule_id=rule.rule_id, kpi_ref=EVERY_ROW, parameters={}, severity=rule.severity)
        if not rule.meta.critical_where:
            return
    for kpi_ref, definition in definitions.items():
        severity = _severity(rule, definition)
        if not linked and severity is rule.severity:
            continue
        answers = vars(definition)
        has_limits = all(answers[column] is not None for column in rule.measured & DEFINITION_COLUMNS)
        if has_limits and _may_hold(rule.condition, answers):
            parameters = {column: _json(answers[column]) for column in linked}
            yield Check(rule_id=rule.rule_id, kpi_ref=kpi_ref, parameters=parameters, severity=severity)


def _severity(rule: Rule, definition: Definition) -> Severity:
    where = rule.meta.critical_where
    is_critical = bool(where) and all(getattr(definition, column) == answer for column, answer in where.items())
    return Severity.CRITICAL if is_critical else rule.severity


def _may_hold(condition: Mapping[str, Any] | None, answers: Mapping[str, Any]) -> bool:
    """Tell whether a row condition can hold for a KPI: what depends on the month's figures may always hold."""
    if condition is None:
        return True
    if "conditions" in condition:
        join = any if condition["type"] == "or" else all
        return join(_may_hold(part, answers) for part in condition["conditions"])
    column = condition["column"]["name"]
    if column not in answers:
        return True
    if condition["type"] == "nullity":
        return bool((answers[column] is None) == condition["is_null"])
    return answers[column] is not None and bool(_COMPARE[condition["operator"]](answers[column], condition["parameter"]))


def _json(answer: Any) -> Any:
    return plain(answer) if isinstance(answer, Decimal) else answer
