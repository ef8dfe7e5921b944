"""Whom a KPI is compared with: which neighbours, about which period, counted how."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cycle.comparing import DEFINITION, compared_kpi, neighbour_set, row
from pmf.period import FinancialYear, Month, Period, Quarter
from pmf.register import Register
from pmf.register.benchmark import Benchmark
from pmf.register.others import Others, find_others
from validation.samples import a_profile

SEPTEMBER, Q2, Y23, Y22 = Month(2024, 9), Quarter(2024, 2), FinancialYear(2023), FinancialYear(2022)
AREAS = ("Avonshire", "Burnshire", "Calder, City of", "Deeshire", "Exeshire")
THE_SET = (neighbour_set(AREAS),)
LATER = date(2030, 1, 1)


def others(
    *benchmarks: Benchmark, period: Period = SEPTEMBER, known_on: date = LATER, sets: Any = THE_SET, **fields: Any
) -> tuple[Others, ...]:
    """Whom the one KPI is compared with."""
    kpi = compared_kpi(**fields)
    return find_others(
        Register(a_profile(neighbour_sets=list(sets)), (kpi,), (), (), benchmarks=benchmarks), kpi, period, known_on=known_on
    )


def neighbours(period: Period, *values: str, **fields: Any) -> tuple[Benchmark, ...]:
    return tuple(row(area, period, value, **fields) for area, value in zip(AREAS, values, strict=False))


def test_a_kpi_without_a_national_definition_is_compared_with_nobody() -> None:
    """What others count is not known to be the same, so their figures are not used."""
    assert others(*neighbours(Y23, "1", "2", "3"), has_national_definition=False) == ()


def test_neighbours_region_and_country_stand_in_this_order() -> None:
    """The neighbours' figures are one comparison with the set's name and each source once; region and country are figures of their own."""
    country, region = row("England", Y22, "70", kind="national"), row("East of England", Y23, "72", kind="regional", source="Another place")
    first, second, third = others(country, region, *neighbours(Y23, "80", "81", "82"))
    assert (first.kind, first.name, first.figures, first.asked) == (
        "neighbours",
        "Nearest neighbours",
        tuple(map(Decimal, (80, 81, 82))),
        5,
    )
    assert (first.sources, first.definition, first.is_alike, first.is_single) == (("Public statistics",), DEFINITION, True, False)
    assert (second.kind, second.name, second.about, second.is_single) == ("regional", "East of England", Y23, True)
    assert (third.kind, third.name, third.about, third.figures) == ("national", "England", Y22, (Decimal(70),))


def test_an_average_somebody_published_stands_in_for_neighbours_without_figures() -> None:
    """A published figure of the neighbours together is used only where there are no figures of their own."""
    average = row("Average of statistical neighbours", Y23, "75", kind="neighbours")
    assert [found.name for found in others(average)] == ["Average of statistical neighbours"]
    assert [found.name for found in others(average, *neighbours(Y22, "80"))] == ["Nearest neighbours"]


def test_the_set_in_force_in_the_period_reported_on_is_used() -> None:
    """Figures of an earlier year are compared with those of today's neighbours; a report on the past keeps the neighbours of then."""
    sets = (neighbour_set(AREAS[:3]), neighbour_set(AREAS[2:], id="new", name="New neighbours", since="2024-04-01"))
    figures = neighbours(Y22, "80", "81", "82", "83", "84")
    (now,), (then,) = others(*figures, sets=sets), others(*figures, sets=sets, period=Month(2024, 3))
    assert (now.name, now.figures) == ("New neighbours", tuple(map(Decimal, (82, 83, 84))))
    assert (then.name, then.figures) == ("Nearest neighbours", tuple(map(Decimal, (80, 81, 82))))
    assert others(*figures, sets=(neighbour_set(AREAS, since="2024-10-01"),)) == ()


def test_a_service_may_have_neighbours_of_its_own() -> None:
    """A set that names KPIs is used for them and for no other, whenever the council's own set began."""
    own = neighbour_set(("Avonshire", "Burnshire", "Fenland"), id="children", name="Children's neighbours", kpi_refs=["K1"])
    council = neighbour_set(AREAS, since="2020-04-01")
    assert [found.figures for found in others(*neighbours(Y23, "1", "2", "3"), sets=(own, council))] == [(Decimal(1), Decimal(2))]
    elsewhere = own | {"kpi_refs": ["K2"]}
    assert [len(found.figures) for found in others(*neighbours(Y23, "1", "2", "3"), sets=(elsewhere, council))] == [3]


def test_names_are_compared_as_people_read_them() -> None:
    """Capitals and commas make no other area of one."""
    (found,) = others(row("CALDER CITY OF", Y23, "80"))
    assert found.figures == (Decimal(80),)


@pytest.mark.parametrize(
    ("why", "held", "about"),
    [
        ("the latest that has ended", (*neighbours(Y22, *"12345"), *neighbours(Y23, *"12345")), Y23),
        ("one that has not ended is not known yet", (*neighbours(Y23, *"12345"), *neighbours(FinancialYear(2024), *"12345")), Y23),
        ("first figures of a year do not push a whole set out", (*neighbours(Y22, *"12345"), *neighbours(Y23, *"123")), Y22),
        ("enough are enough", (*neighbours(Y22, *"12345"), *neighbours(Y23, *"1234")), Y23),
        ("with too few everywhere, where there are most", (*neighbours(Y22, *"12"), *neighbours(Y23, *"1")), Y22),
        ("the period reported on before one that ends with it", (*neighbours(Q2, *"1234"), *neighbours(SEPTEMBER, *"1234")), SEPTEMBER),
        (
            "what counts alike before what is later",
            (*neighbours(Y22, *"1234"), *neighbours(Y23, *"1234", definition="Another way")),
            Y22,
        ),
    ],
)
def test_one_period_is_chosen(why: str, held: tuple[Benchmark, ...], about: Period) -> None:
    """A report compares with the latest period that has ended and has enough figures that count alike."""
    assert [found.about for found in others(*held)] == [about], why


def test_the_longer_of_two_periods_that_end_together_is_chosen() -> None:
    """A report on a later month takes the quarter rather than its last month."""
    (found,) = others(*neighbours(Q2, *"1234"), *neighbours(SEPTEMBER, *"1234"), period=Month(2024, 12))
    assert found.about == Q2


def test_what_was_published_later_is_not_known_yet() -> None:
    """A run that looks back uses what had been published by then; a figure without a day is taken to have been known."""
    dated = neighbours(Y23, *"12345", published_on="2024-12-05")
    assert others(*dated, known_on=date(2024, 12, 4)) == ()
    assert [found.about for found in others(*dated, known_on=date(2024, 12, 5))] == [Y23]
    assert [found.about for found in others(*dated, *neighbours(Y22, *"12345"), known_on=date(2024, 12, 4))] == [Y22]


def test_figures_counted_otherwise_are_never_mixed() -> None:
    """What counts alike is used and the rest counted as left out; where nothing does, the largest group stands for itself."""
    same = row("Avonshire", Y23, "1", definition=DEFINITION.upper())
    other = [row(area, Y23, value, definition="Another way") for area, value in (("Burnshire", "2"), ("Deeshire", "3"))]
    third = row("Exeshire", Y23, "4", definition="A third way")
    (mixed,), (none_alike,) = others(same, *other, third), others(*other, third)
    assert (mixed.figures, mixed.is_alike, mixed.left_out, mixed.definition) == ((Decimal(1),), True, 3, DEFINITION)
    assert (none_alike.figures, none_alike.is_alike, none_alike.left_out) == ((Decimal(2), Decimal(3)), False, 1)
    assert none_alike.definition == "Another way"


def test_a_definition_without_a_name_is_not_taken_for_the_same() -> None:
    """Where the register does not name the national definition, a figure that names one cannot be told to count alike."""
    (found,) = others(row("Avonshire", Y23, "1", definition="One way"), national_definition="")
    assert not found.is_alike
