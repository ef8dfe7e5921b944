"""What a register that loads without complaint still lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pmf.register import Register, load_register
from pmf.register.kpi import StatusType
from pmf.registerbook.completeness import Remark, completeness
from registerbook.conftest import council_at

DAY = date(2024, 10, 1)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return load_register(council_at(tmp_path_factory.mktemp("complete") / "smallshire"))


def remarks_on(register: Register, ref: str, **update: Any) -> list[tuple[str, str]]:
    kpis = tuple(kpi.model_copy(update=update) if kpi.kpi_ref == ref else kpi for kpi in register.kpi_versions)
    return [(remark.field, remark.message) for remark in completeness(replace(register, kpi_versions=kpis), DAY) if remark.subject == ref]


def test_a_whole_register_is_looked_through(register: Register) -> None:
    """Every KPI in force on the day, then each directorate: what is missing, and where it is put right."""
    assert completeness(register, DAY) == [
        Remark("007", "data_quality_templates", "has no data quality template in force"),
        Remark("5", "no_target_reason", "has no target in force and no reason for having none"),
        Remark("5-A", "data_quality_templates", "has no data quality template in force"),
        Remark("5-A", "no_target_reason", "has no target in force and no reason for having none"),
        Remark("People", "level", "has 1 strategic KPIs; at least 8 are meant"),
        Remark("People", "level", "has no leading one among its strategic KPIs; a mix is meant"),
    ]


@pytest.mark.parametrize(
    ("update", "field"),
    [
        ({"holder_post": "head", "deputy_post": "head"}, "deputy_post"),
        ({"ambition_ids": ()}, "ambition_ids"),
        ({"benchmark_source": "Public library statistics"}, "has_national_definition"),
        ({"has_national_definition": True}, "national_definition"),
        ({"status_type": StatusType.SUSPENDED, "review_on": DAY - timedelta(days=1)}, "review_on"),
    ],
)
def test_each_thing_lacking_is_remarked(register: Register, update: dict[str, Any], field: str) -> None:
    """Nobody to stand in, no ambition for a strategic KPI, a benchmark without a definition, a definition without a name, a late review."""
    assert remarks_on(register, "1") == []
    assert [found for found, _ in remarks_on(register, "1", **update)] == [field]


def test_a_reason_for_no_target_is_enough(register: Register) -> None:
    """A KPI that says why it has no target is not asked for one; nor is one without a colour."""
    assert remarks_on(register, "5", no_target_reason="First year") == []
    assert remarks_on(register, "5", status_type="contextual") == []


def test_a_review_is_late_the_day_after(register: Register) -> None:
    """On its day, and for a KPI that is not suspended any more, a review is not late."""
    assert remarks_on(register, "1", status_type=StatusType.SUSPENDED, review_on=DAY) == []
    assert remarks_on(register, "1", review_on=DAY - timedelta(days=100)) == []


def test_ten_strategic_kpis_of_both_kinds_are_what_is_meant(register: Register) -> None:
    """A directorate with ten strategic KPIs, leading and lagging, has nothing remarked."""
    kpi = register.kpi_versions[0]
    ten = tuple(kpi.model_copy(update={"kpi_ref": f"S{n}", "lead_lag": "leading" if n % 2 else "lagging"}) for n in range(10))
    assert [remark for remark in completeness(replace(register, kpi_versions=ten), DAY) if remark.subject == "People"] == []


def test_the_shipped_councils_are_looked_through(tmp_path: Path) -> None:
    """The check runs over every shipped council without stumbling."""
    del tmp_path
    from registerbook.conftest import ORGANISATIONS

    for folder in sorted(path.parent for path in ORGANISATIONS.glob("*/organisation.yaml")):
        assert all(isinstance(remark, Remark) for remark in completeness(load_register(folder), DAY))
