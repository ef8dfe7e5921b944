"""The rule of interventions in a council's profile."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pmf.register import load_profile, load_register
from pmf.register.assessment import Approver, InterventionRule
from pmf.register.intervention import approving_posts
from pmf.settings import read_settings

ORGANISATIONS = read_settings({}).organisations


def test_huntingdonshire_follows_the_form() -> None:
    """The district asks for the three approvals of Appendix F and follows three months; the county opens no form."""
    profile = load_profile(ORGANISATIONS / "huntingdonshire")
    assert profile.intervention == InterventionRule(approvals=(Approver.HEAD, Approver.DIRECTOR, Approver.PORTFOLIO_HOLDER), months=3)
    assert load_profile(ORGANISATIONS / "cambridgeshire").intervention is None


def test_approvals_are_of_posts() -> None:
    """Each approval is the post's that the profile and the register name; a KPI without a portfolio holder asks for none of theirs."""
    register = load_register(ORGANISATIONS / "huntingdonshire")
    kpi = next(kpi for kpi in register.kpi_versions if kpi.kpi_ref == "PI-09")
    assert list(approving_posts(register.profile, kpi).values()) == [
        "head-of-housing",
        "corporate-director-of-communities",
        "executive-councillor-for-communities-and-housing",
    ]
    nobody = kpi.model_copy(update={"portfolio_holder_post": None})
    assert Approver.PORTFOLIO_HOLDER not in approving_posts(register.profile, nobody)


@pytest.mark.parametrize("fields", [{"approvals": ()}, {"approvals": ("head", "head")}, {"months": 0}, {"approvals": ("mayor",)}])
def test_a_rule_that_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    """No approvals, one twice, no months and an unknown approver are refused."""
    with pytest.raises(ValidationError):
        InterventionRule(**fields)
