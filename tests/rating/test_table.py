"""``pmf rate`` keeps what it is given, adds three columns, and names the row and column it cannot read."""

from __future__ import annotations

from io import StringIO

import pandas as pd
import pytest

from pmf.rating.policy import Policy
from pmf.rating.table import TableError, rate_table

TABLE = """service,kpi_ref,period,actual,target,direction,note
Libraries,36,2024-25-Q2,"100,402","100,000",higher,
Registration,220,2024-09,81%,95%,higher,September
Parks,7,2024-09,TBC,50,lower,
Parks,8,2024-09,12,N/A,,
Parks,9,2024-09,90,85..95,Range,
"""


def read(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)


def problems(text: str, policy: Policy) -> tuple[str, ...]:
    with pytest.raises(TableError) as refused:
        rate_table(read(text), policy)
    return refused.value.problems


def test_columns_are_kept_and_three_are_added(framework: Policy) -> None:
    """Every column stays as it is and where it is; status, off_target_pct and reason follow."""
    before = read(TABLE)
    after = rate_table(before, framework)
    assert list(after.columns) == [*before.columns, "status", "off_target_pct", "reason"]
    pd.testing.assert_frame_equal(after[list(before.columns)], before)
    assert list(before.columns) == list(read(TABLE).columns)
    assert list(after["status"]) == ["green", "red", "awaiting_data", "contextual", "green"]
    assert list(after["off_target_pct"]) == ["-0.402", "14.736842", "", "", "0"]
    assert list(after["reason"]) == [
        "100,402 against a target of 100,000: 0.4% better than target, on or exceeding target is green.",
        "81% against a target of 95%: 14.7% worse than target, more than 10% is red.",
        'Awaiting data: the actual "TBC" is not a figure.',
        'Contextual: the target "N/A" is not a figure.',
        "90 against a target of 85 to 95: within the target range, on or exceeding target is green.",
    ]


def test_cells_a_reader_turned_into_missing_values_count_as_blank(framework: Policy) -> None:
    """A table read with pandas' defaults, which make N/A a missing value, gives the same statuses."""
    careless = pd.read_csv(StringIO(TABLE), dtype=str)
    assert list(rate_table(careless, framework)["status"]) == list(rate_table(read(TABLE), framework)["status"])


def test_a_table_without_rows_is_rated(framework: Policy) -> None:
    """No rows in, no rows out, and the columns are there."""
    assert list(rate_table(read(TABLE.splitlines()[0] + "\n"), framework).columns)[-3:] == ["status", "off_target_pct", "reason"]


def test_optional_columns_are_read(policies: dict[str, Policy]) -> None:
    """The intervention level and the kind of KPI count where they are given."""
    text = """kpi_ref,period,actual,target,direction,intervention_level,status_type
1,2025-09,91,95,higher,90,
2,2025-09,91,95,higher,,
3,2025-09,91,95,higher,90,In development
4,2025-09,£91,£95,lower,N/A,rated
"""
    rated = rate_table(read(text), policies["hdc-intervention"])
    assert list(rated["status"]) == ["amber", "red", "in_development", "green"]
    assert rated["reason"].iloc[3].startswith("£91 against a target of £95: 4.2% better than target")


def test_tolerance_and_last_year_are_read(policies: dict[str, Policy]) -> None:
    """A KPI's own tolerance and its figure of last year count where a policy asks for them, as people write them."""
    text = """kpi_ref,period,actual,target,direction,tolerance_pct,last_year
1,2024-09,81%,95%,higher,15%,79%
2,2024-09,81%,95%,higher,5,"1,000"
3,2024-09,81%,95%,higher,,TBC
4,2024-09,TBC,95%,higher,5,79%
"""
    assert list(rate_table(read(text), policies["reigate-tolerance"])["status"]) == ["amber", "red", "red", "awaiting_data"]
    assert list(rate_table(read(text), policies["havering-2013"])["status"]) == ["amber", "red", "red", "awaiting_data"]


def test_missing_and_taken_columns_are_named(framework: Policy) -> None:
    """A column that is missing, or that rating would overwrite, is named with what was found."""
    assert problems("kpi_ref,period,actual,goal,direction,status\n", framework) == (
        (
            "column target is missing: a table to rate has the columns kpi_ref, period, actual, target, direction "
            "(found: kpi_ref, period, actual, goal, direction, status)"
        ),
        "column status is there already and would be overwritten: rename or remove it",
    )


def test_every_cell_that_cannot_be_read_is_named(framework: Policy) -> None:
    """What defines how to rate is never guessed: all such cells are listed, by spreadsheet row, with the right form."""
    text = """kpi_ref,period,actual,target,direction,intervention_level,status_type
1,2024-09,81,95,up,,
2,2024-09,81,95,,,
3,2024-09,81,14 days,lower,,
4,2024-09,81,95..85,range,,
5,2024-09,81,85..95,higher,,
6,2024-09,81,95,higher,some,
7,2024-09,81,95,higher,,counted
8,2024-09,81,95,higher,,
"""
    wide = "kpi_ref,period,actual,target,direction,tolerance_pct\n1,2024-09,81,95,higher,five\n"
    assert problems(wide, framework) == (
        "row 2 (KPI 1, 2024-09), column tolerance_pct (found 'five'): write a figure like 5%, or leave it blank for none",
    )
    assert problems(text, framework) == (
        "row 2 (KPI 1, 2024-09), column direction (found 'up'): write higher, lower, range or maintain",
        "row 3 (KPI 2, 2024-09), column direction is blank: write higher, lower, range or maintain",
        "row 4 (KPI 3, 2024-09), column target (found '14 days'): write a figure like 95, a range like 85..95, or leave it blank for none",
        "row 5 (KPI 4, 2024-09), column target (found '95..85'): the lower end comes first, like 85..95",
        "row 6 (KPI 5, 2024-09), a target of 85..95 needs the direction range, not higher",
        "row 7 (KPI 6, 2024-09), column intervention_level (found 'some'): write a figure like 85, or leave it blank for none",
        "row 8 (KPI 7, 2024-09), column status_type (found 'counted'): write rated, baseline, contextual, in_development or suspended",
    )
