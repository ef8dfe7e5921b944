"""``docs/data-quality-template.md`` says of every answer which checks it drives; it is held to the suites here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pmf.register import DataQualityTemplate, Kpi
from pmf.register.template import QUESTIONS
from pmf.validation.definitions import ANSWER_OF, DEFINITION_COLUMNS
from pmf.validation.suites import load_suites
from validation.samples import SUITES

PAGE = Path(__file__).parents[2] / "docs" / "data-quality-template.md"
RULES = {rule.rule_id: rule for suite in load_suites(SUITES) for rule in suite.rules}
NOT_ANSWERS = {"kpi_ref", "valid_from", "valid_to"}
# What datasets read without the rule naming the column; tests/validation/test_register.py and test_due_day.py break each.
POSTS = ("collector_post", "forecaster_post", "commentator_post", "cover_post")
READ_OF_THE_TEMPLATE = {
    "register.template_unanswered": set(QUESTIONS),
    "register.post_unknown": set(POSTS),
    "register.cover_is_collector": {"collector_post", "cover_post"},
}
READ_OF_THE_KPI = {
    "register.nobody_stands_in": {"holder_post", "deputy_post"},
    "register.ambition_missing": {"ambition_ids"},
    "register.target_missing": {"no_target_reason"},
    "register.review_overdue": {"status_type", "review_on"},
    "register.suspended_long": {"status_type"},
    "directorate.too_few_strategic": {"level", "directorate_id"},
    "directorate.too_many_strategic": {"level", "directorate_id"},
    "directorate.one_sided": {"level", "directorate_id", "lead_lag", "is_financial"},
    "observation.quotient_disagrees": {"decimals", "ratio_multiplier"},
    "observation.source_missing": {"source_id"},
    "commentary.movement_disagrees": {"direction"},
    "cell.row_due": {"frequency", "service_id"},
    "return.came_in": {"due_working_day"},
}


def columns_named(rule_id: str) -> frozenset[str]:
    rule = RULES[rule_id]
    return DEFINITION_COLUMNS & (rule.compared | rule.meta.critical_where.keys())


def drives(field: str, model: type[DataQualityTemplate | Kpi]) -> set[str]:
    """The rules an answer drives: those that name its column, encode it, or read it in their dataset."""
    if model is Kpi:
        return {rule for rule in RULES if field in columns_named(rule) or field in READ_OF_THE_KPI.get(rule, ())}
    named = {rule for rule in RULES if field in {ANSWER_OF.get(column) for column in columns_named(rule)}}
    encoded = {rule_id for rule_id, rule in RULES.items() if rule.meta.dqt_field == field}
    return named | encoded | {rule for rule, fields in READ_OF_THE_TEMPLATE.items() if field in fields}


def rows(heading: str) -> list[tuple[str, set[str], set[str], str]]:
    """The rows of the table under a heading: the question, the fields and the rules between backticks, the words of the last cell."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| ")]
    return [
        (first, set(re.findall(r"`([a-z_]+)`", second)), set(re.findall(r"`([a-z]+\.[a-z_]+)`", third)), third)
        for first, second, third in cells[1:]
    ]


FORM, FORGOT, KPI = "What the form asks", "What the form forgot", "What the KPI's own definition drives"


@pytest.mark.parametrize(("headings", "model"), [((FORM, FORGOT), DataQualityTemplate), ((KPI,), Kpi)], ids=["template", "KPI"])
def test_the_page_names_every_answer_once(headings: tuple[str, ...], model: type[DataQualityTemplate | Kpi]) -> None:
    """Every field of the template and of the KPI stands in one row, and no other."""
    named = [field for heading in headings for _, fields, _, _ in rows(heading) for field in fields]
    assert sorted(named) == sorted(set(model.model_fields) - NOT_ANSWERS)


@pytest.mark.parametrize(("heading", "model"), [(FORM, DataQualityTemplate), (FORGOT, DataQualityTemplate), (KPI, Kpi)])
def test_the_page_names_the_checks_each_answer_drives(heading: str, model: type[DataQualityTemplate | Kpi]) -> None:
    """The checks in a row are those its answers drive, neither more nor fewer; a row without a check says why."""
    wrong = {}
    for question, fields, named, words in rows(heading):
        expected = {rule for field in fields for rule in drives(field, model)}
        if fields and named != expected:
            wrong[question] = {"lacks": sorted(expected - named), "has too much": sorted(named - expected)}
        assert named or words.startswith("No check: "), question
        assert named <= RULES.keys(), question
    assert wrong == {}


def test_every_rule_that_encodes_an_answer_is_on_the_page() -> None:
    """A rule that says it encodes an answer is in that answer's row."""
    on_the_page = {rule for heading in (FORM, FORGOT) for _, _, rules, _ in rows(heading) for rule in rules}
    assert {rule_id for rule_id, rule in RULES.items() if rule.meta.dqt_field} <= on_the_page
