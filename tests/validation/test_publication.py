"""Before publication: what was found earlier and still stands."""

from __future__ import annotations

from typing import Any

import pytest

from pmf.finding import Outcome
from pmf.period import Quarter
from pmf.validation.inputs import PublicationInputs
from pmf.validation.points import Checked, check_publication
from validation.samples import SUITES, a_kpi, a_register


def an_earlier(**fields: Any) -> dict[str, Any]:
    """One row of ``finding``."""
    row = {
        "rule_id": "commentary.red_without_comment",
        "severity": "warning",
        "scope": "publication",
        "kpi_ref": "36",
        "service_id": "libraries",
        "message": "KPI 36 is red and has no comment.",
        "fix": "Say why.",
        "is_waived": False,
    }
    return row | fields


def checked(*findings: dict[str, Any], **inputs: Any) -> Checked:
    register = a_register([a_kpi("36")])
    return check_publication(PublicationInputs(register=register, period=Quarter(2024, 2), findings=findings, **inputs), suites=SUITES)


def test_nothing_open_publishes() -> None:
    """A period with nothing open, or only what was waived or withheld, may be published."""
    withheld = an_earlier(rule_id="observation.below_minimum", severity="critical", scope="row")
    result = checked(withheld, an_earlier(is_waived=True))
    assert (result.findings, result.decision.outcome) == ((), Outcome.PASS)


def test_a_document_waits_for_its_commentary() -> None:
    """An open finding on publication blocks what prints its KPI, in the words it was first told in."""
    result = checked(an_earlier())
    (finding,) = result.blocking
    assert (finding.rule_id, finding.kpi_ref, finding.found) == ("publication.document_blocked", "36", "commentary.red_without_comment")
    assert (finding.message, finding.fix) == ("KPI 36 is red and has no comment.", "Say why.")
    assert result.decision.outcome is Outcome.FLAG


def test_publish_without_it_is_a_waiver() -> None:
    """A waiver lets the document through."""
    result = checked(an_earlier(), waived={("publication.document_blocked", "36")})
    assert (result.blocking, result.decision.outcome) == ((), Outcome.PASS)


@pytest.mark.parametrize(("severity", "outcome"), [("critical", Outcome.FAIL), ("warning", Outcome.PASS)])
def test_a_failed_validation_publishes_nothing(severity: str, outcome: Outcome) -> None:
    """A month whose validation failed as a whole is not published."""
    failed = an_earlier(
        rule_id="return.any_came_in", severity=severity, scope="batch", kpi_ref=None, service_id=None, message="No return came in."
    )
    assert checked(failed).decision.outcome is outcome
