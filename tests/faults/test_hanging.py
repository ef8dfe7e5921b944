"""Fault 16: one document or one check that raises, or hangs, keeps nothing else back and lets nothing half-done out."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from cycle.council import SLUG
from faults.homes import Installation
from faults.invariants import read_tables
from faults.stages import APRIL, STAGES
from pmf.cycle import documents
from pmf.cycle.documents import Edition, RenderingError
from pmf.cycle.validate import validate_returns
from pmf.validation import run
from pmf.validation.asking import Outcome
from pmf.validation.run import COULD_NOT_RUN

BROKEN, WHOLE = "scorecard-strategy-partnerships", "scorecard-organisation"


def raises() -> bytes:
    raise ValueError("the chart has no points")


def hangs() -> bytes:
    time.sleep(4)
    return b""


@pytest.fixture(params=[raises, hangs])
def broken_format(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directorate's scorecard cannot be made as a spreadsheet: it fails, or is not done in time."""
    monkeypatch.setattr(documents, "MOST_SECONDS", 2.5)
    original = documents.render

    def render(edition: Edition, format_name: str, settings: object) -> bytes:
        if (edition.document_id, format_name) == (BROKEN, "ods"):
            return bytes(request.param())
        return original(edition, format_name, settings)  # type: ignore[arg-type]

    monkeypatch.setattr(documents, "render", render)


@pytest.mark.usefixtures("broken_format")
def test_a_document_that_cannot_be_made_keeps_no_other_back(
    copy: Installation, holds: Callable[[Installation], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are issued whole, of the broken one nothing is, and the task fails at once naming it; mended, it all comes out."""
    issued = copy.home / "outbox" / SLUG / "2024-04" / "scorecards"
    before = {path.name: path.read_bytes() for path in issued.iterdir()}
    with pytest.raises(RenderingError, match=rf"and so not issued: {BROKEN}\.ods: (the chart has no points|it was not done after)"):
        STAGES["report"](copy.council)
    assert {path.name.partition(".")[0] for path in issued.iterdir()} == {WHOLE}
    assert all(path.read_bytes() == before[path.name] for path in issued.iterdir())
    holds(copy)
    monkeypatch.undo()
    STAGES["report"](copy.council)
    assert {path.name: path.read_bytes() for path in issued.iterdir()} == before


def test_a_check_that_raises_never_passes(copy: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations breaking on one suite ends the month failed, with the check named, and never as passed."""
    original = run.ask

    def ask(suite, rules, frame):
        outcomes = original(suite, rules, frame)
        first = next(iter(outcomes))
        return outcomes | {first: Outcome(success=False, problem="RuntimeError: broken")}

    monkeypatch.setattr(run, "ask", ask)
    at = copy.council.teller.profile.cycle_at(APRIL)
    validated = validate_returns(SLUG, APRIL, as_at=at, settings=copy.council.settings)
    assert validated.outcome == "fail"
    assert any(row["rule_id"] == COULD_NOT_RUN for row in read_tables(copy.url)["finding"])
