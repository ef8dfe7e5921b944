"""Data-quality scores: of the checks made of a KPI, how many it passed, in each dimension and over all of them.

The rule, as an auditor may repeat it from tables ``compiled_check`` and ``finding``:

- A check is one rule asked of one KPI. It counts once, however many rows or files show the same fault, by the gravest of its
  findings, waived ones included: a waiver lets a figure through and makes it no better.
- A rule for every row counts for every KPI due; a rule for some KPIs counts for those it was compiled for; a rule that
  could not be asked counts for none, so it is neither a pass nor a fault.
- What is found of a service's return or file is found of each of its KPIs, and what is found of the whole month, of all.
- Of a KPI without an answer (neither a figure nor a reason for having none) the checks of a figure were not made, so it
  scores no better for them. Where an answer was wanted, it fails a check of completeness, and what is found of its return
  fails rather than flags it.
- The score is the share of checks passed, a flag counting half (``Score.pct``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pmf.finding import Dimension, Finding, Score, Severity
from pmf.validation.checks import EVERY_ROW, Check

# Suites by what they look at: what came in (nothing, where nothing did), what is there in any case, and what is no KPI's
# figure of the period: the register as a whole, past months, plan actions, panels, documents.
OF_WHAT_CAME_IN = frozenset({"file", "cell", "observation", "rating", "commentary"})
OF_EVERY_KPI = frozenset({"register", "return"})
OF_NO_KPI = frozenset({"directorate", "past", "action", "actioncell", "panel", "panelcell", "publication"})

_REGISTER = "register"


@dataclass(frozen=True, kw_only=True)
class Scored:
    """What is scored: KPIs due by reference, with the service they are of.

    ``absent`` are those without an answer, ``missed`` those of them that should have one. ``dimensions`` gives the dimension
    of each rule that was asked, and of no other.
    """

    services: Mapping[str, str]
    absent: AbstractSet[str]
    missed: AbstractSet[str]
    dimensions: Mapping[str, Dimension]


def score_kpis(scored: Scored, checks: Iterable[Check], findings: Iterable[Finding]) -> dict[str, dict[Dimension, Score]]:
    """Score every KPI due in every dimension; one in which nothing was checked has a score of no checks."""
    asked, broken = _asked(scored, checks), _broken(scored, findings)
    return {kpi_ref: _score(kpi_ref, asked[kpi_ref], broken.get(kpi_ref, {}), scored) for kpi_ref in scored.services}


def _asked(scored: Scored, checks: Iterable[Check]) -> dict[str, AbstractSet[str]]:
    """Name the rules asked of each KPI due."""
    of_all: set[str] = set()
    own: dict[str, set[str]] = {kpi_ref: set() for kpi_ref in scored.services}
    for check in checks:
        if check.rule_id in scored.dimensions and _suite(check.rule_id) not in OF_NO_KPI:
            rules = of_all if check.kpi_ref == EVERY_ROW else own.get(check.kpi_ref, set())
            rules.add(check.rule_id)
    return {kpi_ref: _made(rules | of_all, is_absent=kpi_ref in scored.absent) for kpi_ref, rules in own.items()}


def _made(rules: AbstractSet[str], *, is_absent: bool) -> AbstractSet[str]:
    """Leave out what could not be asked of a KPI without an answer."""
    return {rule_id for rule_id in rules if _suite(rule_id) in OF_EVERY_KPI} if is_absent else rules


def _broken(scored: Scored, findings: Iterable[Finding]) -> dict[str, dict[str, Severity]]:
    """Map each KPI to the rules it breaks, each with the gravest of its findings."""
    of_service: dict[str, list[str]] = {}
    for kpi_ref, service_id in scored.services.items():
        of_service.setdefault(service_id, []).append(kpi_ref)
    broken: dict[str, dict[str, Severity]] = {}
    for finding in findings:
        if finding.rule_id not in scored.dimensions or _suite(finding.rule_id) in OF_NO_KPI:
            continue
        if finding.kpi_ref:
            about: Iterable[str] = {finding.kpi_ref} & scored.services.keys()
        else:
            about = of_service.get(finding.service_id, ()) if finding.service_id else scored.services
        for kpi_ref in about:
            is_missed = kpi_ref in scored.missed and _suite(finding.rule_id) != _REGISTER
            rules = broken.setdefault(kpi_ref, {})
            if is_missed or finding.severity is Severity.CRITICAL:
                rules[finding.rule_id] = Severity.CRITICAL
            else:
                rules.setdefault(finding.rule_id, finding.severity)
    return broken


def _score(kpi_ref: str, asked: AbstractSet[str], broken: Mapping[str, Severity], scored: Scored) -> dict[Dimension, Score]:
    is_missed = kpi_ref in scored.missed
    # Nothing could be asked of what did not come in, so what is found of it all the same is a check more, and a failed one.
    found_by = {rule_id: severity for rule_id, severity in broken.items() if is_missed or rule_id in asked}
    checks = Counter(scored.dimensions[rule_id] for rule_id in asked | found_by.keys())
    found = Counter(scored.dimensions[rule_id] for rule_id in found_by)
    failed = Counter(scored.dimensions[rule_id] for rule_id, severity in found_by.items() if severity is Severity.CRITICAL)
    if is_missed:  # that something is said of it is a check no rule of a suite makes
        checks[Dimension.COMPLETENESS] += 1
        found[Dimension.COMPLETENESS] += 1
        failed[Dimension.COMPLETENESS] += 1
    return {item: Score(checks=checks[item], failed=failed[item], flagged=found[item] - failed[item]) for item in Dimension}


def _suite(rule_id: str) -> str:
    return rule_id.partition(".")[0]
