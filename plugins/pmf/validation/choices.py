"""What a council has chosen for single rules: that a finding fails its run, or that it only flags.

A choice changes how grave a rule is and nothing of what it asks, so checks are compiled, findings worded and figures withheld
as for any rule. What blocks publication stays as it is (rulings 11): that is waived case by case, by a post.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pmf.finding import Scope, Severity
from pmf.register.collection import QualityTolerance, RuleChoice
from pmf.validation.suites import Suite, SuiteError


def choose(suites: Mapping[str, Suite], quality: QualityTolerance, *, folder: Path) -> dict[str, Suite]:
    """Give the suites as the council asks them: rules of ``stop_on`` critical, rules of ``advisory`` no more than a warning.

    ``folder`` holds all suites, of which ``suites`` may be some: a choice for another point's rule waits for that point.

    Raises:
        SuiteError: when a choice names a suite or rule there is none of, one that blocks publication, or one that is as chosen.
    """
    changes: dict[str, dict[str, Any]] = {}
    for field, severity in (("stop_on", Severity.CRITICAL), ("advisory", Severity.WARNING)):
        for choice in getattr(quality, field):
            if _applies(field, choice, suites, folder=folder):
                changes[choice.rule] = {"severity": severity}
    return {name: _changed(suite, changes) for name, suite in suites.items()}


def chosen_words(quality: QualityTolerance) -> dict[str, str]:
    """Say of each rule the council has chosen something for what that is and why, for print."""
    stops = {choice.rule: f"Fails the run by the council's choice: {choice.reason}" for choice in quality.stop_on}
    return stops | {choice.rule: f"Only flags by the council's choice: {choice.reason}" for choice in quality.advisory}


def _applies(field: str, choice: RuleChoice, suites: Mapping[str, Suite], *, folder: Path) -> bool:
    """Tell whether a choice is about a rule of these suites, and refuse one that cannot be kept."""
    name = choice.rule.partition(".")[0]
    place = f"organisation.yaml, field quality.{field} (found {choice.rule!r})"
    if name not in suites:
        if not (folder / f"{name}.json").exists():
            raise SuiteError(f"{place}: there is no suite {name!r}; there are {', '.join(sorted(p.stem for p in folder.glob('*.json')))}")
        return False
    rule = next((rule for rule in suites[name].rules if rule.rule_id == choice.rule), None)
    if rule is None:
        raise SuiteError(f"{place}: there is no such rule; there are {', '.join(rule.rule_id for rule in suites[name].rules)}")
    if rule.meta.scope is Scope.PUBLICATION:
        raise SuiteError(f"{place}: it blocks publication and never a figure; a post waives it where that is right")
    if field == "advisory" and rule.severity is Severity.WARNING and not rule.meta.critical_where:
        raise SuiteError(f"{place}: it only flags as it is")
    return True


def _changed(suite: Suite, changes: Mapping[str, dict[str, Any]]) -> Suite:
    """Change a suite's rules; what would make one graver for some KPIs goes with the severity it would change."""
    rules = tuple(
        rule.model_copy(update={**change, "meta": rule.meta.model_copy(update={"critical_where": {}})})
        if (change := changes.get(rule.rule_id))
        else rule
        for rule in suite.rules
    )
    return Suite(suite.path, suite.name, rules)
