"""Months as people and systems write them."""

from __future__ import annotations

import pytest

from pmf.period import Month
from pmf.source.month import read_month


@pytest.mark.parametrize(
    "text",
    [
        "2024-09",
        "2024-9",
        "2024/09",
        "202409",
        "09/2024",
        "9-2024",
        "Sep 2024",
        "sept 2024",
        "SEPTEMBER 2024",
        "September, 2024",
        "Sep-2024",
        "Sep-24",
        "Sep '24",
        "2024 Sep",
        "2024-09-01",
        "2024-09-30 00:00:00",
        "2024-09-30T00:00:00Z",
        "2024-09-30T17:30:00",
        "2024/09/30",
        "01/09/2024",
        "30/09/2024",
        "30.09.2024",
        "09/09/2024",
        "1 September 2024",
        "30th Sept 2024",
        "30-Sep-2024",
        "September 30, 2024",
        "  Sep   2024 ",
    ],
)
def test_the_usual_ways_to_write_a_month(text: str) -> None:
    """September 2024 is read in every way councils and their systems write it."""
    assert read_month(text) == Month(2024, 9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "September",
        "24-Sep",
        "Q2 2024/25",
        "2024",
        "2024/25",
        "45536",
        "13/2024",
        "2024-00",
        "31/09/2024",
        "Septober 2024",
        "09/30/2024",
        "2024-09-31",
        "Sep 2024 provisional",
    ],
)
def test_what_is_no_month_is_none(text: str) -> None:
    """A text that says no month, or a day that is none, is not read as the nearest month."""
    assert read_month(text) is None


@pytest.mark.parametrize("text", ["03/04/2024", "10/09/2024", "09/01/2024", "2024-08-31T23:00:00Z", "2024-08-31T23:00+00:00"])
def test_what_may_be_two_months_is_none(text: str) -> None:
    """A date that an American writes the other way round, or that another time zone moves over midnight, is not guessed."""
    assert read_month(text) is None


def test_the_first_of_a_month_is_british() -> None:
    """01/10/2024 is October: figures are dated by the day their month begins, and an American would have to mean 10 January."""
    assert read_month("01/10/2024") == Month(2024, 10)
