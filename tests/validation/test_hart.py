"""Hart District Council's published quarter as returns: which of its known faults the checks find, and what else they ask.

``docs/validation-evidence.md`` tells the same as a table.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from e2e.hart import MONTH, PublishedKpi, read_published, write_council
from pmf.finding import Severity
from pmf.period import Month, parse_month
from pmf.register import Register
from pmf.register.load import load_register
from pmf.settings import read_settings
from pmf.validation.inputs import ReturnInputs
from pmf.validation.points import Checked, check_returns
from validation.samples import SUITES, a_file, a_line

MARCH, JUNE, SEPTEMBER = Month(2014, 3), parse_month(MONTH), Month(2014, 9)


@pytest.fixture(scope="module")
def published() -> Path:
    """The file of the quarter; the tests skip where it is not there."""
    path = read_settings(os.environ).reference_data / "hart" / "kpis_2014_q1.csv"
    if not path.exists():
        pytest.skip(f"no reference data at {path}; set PMF_REFERENCE_DATA")
    return path


@pytest.fixture(scope="module")
def register(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The council's register, with limits that follow from what a KPI measures."""
    folder = tmp_path_factory.mktemp("organisations")
    return load_register(write_council(folder, read_published(published)))


def quarter_before(published: Path) -> list[dict[str, Any]]:
    """What the file gives as the quarter before, as observations of March 2014."""
    with published.open(encoding="utf-8", newline="") as lines:
        return [an_observation(row["kpi_id"], MARCH, Decimal(row["previous_quarter"])) for row in csv.DictReader(lines)]


def an_observation(kpi_ref: str, month: Month, value: Decimal) -> dict[str, Any]:
    return {"kpi_ref": kpi_ref, "period": month.key, "value": value, "absence": None, "comment": ""}


def checked(register: Register, month: Month, kpis: Mapping[str, PublishedKpi], figures: Mapping[str, Decimal], **inputs: Any) -> Checked:
    """Send a quarter's figures in, a return for each service, and check them as the month's cycle does."""
    deadline = register.profile.deadline(month)
    services = dict.fromkeys(kpis[ref].service_id for ref in figures)
    files = [a_file(service, file_hash=service, period=month.key, received_at=deadline - timedelta(days=1)) for service in services]
    lines = [
        a_line(
            ref,
            6 + place,
            value=figure,
            forecast=None,
            comment=kpis[ref].comment,
            file_hash=kpis[ref].service_id,
            service_id=kpis[ref].service_id,
        )
        for place, (ref, figure) in enumerate(figures.items())
    ]
    given = ReturnInputs(
        register=register, month=month, as_at=deadline + timedelta(days=2), deadline=deadline, files=files, lines=lines, **inputs
    )
    return check_returns(given, suites=SUITES)


def asked(result: Checked) -> set[tuple[str, str | None, Severity]]:
    """What was found about figures."""
    about_figures = (finding for finding in result.findings if finding.rule_id.startswith(("observation.", "cell.")))
    return {(finding.rule_id.removeprefix("observation."), finding.kpi_ref, finding.severity) for finding in about_figures}


def test_the_quarter_as_published_is_asked_about_its_two_noughts_and_nothing_else(register: Register, published: Path) -> None:
    """ETS01's nought, known to stand for no data, is found; of the other 44 figures one is asked about, a nought too."""
    kpis = {kpi.ref: kpi for kpi in read_published(published)}
    figures = {ref: Decimal(kpi.actual) for ref, kpi in kpis.items()}
    result = checked(register, JUNE, kpis, figures, history=quarter_before(published))
    assert len(figures) == 45
    assert asked(result) == {("untried_nought", "ETS01", Severity.WARNING), ("untried_nought", "SNH01", Severity.WARNING)}
    assert result.decision.withheld_refs == frozenset()


def test_both_noughts_contradict_what_is_written_beside_them(published: Path) -> None:
    """The notes of both KPIs bear the question out: the one is not confirmed, the other tells of an increase where 0 says none."""
    notes = {kpi.ref: kpi.comment for kpi in read_published(published)}
    assert "have yet to be confirmed" in notes["ETS01"]
    assert "has led to an increase" in notes["SNH01"]


def test_the_noughts_of_the_next_quarter_are_found_and_what_was_carried_forward_is_not(register: Register, published: Path) -> None:
    """As SOURCE.txt tells of it: 0 again for no data in three KPIs, found; 28 homes once more, too short a history to tell."""
    source = (published.parent / "SOURCE.txt").read_text(encoding="utf-8")
    assert "0 stands for 'no data' (ETS01 x2, IT06, PS05)" in source
    assert "HS16 28 while its own note says 28+24" in source
    kpis = {kpi.ref: kpi for kpi in read_published(published)}
    history = quarter_before(published) + [an_observation(ref, JUNE, Decimal(kpi.actual)) for ref, kpi in kpis.items()]
    figures = {"ETS01": Decimal(0), "IT06": Decimal(0), "PS05": Decimal(0), "HS16": Decimal(28)}
    found = {
        kpi_ref: rule for rule, kpi_ref, _ in asked(checked(register, SEPTEMBER, kpis, figures, history=history)) if kpi_ref in figures
    }
    assert found == dict.fromkeys(("ETS01", "IT06", "PS05"), "untried_nought")
