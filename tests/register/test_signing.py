"""How a data-quality template stands: signed for the year, expired, changed since, never signed, or not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pmf.period import FinancialYear, Month
from pmf.register import Register, load_register
from pmf.register.signing import SigningState, TemplateState, changed_answers, signed_template, signers, template_states, templates_of_year

Edit = Callable[[str, str, str], Path]
JULY, YEAR = Month(2024, 7), FinancialYear(2024)
APRIL_3 = datetime(2024, 4, 3, 9, tzinfo=UTC)


@pytest.fixture
def register(council: Path) -> Register:
    return load_register(council)


def a_sign_off(register: Register, kpi_ref: str = "1", **changes: Any) -> dict[str, Any]:
    """A row of ``template_sign_off``: the template as it is, signed on 3 April 2024 for 2024/25."""
    template = register.template(kpi_ref, JULY.last_day)
    assert template is not None
    row = {"kpi_ref": kpi_ref, "financial_year": YEAR.key, "template_digest": template.digest, "signed_at": APRIL_3, "post": "head"}
    return row | changes


def state(register: Register, *sign_offs: dict[str, Any], kpi_ref: str = "1", month: Month = JULY) -> TemplateState:
    return template_states(register, month, sign_offs)[kpi_ref]


def test_every_kpi_in_force_has_a_state(register: Register) -> None:
    """Signed, never signed or without a template: each KPI of the month is one of them."""
    states = {ref: item.state for ref, item in template_states(register, JULY, [a_sign_off(register)]).items()}
    missing = dict.fromkeys(("3", "4", "5", "5-A"), SigningState.MISSING)
    assert states == {"1": SigningState.SIGNED, "2": SigningState.UNSIGNED, **missing}


def test_a_sign_off_holds_for_its_financial_year(register: Register) -> None:
    """From April on, what was signed for the year before has expired; what was signed for a later year says nothing yet."""
    signed = a_sign_off(register)
    assert state(register, signed, month=Month(2025, 3)).state is SigningState.SIGNED
    expired = state(register, signed, month=Month(2025, 4))
    assert (expired.state, expired.signed_for, expired.post) == (SigningState.EXPIRED, "2024/25", "head")
    ahead = a_sign_off(register, financial_year=YEAR.next.key)
    assert state(register, ahead).state is SigningState.UNSIGNED


def test_another_answer_opens_the_question_again(edit: Edit, register: Register) -> None:
    """A template changed after it was signed says since when, until the service's manager signs it as it is now."""
    signed = a_sign_off(register)
    changed = load_register(edit("data_quality_templates.csv", '"1,000"', '"2,000"'))
    found = state(changed, signed)
    assert (found.state, found.signed_on, found.digest) == (SigningState.CHANGED, APRIL_3.date(), signed["template_digest"])
    again = a_sign_off(changed, signed_at=datetime(2024, 7, 1, tzinfo=UTC))
    assert state(changed, signed, again).state is SigningState.SIGNED


def test_each_version_of_a_template_needs_its_signature(council: Path) -> None:
    """A template that another follows within the year stays signed for its own months; the one that follows is not yet."""
    (council / "data_quality_templates.csv").write_text(
        "kpi_ref,valid_from,valid_to,maximum\n1,2024-04-01,2024-09-01,1000\n1,2024-09-01,,2000\n", encoding="utf-8"
    )
    register = load_register(council)
    signed = a_sign_off(register)
    states = [state(register, signed, month=month).state for month in (JULY, Month(2024, 9))]
    assert states == [SigningState.SIGNED, SigningState.CHANGED]


def test_the_day_of_signing_is_the_councils_own(register: Register) -> None:
    """A signature given at half past midnight in summer is of that day, not of the day before in Greenwich."""
    late = a_sign_off(register, signed_at=datetime(2024, 6, 30, 23, 30, tzinfo=UTC))
    assert state(register, late).signed_on == datetime(2024, 7, 1, tzinfo=UTC).date()


def test_who_may_sign_answers_for_the_kpi(edit: Edit, register: Register) -> None:
    """The holder and the head of the service sign, and a holder of the KPI's own; nobody for a year it is not in force."""
    assert signers(register, "1", YEAR) == {"head", "team"}
    edit("kpis.csv", ",part_of\n", ",part_of,holder_post\n")
    own = load_register(edit("kpis.csv", "sum,1,1,\n", "sum,1,1,,officer\n"))
    assert signers(own, "1", YEAR) == {"head", "team", "officer"}
    assert signers(own, "1", YEAR.previous) == frozenset()


def test_what_was_changed_is_found_in_the_files_of_the_day(edit: Edit, council: Path, register: Register) -> None:
    """The template that was signed is read from the register's files as they were kept; answers are compared, dates are not."""
    digest = a_sign_off(register)["template_digest"]
    name = "data_quality_templates.csv"
    kept = {name: (council / name).read_text(encoding="utf-8")}
    before = signed_template(kept, "1", digest)
    assert before == register.template("1", JULY.last_day)
    edit(name, '"1,000"', '"2,000"')
    after = load_register(edit(name, "1,2024-04-01,officer", "1,2024-04-02,officer")).template("1", JULY.last_day)
    assert before is not None
    assert after is not None
    assert changed_answers(before, after) == ("maximum",)


@pytest.mark.parametrize(
    "files", [{}, {"data_quality_templates.csv": ""}, {"data_quality_templates.csv": "kpi_ref,valid_from\n1,yesterday\n"}]
)
def test_files_that_do_not_say_are_no_answer(files: dict[str, str]) -> None:
    """Where the files of the day are gone, empty or unreadable by today's rules, nobody knows what was signed."""
    assert signed_template(files, "1", "0" * 16) is None


def test_all_versions_that_hold_in_a_year_are_signed(council: Path) -> None:
    """Versions that hold at some time between 1 April and 31 March belong to the year, others do not."""
    (council / "data_quality_templates.csv").write_text(
        "kpi_ref,valid_from,valid_to\n1,2023-04-01,2024-04-01\n1,2024-04-01,2024-09-01\n1,2024-09-01,2025-04-01\n1,2025-04-01,\n",
        encoding="utf-8",
    )
    register = load_register(council)
    assert [template.valid_from.month for template in templates_of_year(register, "1", YEAR)] == [4, 9]
