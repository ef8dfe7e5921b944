"""Signing data-quality templates: who may, what is kept, and what validation and publication make of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cycle import desk
from cycle.council import SLUG, Council, council_at
from cycle.governed import Governed, governed
from faults.small import small_council
from pmf.cycle.publish import publish_signed_off, sign_off_documents
from pmf.cycle.template_signing import Signed, SigningError, TemplateLine, sign_templates, template_lines
from pmf.cycle.validate import validate_returns
from pmf.form.layout import FieldName
from pmf.period import FinancialYear, Month
from pmf.register.template import DECLARATION

APRIL, YEAR = Month(2024, 4), FinancialYear(2024)
HOLDER = "head-of-libraries"
DAY = timedelta(days=1)


@pytest.fixture
def council(tmp_path: Path, warehouse_url: str) -> Council:
    """The sample council before its first month, on each of the two databases: nothing is signed."""
    return council_at(tmp_path / "home", warehouse_url=warehouse_url)


@pytest.fixture
def alone(tmp_path: Path) -> Council:
    """The same on SQLite alone, for what takes a validation."""
    return council_at(tmp_path / "home")


def sign(council: Council, *refs: str, post: str = HOLDER, year: FinancialYear = YEAR, days: int = 0) -> Signed:
    at = council.teller.profile.opens_at(APRIL) + days * DAY
    return sign_templates(SLUG, year, kpi_refs=refs or None, post=post, as_at=at, settings=council.settings)


def lines(council: Council, days: int = 0, year: FinancialYear = YEAR) -> dict[str, TemplateLine]:
    at = council.teller.profile.opens_at(APRIL) + days * DAY
    return {line.kpi_ref: line for line in template_lines(SLUG, year, as_at=at, settings=council.settings)}


def found(council: Council, days: int = 8) -> dict[str, dict[str, Any]]:
    """Validate April and give what is found about signatures, by KPI."""
    at = council.teller.profile.opens_at(APRIL) + days * DAY
    validate_returns(SLUG, APRIL, as_at=at, settings=council.settings)
    rows = desk.ask(council, "findings_at", period=APRIL.key, point="returns", as_at=at)
    return {row["kpi_ref"]: row for row in rows if row["rule_id"].startswith("register.template_")}


def test_a_holder_signs_for_the_kpis_it_answers_for(council: Council) -> None:
    """All of a service's templates are signed in one go, with the declaration, the post and the moment."""
    signed = sign(council)
    rows = desk.table(council, "template_sign_off")
    assert set(signed.signed) == {row["kpi_ref"] for row in rows} >= {"36", "37"}
    assert {(row["post"], row["declaration"], row["financial_year"]) for row in rows} == {(HOLDER, DECLARATION, "FY2024-25")}
    line = lines(council, 1)["36"]
    assert (line.state, line.signed_by, line.signed_on) == ("signed", HOLDER, "2024-05-01")
    assert Counter(item.state for item in lines(council).values()).keys() == {"signed", "unsigned", "missing"}


def test_what_is_signed_is_not_signed_again(council: Council) -> None:
    """A second signature of the same answers says that they were signed, and adds nothing."""
    first = sign(council, "36", "37")
    second = sign(council, "36", days=1)
    assert (first.signed, second.signed, second.already) == (("36", "37"), (), ("36",))
    assert len(desk.table(council, "template_sign_off")) == 2


@pytest.mark.parametrize(
    ("post", "refs", "told"),
    [
        ("nobody", (), "has no post 'nobody'"),
        ("head-of-highways", ("36",), "head-of-highways does not answer for KPI 36; its template is signed by .*head-of-libraries"),
        (HOLDER, ("999",), "has no KPI '999' in 2024/25"),
    ],
)
def test_only_who_answers_for_a_kpi_signs_its_template(council: Council, post: str, refs: tuple[str, ...], told: str) -> None:
    """Another service's manager, an unknown post and an unknown KPI are refused, and nothing is signed."""
    with pytest.raises(SigningError, match=told):
        sign(council, *refs, post=post)
    assert desk.table(council, "template_sign_off") == []


def test_a_post_that_answers_for_nothing_signs_nothing(alone: Council) -> None:
    """The performance team signs no templates: they are the services' own."""
    assert sign(alone, post="governance-and-performance-team") == Signed((), (), ())


def test_an_unsigned_template_is_found_and_withholds_nothing(alone: Council) -> None:
    """Validation says of each KPI that its template has never been signed; that flags, and withholds no figure."""
    sign(alone, "36")
    unsigned = found(alone)
    assert "36" not in unsigned
    assert {(row["rule_id"], row["severity"], row["scope"]) for row in unsigned.values()} == {
        ("register.template_unsigned", "warning", "publication")
    }
    assert unsigned["37"]["message"].endswith("has never been signed.")
    assert "sign it for 2024/25" in unsigned["37"]["fix"]


def test_an_expired_signature_is_found(alone: Council) -> None:
    """What was signed for the year before must be signed anew: the finding names both years."""
    sign(alone, "36")
    assert lines(alone, 365, YEAR.next)["36"].state == "expired"
    april, at = Month(2025, 4), alone.teller.profile.cycle_at(Month(2025, 4))
    validate_returns(SLUG, april, as_at=at, settings=alone.settings)
    rows = desk.ask(alone, "findings_at", period=april.key, point="returns", as_at=at)
    (expired,) = [row for row in rows if row["rule_id"] == "register.template_expired"]
    assert expired["message"].endswith("was signed for 2024/25, not yet for 2025/26.")
    assert (expired["kpi_ref"], expired["found"]) == ("36", "2024/25")


def test_a_template_that_does_not_hold_in_the_year_cannot_be_signed(alone: Council) -> None:
    """Templates of the sample begin in April 2024: for the year before there is none to sign."""
    signed = sign(alone, "36", year=YEAR.previous)
    assert signed == Signed(signed=(), already=(), without_template=("36",))


def test_a_changed_template_names_the_answers_that_changed(alone: Council, tmp_path: Path) -> None:
    """The register kept at the signing says which answers changed since; signing again puts it right."""
    place = governed(alone, tmp_path / "organisations")
    edited = Council(place.settings, alone.teller)
    sign(edited, "36")
    change_template(place)
    row = found(edited)["36"]
    assert row["rule_id"] == "register.template_changed"
    assert row["message"].endswith("was changed after Head of Libraries signed it on 1 May 2024: seasonality.")
    assert lines(edited, 1)["36"].changed == ("seasonality",)
    sign(edited, "36", days=9)
    assert "36" not in found(edited, 10)
    assert found(edited, 8)["36"]["rule_id"] == "register.template_changed"


def change_template(place: Governed) -> None:
    place.edit("data_quality_templates.csv", "Rises in July to September with the Summer Reading Challenge; flat in winter.", "Flat.")


def test_without_the_register_of_the_day_the_moment_is_all_that_is_known(alone: Council, tmp_path: Path) -> None:
    """Where the register of the signing was not kept, the finding still says who signed and when."""
    place = governed(alone, tmp_path / "organisations")
    edited = Council(place.settings, alone.teller)
    row = {"kpi_ref": "36", "financial_year": YEAR.key, "template_digest": "0" * 16, "post": HOLDER, "declaration": DECLARATION}
    desk.insert(edited, "template_sign_off", row | {"signed_at": alone.teller.profile.opens_at(APRIL)})
    assert found(edited)["36"]["message"].endswith("signed it on 1 May 2024: what, the register of that day does not say.")


def test_a_paper_waits_for_a_signature_and_no_longer(tmp_path: Path) -> None:
    """A month's scorecards are not published while a template is unsigned; once it is signed they are, without another run."""
    edited = small_council(tmp_path / "home", with_highways=True, sign_off={"needed_for": ["month", "quarter"]})
    place = Governed(edited.settings, edited.settings.organisations / SLUG)
    change_template(place)
    edited.whole_month(APRIL)
    at = edited.teller.profile.cycle_at(APRIL)
    sign_off_documents(SLUG, APRIL, post="governance-and-performance-team", reason="test", as_at=at, settings=place.settings)
    before = publish_signed_off(SLUG, APRIL, as_at=at, settings=place.settings)
    assert set(before.blocked) == {"scorecard-organisation", "scorecard-strategy-partnerships"}  # those that print KPI 36
    assert before.published == 1  # that of the other directorate
    assert all("was changed after" in reason for reasons in before.blocked.values() for reason in reasons)
    assert_the_figure_counts(edited)
    sign(edited, "36", days=20)
    after = publish_signed_off(SLUG, APRIL, as_at=at + 20 * DAY, settings=place.settings)
    assert (after.blocked, after.published) == ({}, 3)


def assert_the_figure_counts(council: Council) -> None:
    """Whatever becomes of its papers, a figure whose template is not signed as it stands is collected and has its colour."""
    assert {row["outcome"] for row in desk.table(council, "received_file")} == {"accepted"}
    ratings = [row for row in desk.table(council, "rating") if (row["kpi_ref"], row["period"]) == ("36", APRIL.key)]
    typed = council.teller.sample.first_typed(APRIL, "libraries")["36"]
    assert {(str(row["value"]), row["status"]) for row in ratings} == {(typed[FieldName.VALUE], "green")}
