"""Decisions to work process limits anew: those that make sense are read, the others refused by file and entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pmf.register import RegisterError, load_register
from pmf.register.fitness import Unfit, unfit
from pmf.register.kpi import PeriodMode

Edit = Callable[[str, str, str], Path]
ENTRY = "  - {{kpi_ref: {ref}, month: {month}, reason: Door counters were replaced, post: {post}, decided_on: 2024-07-10}}\n"
NO_LIMITS = "a figure over twelve months shares eleven of them with the one before, so the two do not vary apart"


def with_rebases(edit: Edit, *entries: tuple[str, str, str]) -> Path:
    lines = "".join(ENTRY.format(ref=ref, month=month, post=post) for ref, month, post in entries)
    return edit("organisation.yaml", "posts:\n", f"rebases:\n{lines}posts:\n")


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(RegisterError) as refused:
        load_register(folder)
    return refused.value.problems


def test_a_decision_is_known_from_its_day(edit: Edit) -> None:
    """A decision counts for its own KPI from the day it was made, in the council's own time."""
    profile = load_register(with_rebases(edit, ('"1"', "2024-04", "head"))).profile
    known = [profile.rebases_of("1", as_at=datetime(2024, 7, 9, hour, 30, tzinfo=UTC)) for hour in (22, 23)]
    assert [len(found) for found in known] == [0, 1]
    assert len(profile.rebases_of("1", as_at=None)) == 1
    assert profile.rebases_of("2", as_at=None) == ()


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (
            (('"99"', "2024-04", "head"),),
            "KPI 99 from 2024-04, field kpi_ref: '99' is not a KPI of kpis.csv; write the kpi_ref of one that is",
        ),
        (
            (('"4"', "2024-04", "head"),),
            "KPI 4 from 2024-04: with one figure a year, limits would take twelve years; take the entry out",
        ),
        (
            (('"1"', "2024-04", "head"), ('"1"', "2024-04", "team")),
            "KPI 1 from 2024-04: there are 2 decisions for one month; keep the one that holds",
        ),
        ((('"1"', "2024-04", "nobody"),), "rebases of KPI 1 in 2024-04 names the post 'nobody'"),
        ((('"1"', "April", "head"),), "write it like 2024-09"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(edit: Edit, entries: tuple[tuple[str, str, str], ...], said: str) -> None:
    """An unknown KPI, month or post, a KPI without limits, and two decisions for one month are told by file and entry."""
    found = problems(with_rebases(edit, *entries))
    assert len(found) == 1
    assert said in found[0]
    assert "organisation.yaml" in found[0]


@pytest.mark.parametrize(
    ("mode", "is_cumulative", "said"),
    [("rolling_12", "no", NO_LIMITS), ("year_to_date", "yes", "a figure that counts up from April has no limits of its own")],
)
def test_running_figures_have_no_limits_to_set_anew(edit: Edit, mode: str, is_cumulative: str, said: str) -> None:
    """A decision about cumulative or rolling figures is refused with the reason they have no limits."""
    with_rebases(edit, ('"1"', "2024-05", "head"))
    edit("kpis.csv", ",part_of\n", ",part_of,period_mode,is_cumulative\n")
    folder = edit("kpis.csv", "number,higher,sum,1,1,\n", f"number,higher,last,1,1,,{mode},{is_cumulative}\n")
    assert problems(folder) == (f"{folder / 'organisation.yaml'}, rebases, KPI 1 from 2024-05: {said}; take the entry out",)


def test_fitness_goes_by_the_definition(council: Path) -> None:
    """Monthly and quarterly figures of a period may have a chart; annual and running ones may not."""
    kpis = {kpi.kpi_ref: kpi for kpi in load_register(council).kpi_versions}
    assert [unfit(kpis[ref]) for ref in ("1", "3", "4")] == [None, None, Unfit.ANNUAL]
    assert unfit(kpis["1"].model_copy(update={"period_mode": PeriodMode.ROLLING_12})) is Unfit.ROLLING
    assert unfit(kpis["1"].model_copy(update={"is_cumulative": True})) is Unfit.CUMULATIVE
