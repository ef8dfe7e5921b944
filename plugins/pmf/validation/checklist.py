"""The compiled checks of a month as people read them: what is asked of which KPI, with which limits, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pmf.period import Month
from pmf.register import Kpi, Register
from pmf.validation.checks import EVERY_ROW, Check, compile_checks
from pmf.validation.limits import limits_in_words
from pmf.validation.suites import Rule, Suite

# Suites whose rows are KPIs: a rule of theirs that names none is asked of each.
_ABOUT_KPIS = frozenset({"register", "observation", "rating", "commentary"})


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """One check. Empty ``kpi_ref`` and ``title``: it is asked of every row of its dataset; empty ``limits``: it has none.

    ``dqt_field`` is the answer of the data-quality template it encodes, empty where it encodes none.
    """

    rule_id: str
    kpi_ref: str
    title: str
    severity: str
    limits: str
    dimension: str
    dqt_field: str
    description: str


def check_lines(
    register: Register,
    month: Month,
    suites: Iterable[Suite],
    *,
    kpi_ref: str | None = None,
    rule_id: str | None = None,
    service_id: str | None = None,
) -> tuple[CheckLine, ...]:
    """List the checks of a month, in the order of the suites; each filter (None: all) narrows the list.

    With a KPI or a service, what is asked of every KPI is listed too, but for the rules it has a row of its own of.
    """
    loaded = tuple(suites)
    rules = {rule.rule_id: rule for suite in loaded for rule in suite.rules if rule_id in (None, rule.rule_id)}
    kpis = {kpi.kpi_ref: kpi for kpi in register.due(month, service_id) if kpi_ref in (None, kpi.kpi_ref)}
    compiled = [check for check in compile_checks(register, month, loaded) if check.rule_id in rules]
    chosen = compiled if kpi_ref is None and service_id is None else _asked_of(kpis, compiled)
    return tuple(_line(check, rules[check.rule_id], kpis.get(check.kpi_ref)) for check in chosen)


def _asked_of(kpis: Mapping[str, Kpi], compiled: Iterable[Check]) -> Iterator[Check]:
    """Pick the checks of some KPIs, and those of every KPI unless each of these has its own."""
    checks = [check for check in compiled if check.kpi_ref in kpis or check.kpi_ref == EVERY_ROW]
    own = {(check.rule_id, check.kpi_ref) for check in checks}
    for check in checks:
        is_about_kpis = check.rule_id.partition(".")[0] in _ABOUT_KPIS
        if check.kpi_ref != EVERY_ROW or (is_about_kpis and any((check.rule_id, ref) not in own for ref in kpis)):
            yield check


def _line(check: Check, rule: Rule, kpi: Kpi | None) -> CheckLine:
    return CheckLine(
        rule_id=check.rule_id,
        kpi_ref=kpi.kpi_ref if kpi else "",
        title=kpi.title if kpi else "",
        severity=check.severity.value,
        limits=limits_in_words(check, kpi) if kpi else "",
        dimension=rule.meta.dimension.value,
        dqt_field=rule.meta.dqt_field or "",
        description=rule.description,
    )
