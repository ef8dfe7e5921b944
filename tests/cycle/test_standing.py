"""A KPI's figure of a period gets its status by what the policy asks for: its own tolerance, or its figure of a year ago."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pmf.cycle.figures import Figures
from pmf.cycle.rated.standing import Rater
from pmf.cycle.rated.window import window_of
from pmf.period import Period, parse_month, parse_period
from pmf.rating.judge import Judgement
from pmf.rating.policy import load_policy
from pmf.register import Kpi, Profile, Register, Target, load_profile
from pmf.series.point import Point
from pmf.settings import read_settings

SETTINGS = read_settings({})
LONG_AGO = date(2020, 4, 1)
VISITS = {"aggregation": "sum", "unit": "number", "decimals": 0}
SPENT = VISITS | {"is_cumulative": "yes", "unit": "£", "direction": "lower"}


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile(SETTINGS.organisations / "cambridgeshire", policies=SETTINGS.policies)


def a_kpi(**answers: Any) -> Kpi:
    usual = {
        "kpi_ref": "K1",
        "valid_from": LONG_AGO,
        "title": "A case's indicator",
        "directorate_id": "strategy-partnerships",
        "service_id": "libraries",
        "level": "strategic",
        "unit": "%",
        "decimals": 1,
        "direction": "higher",
        "aggregation": "last",
    }
    return Kpi.model_validate(usual | answers)


def judged(
    profile: Profile, policy: str, period: str, figures: str, *, target: dict[str, Any], kpi: dict[str, Any] | None = None
) -> Judgement:
    """Judge a period from figures written like ``2023-09=79 2024-09=80``."""
    points = [Point(period=parse_month(month), value=Decimal(figure)) for month, figure in (one.split("=") for one in figures.split())]
    own = a_kpi(**(kpi or {}))
    register = Register(profile, (own,), (Target.model_validate({"kpi_ref": "K1", "valid_from": LONG_AGO} | target),), ())
    rater = Rater(register, Figures({"K1": tuple(points)}, {}, {}), load_policy(SETTINGS.policies / f"{policy}.yaml"))
    asked: Period = parse_period(period)
    return rater.rated(own, window_of(own, asked)).judgement


QUARTER, QUARTER_LAST_YEAR = "2024-07=70 2024-08=70 2024-09=70", "2023-07={0} 2023-08={0} 2023-09={0}"


@pytest.mark.parametrize(
    ("period", "figures", "kpi", "status", "words"),
    [
        ("2024-09", "2023-09=79 2024-09=80", {}, "amber", "better than in the same period last year"),
        ("2024-09", "2023-09=80 2024-09=80", {}, "amber", "unchanged from the same period last year"),
        ("2024-09", "2023-09=81 2024-08=70 2024-09=80", {}, "red", "worse than in the same period last year"),
        # The first month of a KPI, and one whose month last year is not there.
        ("2024-09", "2024-09=80", {}, "red", "not comparable with the same period last year"),
        ("2024-09", "2023-08=70 2024-09=80", {}, "red", "not comparable with the same period last year"),
        # The year turn: April is compared with April, not with March.
        ("2024-04", "2023-04=79 2024-03=99 2024-04=80", {}, "amber", "better than in the same period last year"),
        # A quarter with the same quarter, and never with a part of one.
        ("2024-25-Q2", f"{QUARTER_LAST_YEAR.format(60)} {QUARTER}", VISITS, "amber", "better than in the same period last year"),
        ("2024-25-Q2", f"{QUARTER_LAST_YEAR.format(80)} {QUARTER}", VISITS, "red", "worse than in the same period last year"),
        ("2024-25-Q2", f"2023-07=60 2023-08=60 {QUARTER}", VISITS, "red", "not comparable with the same period last year"),
        # What runs up from April on has run up equally long.
        ("2024-09", "2023-08=100 2023-09=150 2024-08=130 2024-09=140", SPENT, "amber", "better than in the same period last year"),
    ],
)
def test_the_same_period_last_year_decides_beyond_ten_per_cent(
    profile: Profile, period: str, figures: str, kpi: dict[str, Any], status: str, words: str
) -> None:
    """Havering's rule finds the figure of a year ago by itself, whatever the period and however the months add up."""
    target = {"target": "240", "period_kind": "quarter"} if "Q" in period else {"target": "100"}
    judgement = judged(profile, "havering-2013", period, figures, target=target, kpi=kpi)
    assert (judgement.status, words in judgement.reason) == (status, True), judgement.reason


def test_a_slight_change_is_none_where_the_council_says_so(profile: Profile) -> None:
    """Within the council's no-change band a figure has been maintained, which is amber."""
    calm = profile.model_copy(update={"no_change_pct": Decimal(2)})
    figures, target = "2023-09=81 2024-09=80", {"target": "100"}
    assert judged(profile, "havering-2013", "2024-09", figures, target=target).status == "red"
    assert judged(calm, "havering-2013", "2024-09", figures, target=target).status == "amber"


@pytest.mark.parametrize(("tolerance", "status"), [("25", "amber"), ("15", "red"), ("", "red")])
def test_a_kpis_own_tolerance_is_that_of_its_target(profile: Profile, tolerance: str, status: str) -> None:
    """The tolerance stands in targets.csv beside the target, and a KPI without one has none."""
    target = {"target": "100", "tolerance_pct": tolerance}
    assert judged(profile, "reigate-tolerance", "2024-09", "2024-09=80", target=target).status == status


def test_a_part_of_a_years_target_keeps_the_tolerance(profile: Profile) -> None:
    """A quarter's part of a year's target is tolerated by the same percentage of itself."""
    target = {"target": "1000", "period_kind": "year", "profile": "even", "tolerance_pct": "20"}
    judgement = judged(profile, "reigate-tolerance", "2024-25-Q2", QUARTER, target=target, kpi=VISITS)
    assert judgement.status == "amber"
    assert judgement.reason.startswith("210 against a target of 250 and a tolerance of 20%: 16% worse than target")


def test_a_suspended_kpi_tells_its_reason_and_its_review(profile: Profile) -> None:
    """Whatever figure there is, a suspended KPI has no colour, and says until when."""
    suspended = {"status_type": "suspended", "suspended_reason": "A new system.", "review_on": "2024-12-01"}
    judgement = judged(profile, "havering-2013", "2024-09", "2024-09=80", target={"target": "100"}, kpi=suspended)
    assert (judgement.status, judgement.reason) == ("suspended", "Suspended: A new system; to be reviewed on 1 December 2024.")


def test_a_negative_tolerance_is_refused_in_the_register() -> None:
    """How far short is tolerated has no sign."""
    with pytest.raises(ValueError, match="tolerance_pct"):
        Target.model_validate({"kpi_ref": "K1", "valid_from": LONG_AGO, "target": "100", "tolerance_pct": "-5"})
