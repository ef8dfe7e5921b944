"""Rating a whole table: what ``pmf rate FILE.csv --policy ID`` does, with cells as people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pandas as pd

from pmf.rating.judge import Judgement, judge
from pmf.rating.policy import Policy
from pmf.register.kpi import StatusType
from pmf.series.change import change
from pmf.status import Status
from pmf.value import Direction, is_no_figure_word, parse_figure, plain, rounded

NEEDED = ("kpi_ref", "period", "actual", "target", "direction")
ADDED = ("status", "off_target_pct", "reason")
# What the CCC scorecard writes in the target column of a KPI that has none, and what people write there.
_NO_TARGET_WORDS = frozenset({"contextual", "no target"})
_EXAMPLES = {"intervention_level": "85", "tolerance_pct": "5%"}
_MOST_DECIMALS = 6


class TableError(Exception):
    """A table cannot be rated. ``problems`` holds one sentence each, naming row and column and giving the right form."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def rate_table(frame: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Rate every row of a table.

    One row per KPI and period, every cell text (a missing one counts as blank). Needs kpi_ref, period, actual, target
    and direction; reads intervention_level, tolerance_pct (per cent of the size of the target), last_year (the figure of
    the same period a year before) and status_type where they are there; keeps every column as it is. Adds status;
    off_target_pct, plain decimal text of at most 6 places, positive when worse than target, blank where there is none; and
    reason. An actual that is blank, TBC, N/A or no number is awaiting data; a target that is blank, TBC or N/A makes the
    row contextual. A range is written 85..95.

    Raises:
        TableError: when a column is missing or would be overwritten, or listing every cell that defines how to rate (target,
            direction, intervention level, tolerance, status type) and cannot be read: those are never guessed.
    """
    _check_columns(list(frame.columns))
    judgements, problems = [], []
    for number, cells in enumerate(_rows(frame), start=2):  # as a spreadsheet counts: the header is row 1
        try:
            judgements.append(rate_row(cells, policy))
        except ValueError as error:
            problems.append(f"row {number} (KPI {cells['kpi_ref']}, {cells['period']}), {error}")
    if problems:
        raise TableError(problems)
    return frame.assign(
        status=[judgement.status.value for judgement in judgements],
        off_target_pct=[_pct_text(judgement.off_target_pct) for judgement in judgements],
        reason=[judgement.reason for judgement in judgements],
    )


def rate_row(cells: Mapping[str, str], policy: Policy) -> Judgement:
    """Rate one row, given as column name and text.

    Raises:
        ValueError: naming column and right form, when a cell that defines how to rate cannot be read.
    """
    status_type = _status_type(cells.get("status_type", ""))
    target = _target(cells["target"])
    if target is None and status_type is StatusType.RATED:
        status_type = StatusType.CONTEXTUAL
    direction = _direction(cells["direction"])
    if direction is None and status_type is StatusType.RATED:
        raise ValueError("column direction is blank: write higher, lower, range or maintain")
    actual, last_year = parse_figure(cells["actual"]), parse_figure(cells.get("last_year", ""))
    judgement = judge(
        actual=actual,
        target=target,
        direction=direction,
        policy=policy,
        status_type=status_type,
        intervention_level=_optional_figure(cells, "intervention_level"),
        tolerance_pct=_optional_figure(cells, "tolerance_pct"),
        since_last_year=change(actual, last_year, direction=direction, target=target).verdict,
        unit=_unit(cells["actual"]) or _unit(cells["target"]),
    )
    return replace(judgement, reason=_reason(judgement, cells, has_target=target is not None))


def _check_columns(columns: list[str]) -> None:
    missing = [name for name in NEEDED if name not in columns]
    taken = [name for name in ADDED if name in columns]
    problems = [
        f"column {name} is missing: a table to rate has the columns {', '.join(NEEDED)} (found: {', '.join(columns)})" for name in missing
    ]
    problems += [f"column {name} is there already and would be overwritten: rename or remove it" for name in taken]
    if problems:
        raise TableError(problems)


def _rows(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(name): "" if pd.isna(cell) else str(cell) for name, cell in row.items()} for row in frame.to_dict("records")]


def _target(text: str) -> tuple[Decimal, Decimal] | None:
    if is_no_figure_word(text) or text.strip().casefold() in _NO_TARGET_WORDS:
        return None
    first, dots, second = text.partition("..")
    low = parse_figure(first)
    high = parse_figure(second) if dots else low
    if low is None or high is None:
        raise ValueError(f"column target (found {text!r}): write a figure like 95, a range like 85..95, or leave it blank for none")
    if low > high:
        raise ValueError(f"column target (found {text!r}): the lower end comes first, like 85..95")
    return low, high


def _direction(text: str) -> Direction | None:
    word = text.strip().casefold()
    if is_no_figure_word(word):
        return None
    if word not in set(Direction):
        raise ValueError(f"column direction (found {text!r}): write higher, lower, range or maintain")
    return Direction(word)


def _status_type(text: str) -> StatusType:
    word = "_".join(text.casefold().split()) or StatusType.RATED
    if word not in set(StatusType):
        raise ValueError(f"column status_type (found {text!r}): write rated, baseline, contextual, in_development or suspended")
    return StatusType(word)


def _optional_figure(cells: Mapping[str, str], column: str) -> Decimal | None:
    text = cells.get(column, "")
    figure = parse_figure(text)
    if figure is None and not is_no_figure_word(text):
        example = _EXAMPLES[column]
        raise ValueError(f"column {column} (found {text!r}): write a figure like {example}, or leave it blank for none")
    return figure


def _unit(text: str) -> str:
    return "%" if text.rstrip().endswith("%") else "£" if "£" in text else ""


def _reason(judgement: Judgement, cells: Mapping[str, str], *, has_target: bool) -> str:
    """Say it with the cell's own words, where the reason is what stands in the cell."""
    actual, target = cells["actual"].strip(), cells["target"].strip()
    if judgement.status is Status.AWAITING_DATA:
        return f'Awaiting data: the actual "{actual}" is not a figure.' if actual else "Awaiting data: no actual is given."
    if judgement.status is Status.CONTEXTUAL and not has_target:
        return f'Contextual: the target "{target}" is not a figure.' if target else "Contextual: no target is given."
    return judgement.reason


def _pct_text(pct: Decimal | None) -> str:
    return "" if pct is None else plain(rounded(pct, _MOST_DECIMALS)).rstrip("0").rstrip(".")
