"""The page of all checks names every rule of every suite beside what a council expects, and no rule there is not."""

from __future__ import annotations

import re
from pathlib import Path

from pmf.validation.suites import load_suite
from validation.samples import SUITES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "checks.md"
ROWS = [line.split("|")[1:-1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|") and "`" in line]
NAMED = [(re.findall(r"`([a-z]+\.[a-z0-9_]+)`", rules), {name.strip() for name in suites.split(",")}) for _, rules, suites in ROWS]
SHIPPED = {rule.rule_id for path in SUITES.glob("*.json") for rule in load_suite(path).rules}


def test_every_rule_stands_on_the_page_and_no_other() -> None:
    """A rule added to a suite must be said to look at something, and one that is gone must not be promised any more."""
    named = {rule_id for rules, _ in NAMED for rule_id in rules}
    assert named == SHIPPED


def test_each_row_names_the_suites_its_rules_are_in() -> None:
    """A row leads to the files its rules are read and edited in, and promises nothing without a rule."""
    for rules, suites in NAMED:
        assert rules
        assert suites == {rule_id.partition(".")[0] for rule_id in rules}
