"""How a finding is told in a letter: what is not for publication travels without its figures."""

from __future__ import annotations

import pytest

from pmf.cycle.telling import KeptBack, Telling
from pmf.finding import Dimension, Finding, Scope, Severity
from pmf.form.model import Kind

TITLES = {(Kind.KPIS, "X-1"): "Visits", (Kind.PANELS, "X-1"): "The bridge falls down"}
TELLING = Telling(
    titles=TITLES, descriptions={"panel.green_over_budget": "Green, above its budget"}, kept_back=KeptBack({"X-2"}, {"X-1"}), threads={}
)


def finding(rule_id: str, **about: str) -> Finding:
    parts = {"message": "It is 9 and not 6.", "fix": "Say why.", "found": "9", "expected": "6"} | about
    return Finding(rule_id=rule_id, severity=Severity.WARNING, scope=Scope.ROW, dimension=Dimension.ACCURACY, **parts)


def test_an_internal_line_is_told_without_what_was_said_of_it() -> None:
    """The letter says which check and which line; the words and figures are in the form."""
    told = TELLING.told(finding("panel.green_over_budget", action_ref="X-1"), is_new=True)
    assert told["about"] == "X-1 – The bridge falls down"
    assert told["message"] == (
        'Not met: "Green, above its budget" The line is not for publication, so its figures are not in this message.'
    )
    assert (told["found"], told["expected"]) == (None, None)


@pytest.mark.parametrize(
    ("rule_id", "about"),
    [
        ("panel.green_over_budget", {"action_ref": "X-3"}),
        ("action.answered", {"action_ref": "X-1"}),
        ("observation.unit", {"kpi_ref": "X-1"}),
    ],
)
def test_what_is_public_is_told_in_full(rule_id: str, about: dict[str, str]) -> None:
    """Another line, and a plan action or a KPI that happens to have an internal line's reference, keep their figures."""
    told = TELLING.told(finding(rule_id, **about), is_new=True)
    assert (told["message"], told["found"]) == ("It is 9 and not 6.", "9")
