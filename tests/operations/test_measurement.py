"""Measurements: what a summary says in numbers, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from pmf.cycle.collect import Collected
from pmf.cycle.conclusion import Validated
from pmf.cycle.open import Opened
from pmf.cycle.send import Sent
from pmf.operations.measurement import measurements
from pmf.operations.watch import Watched

VALIDATED = Validated(
    outcome="flag", reason="r", labels=("Libraries",), due=40, returned=38, withheld=3, failed=4, flagged=9, report="outbox/x.html"
)


def measured(stage: str, summary: dict[str, Any]) -> dict[str, float]:
    found = measurements(stage, summary, seconds=1.5)
    return {" ".join([item.name, *(value for name, value in sorted(item.tags.items()) if name != "stage")]): item.value for item in found}


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        (
            Collected(files=9, accepted=6, rejected=2, quarantined=1, already_received=0),
            {"pmf.returns accepted": 6, "pmf.returns rejected": 2, "pmf.returns quarantined": 1},
        ),
        (VALIDATED, {"pmf.findings critical": 4, "pmf.findings warning": 9, "pmf.withheld_share": 7.5}),
        (Opened(forms=14, letters=28, folder="outbox"), {"pmf.mail.queued": 28}),
        (Sent(sent=28, refused=1), {"pmf.mail.sent": 28, "pmf.mail.refused": 1}),
        (Watched(2, 4, "flag", "r", ("month/2024-04",)), {"pmf.overdue": 2, "pmf.mail.queued": 4}),
    ],
)
def test_each_summary_is_measured(summary: Any, expected: dict[str, float]) -> None:
    """Every summary has its seconds, in milliseconds, and the counts people watch."""
    assert measured("stage", summary.as_dict()) == {"pmf.stage.duration": 1500.0} | expected


def test_a_month_without_figures_has_no_withheld_share() -> None:
    """Where no figure is due there is no share of them, and no division by nought."""
    assert "pmf.withheld_share" not in measured("validate_returns", VALIDATED.as_dict() | {"due": 0, "withheld": 0})


def test_what_a_summary_lacks_is_no_error() -> None:
    """A summary of other things is measured by its seconds alone: the work it tells of is done."""
    assert measured("scan", {"cycles_due": []}) == {"pmf.stage.duration": 1500.0}
    assert measured("scan", {"accepted": 1, "withheld": 2}) == {"pmf.stage.duration": 1500.0, "pmf.returns accepted": 1}


def test_no_words_are_measured() -> None:
    """Names, reasons and paths of a summary stay out: tags are the stage, an outcome or a severity."""
    tags = {value for item in measurements("validate_returns", VALIDATED.as_dict(), seconds=0) for value in item.tags.values()}
    assert tags == {"validate_returns", "critical", "warning"}
