"""What a validation leaves of its KPIs' quality: scores, a report that looks back, and waivers where figures are printed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cycle.council import SLUG, Council
from cycle.desk import APRIL, MAY, ask, copy_of, drop, filled, table
from faults.small import small_council
from page.reading import html_text, pdf_text, squeezed
from pmf.cycle.collect import scan_inbox
from pmf.cycle.rate import rate_month
from pmf.cycle.report import report_month
from pmf.cycle.validate import validate_ratings, validate_returns
from pmf.cycle.waiving import waive
from pmf.form.layout import FieldName

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = "Two libraries were shut for repairs."


@pytest.fixture(scope="module")
def april(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """April with two figures too small to be plausible, one of them waived, and highways that sent nothing."""
    council = small_council(tmp_path_factory.mktemp("quality") / "home", with_highways=True)
    council.open(APRIL)
    profile, at = council.teller.profile, council.teller.profile.cycle_at(APRIL)
    for service in profile.services:
        if service.id != "highways":
            changed = {"k36": {FieldName.VALUE: "3"}, "k37": {FieldName.VALUE: "2"}} if service.id == "libraries" else {}
            drop(council, APRIL, f"{service.id}.xlsx", filled(council, APRIL, service.id, **changed))
    scan_inbox(SLUG, as_at=profile.deadline(APRIL) - HOUR, settings=council.settings)
    waive(
        SLUG,
        APRIL,
        rule_id="observation.below_minimum",
        kpi_ref="36",
        post="head-of-libraries",
        reason=WHY,
        until=date(2024, 7, 31),
        as_at=at - HOUR,
        settings=council.settings,
    )
    validate_returns(SLUG, APRIL, as_at=at, settings=council.settings)
    rate_month(SLUG, APRIL, as_at=at, settings=council.settings)
    validate_ratings(SLUG, APRIL, as_at=at, settings=council.settings)
    report_month(SLUG, APRIL, as_at=at, settings=council.settings)
    return council


def scores(council: Council, kpi_ref: str, point: str = "returns") -> dict[str, tuple[int, int, int, Decimal | None]]:
    rows = table(council, "quality_score", kpi_ref=kpi_ref, point=point)
    return {row["dimension"]: (row["checks"], row["failed"], row["flagged"], row["score_pct"]) for row in rows}


def test_every_kpi_due_is_scored_in_every_dimension_at_both_points(april: Council) -> None:
    """Each KPI due has a row for each dimension and one over all of them; counts add up, and the score follows from them."""
    for point in ("returns", "ratings"):
        rows = table(april, "quality_score", point=point)
        assert set(Counter(row["kpi_ref"] for row in rows).values()) == {7}
        for ref in {row["kpi_ref"] for row in rows}:
            by_dimension = scores(april, ref, point)
            checks, failed, flagged, pct = by_dimension.pop("all")
            assert (checks, failed, flagged) == tuple(sum(column) for column in list(zip(*by_dimension.values(), strict=True))[:3])
            assert pct is not None
            assert abs(pct - Decimal(100) * (2 * (checks - failed) - flagged) / (2 * checks)) < Decimal("1e-9")
    assert len({row["kpi_ref"] for row in table(april, "quality_score", point="returns")}) == 7


def test_a_waived_fault_lowers_the_score_as_any_other(april: Council) -> None:
    """The waiver lets the figure through and makes it no better."""
    assert scores(april, "36")["accuracy"][1] == scores(april, "37")["accuracy"][1] >= 1


def test_a_kpi_that_was_not_returned_does_not_score_a_hundred(april: Council) -> None:
    """Without a return, completeness and timeliness have failed checks, and the figure's own checks were not made."""
    missing = scores(april, "PS-01")
    assert missing["completeness"][1] == 1
    assert missing["timeliness"][1] == 1
    assert (missing["accuracy"][0], missing["accuracy"][3]) == (0, None)


def test_validating_again_leaves_the_same_scores(april: Council, tmp_path: Path) -> None:
    """The same clock gives the same rows, once, and the same report."""
    council = copy_of(april, tmp_path / "home")
    before = council.state()
    validate_returns(SLUG, APRIL, as_at=council.teller.profile.cycle_at(APRIL), settings=council.settings)
    assert council.state() == before


def test_a_later_report_looks_back(april: Council, tmp_path: Path) -> None:
    """A later validation's report knows the one before, its score, and how often something was found of a KPI."""
    council = copy_of(april, tmp_path / "home")
    at = council.teller.profile.cycle_at(MAY)
    validate_returns(SLUG, MAY, as_at=at, settings=council.settings)
    (past,) = ask(council, "validation_history", point="returns", as_at=at)
    assert (past["period"], past["outcome"]) == (
        "2024-04",
        table(council, "validation_run", period="2024-04", point="returns")[0]["outcome"],
    )
    page = html_text((council.settings.outbox / SLUG / MAY.key / "data-quality" / "data-quality-returns.html").read_bytes())
    assert squeezed("The validation before, of April 2024, scored") in page
    assert squeezed("1 of 12") in page


@pytest.mark.parametrize(("ending", "read"), [("html", html_text), ("pdf", pdf_text)])
def test_the_scorecard_prints_waivers_and_why_a_figure_is_withheld(april: Council, ending: str, read) -> None:
    """A waived figure is used and says by whose waiver, until when and why; a withheld one says which check it did not meet."""
    folder = april.settings.outbox / SLUG / APRIL.key / "scorecards"
    card = read((folder / f"scorecard-strategy-partnerships.{ending}").read_bytes())
    post = april.teller.profile.post("head-of-libraries").title
    assert squeezed(f"Waived for April 2024 by the {post} until 31 July 2024: {WHY}") in card
    assert squeezed("The check that was not met: The figure is not below the least its data-quality template calls plausible.") in card
    (query,) = [row["query_id"] for row in table(april, "query", rule_id="observation.below_minimum", kpi_ref="37")]
    assert squeezed(f"{query}") in card


def test_an_expired_waiver_is_printed_no_more(april: Council, tmp_path: Path) -> None:
    """After its last day a waiver neither lets the figure through nor stands in what is printed."""
    council = copy_of(april, tmp_path / "home")
    at = council.teller.profile.cycle_at(APRIL) + 90 * DAY
    validate_returns(SLUG, APRIL, as_at=at, settings=council.settings)
    rate_month(SLUG, APRIL, as_at=at, settings=council.settings)
    report_month(SLUG, APRIL, as_at=at, settings=council.settings)
    folder = council.settings.outbox / SLUG / APRIL.key / "scorecards"
    assert squeezed(WHY) not in html_text((folder / "scorecard-strategy-partnerships.html").read_bytes())
