"""A change never alters what an earlier month was judged by, unless it is said, field by field and month by month."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmf.period import Month
from pmf.register import Kpi, Register, Target, load_register
from pmf.register.assessment import PolicyInForce
from pmf.register.past import rewritten
from registerbook.conftest import ORGANISATIONS, council_at

SEPTEMBER = Month(2024, 9)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return load_register(council_at(tmp_path_factory.mktemp("past") / "smallshire"))


def with_kpi(register: Register, ref: str, **update: Any) -> Register:
    return replace(register, kpi_versions=tuple(k.model_copy(update=update) if k.kpi_ref == ref else k for k in register.kpi_versions))


def with_target(register: Register, number: int, **update: Any) -> Register:
    rows = list(register.target_versions)
    rows[number] = rows[number].model_copy(update=update)
    return replace(register, target_versions=tuple(rows))


def test_the_sentence_says_what_when_and_the_way_out(register: Register) -> None:
    """A direction turned where it stands is told with KPI, field, old, new, months, and how to do it rightly."""
    (sentence,) = rewritten(register, with_kpi(register, "1", direction="lower"), until=SEPTEMBER)
    assert sentence == (
        "KPI 1, direction: was higher, would be lower, for April 2024 to September 2024, already judged. End the row that held then with "
        "valid_to 2024-10-01, leave it otherwise as it was, and give the change a row from 2024-10-01 on."
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service_id", "streets"),
        ("unit", "%"),
        ("status_type", "contextual"),
        ("frequency", "annual"),
        ("aggregation", "mean"),
        ("incomplete", "awaiting_data"),
        ("ratio_multiplier", 100),
        ("is_cumulative", True),
        ("part_of", "5"),
    ],
)
def test_everything_judging_depends_on_is_looked_at(register: Register, field: str, value: object) -> None:
    """Each field that a rating depends on is noticed when it changes for a month gone by."""
    (sentence,) = rewritten(register, with_kpi(register, "1", **{field: value}), until=SEPTEMBER)
    assert sentence.startswith(f"KPI 1, {field}: was ")


def test_words_may_be_put_right_where_they_stand(register: Register) -> None:
    """Title, description, committee and holder change no judgement: they are edited in place."""
    after = with_kpi(register, "1", title="Visits", description="x", committee_id=None, holder_post="team", decimals=2)
    assert rewritten(register, after, until=SEPTEMBER) == []


def test_the_right_way_rewrites_nothing(register: Register) -> None:
    """A change with a row of its own from the next month on leaves every judged month as it was."""
    kpi = register.kpi_versions[0]
    day = date(2024, 10, 1)
    new = kpi.model_copy(update={"valid_from": day, "direction": "lower"})
    after = replace(register, kpi_versions=(kpi.model_copy(update={"valid_to": day}), new, *register.kpi_versions[1:]))
    assert rewritten(register, after, until=SEPTEMBER) == []
    assert "for October 2024" in rewritten(register, after, until=Month(2024, 10))[0]


def test_nothing_judged_nothing_rewritten(register: Register) -> None:
    """Where no month has been rated, or none since the council's first, anything may change."""
    after = with_kpi(register, "1", direction="lower")
    assert rewritten(register, after, until=None) == []
    assert rewritten(register, after, until=Month(2024, 3)) == []


def test_targets_of_each_kind_count_when_they_judge(register: Register) -> None:
    """A month's target counts in its months, a quarter's at the quarter's end, a year's at the year's end or when it is spread."""
    (month,) = rewritten(register, with_target(register, 0, target="101"), until=SEPTEMBER)
    assert month.startswith("KPI 1, target of the month's target: was 100, would be 101, for April 2024 to May 2024, already judged. ")
    assert month.endswith("Leave the rows that held then as they were.")
    assert rewritten(register, with_target(register, 4, target="96"), until=Month(2024, 5)) == []
    assert "for June 2024, September 2024," in rewritten(register, with_target(register, 4, target="96"), until=SEPTEMBER)[0]
    assert rewritten(register, with_target(register, 2, target="1500"), until=SEPTEMBER) == []
    spread = with_target(register, 2, profile=("even",))
    assert "would be in force, for April 2024 to September 2024" in rewritten(register, spread, until=SEPTEMBER)[0]
    assert rewritten(register, with_target(register, 0, target="100.0"), until=SEPTEMBER) == []


def test_tolerances_levels_and_limits_count(register: Register) -> None:
    """An intervention level, a tolerance or a limit of the template that changes is told."""
    said = rewritten(register, with_target(register, 3, intervention_level=Decimal(80), tolerance_pct=Decimal(5)), until=SEPTEMBER)
    assert [sentence.split(":")[0] for sentence in said] == [
        "KPI 2, intervention_level of the month's target",
        "KPI 2, tolerance_pct of the month's target",
    ]
    templates = (register.template_versions[0].model_copy(update={"minimum": Decimal(10)}), *register.template_versions[1:])
    (limit,) = rewritten(register, replace(register, template_versions=templates), until=SEPTEMBER)
    assert limit.startswith("KPI 1, minimum of the template: was 0, would be 10, for April 2024")


def test_what_comes_or_goes_is_told_once(register: Register) -> None:
    """A KPI taken out of the past is told as one thing with its targets and template, not field by field; so is one put in."""
    without = replace(
        register,
        kpi_versions=register.kpi_versions[1:],
        target_versions=register.target_versions[3:],
        template_versions=register.template_versions[1:],
    )
    gone = rewritten(register, without, until=SEPTEMBER)
    assert [sentence.split(",")[1].split(":")[0].strip() for sentence in gone] == [
        "the KPI",
        "the month's target",
        "the data quality template",
    ]
    come = rewritten(without, register, until=SEPTEMBER)
    assert "KPI 1, the KPI: was none, would be in force" in come[0]
    assert come[0].endswith("Let it begin with valid_from 2024-10-01.")


def test_the_policy_that_rated_a_month_counts(register: Register) -> None:
    """A rating policy put in force in the past is told for the months it would rate."""
    later = PolicyInForce(policy_id="ccc-q2-2024", since=date(2024, 7, 1))
    profile = register.profile.model_copy(update={"headline_policies": (*register.profile.headline_policies, later)})
    (sentence,) = rewritten(register, replace(register, profile=profile), until=SEPTEMBER)
    assert sentence.startswith(
        "Smallshire Council, headline_policies: was ccc-framework-2024, would be ccc-q2-2024, for July 2024 to September"
    )


def test_four_years_of_a_whole_council_take_less_than_a_second() -> None:
    """Every KPI of the sample council changed and 48 months looked at: less than a second."""
    before = load_register(ORGANISATIONS / "cambridgeshire")
    profile = before.profile.model_copy(update={"first_month": "2021-04"})
    before = replace(before, profile=profile)
    after = replace(before, kpi_versions=tuple(kpi.model_copy(update={"unit": "x", "title": "x" * 9}) for kpi in before.kpi_versions))
    began = time.perf_counter()
    said = rewritten(before, after, until=Month(2025, 3))
    assert time.perf_counter() - began < 1
    assert {sentence.split(",")[0] for sentence in said} == {f"KPI {kpi.kpi_ref}" for kpi in before.kpi_versions}


_DAYS = st.dates(date(2024, 6, 2), date(2025, 1, 1))


@given(kpi_day=_DAYS, target_day=_DAYS, direction=st.sampled_from(["higher", "lower"]), target=st.sampled_from(["100", "120.5", "7"]))
@settings(max_examples=60, deadline=None)
def test_silence_means_every_judged_month_resolves_alike(
    register: Register, kpi_day: date, target_day: date, direction: str, target: str
) -> None:
    """Whatever is split where: no sentence exactly when each judged month finds the same direction and target as before."""
    first = register.kpi_versions[0]
    kpis: tuple[Kpi, ...] = (
        first.model_copy(update={"valid_to": kpi_day}),
        first.model_copy(update={"valid_from": kpi_day, "direction": direction}),
    )
    row = register.target_versions[1]
    targets: tuple[Target, ...] = (
        row.model_copy(update={"valid_to": target_day}),
        row.model_copy(update={"valid_from": target_day, "target": target}),
    )
    after = replace(
        register,
        kpi_versions=(*kpis, *register.kpi_versions[1:]),
        target_versions=(register.target_versions[0], *targets, *register.target_versions[2:]),
    )

    def resolved(found: Register, month: Month) -> tuple[object, object]:
        kpi = found.kpi("1", month)
        rows = [t for t in found.target_versions if (t.kpi_ref, t.period_kind) == ("1", "month") and t.holds_on(month.last_day)]
        return (str(kpi.direction) if kpi else None), [t.bounds for t in rows]

    is_alike = all(resolved(register, month) == resolved(after, month) for month in Month(2024, 4).up_to(SEPTEMBER))
    assert (rewritten(register, after, until=SEPTEMBER) == []) == is_alike
