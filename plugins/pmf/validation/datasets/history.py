"""What a KPI's own history says of its figure: columns of the observation dataset, worked out for all KPIs at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from pmf.period import Month, parse_month
from pmf.register import Kpi
from pmf.series.suspicious import added, runs, surprising_noughts, tens_off
from pmf.series.unusual import FEWEST_FIGURES, Bools, Floats, Histories, known_before, unusual
from pmf.validation.datasets.figuretext import estimate_text, figure_text
from pmf.validation.datasets.said import Said
from pmf.validation.definitions import Definition
from pmf.validation.inputs import ReturnInputs, Row
from pmf.value import quotient

_MONTHS_BACK = 36
_PARTS = {-2: "a hundredth", -3: "a thousandth"}


@dataclass(frozen=True, kw_only=True)
class HistoryColumns:
    """What earlier figures say of a figure; empty where there is none, or where it breaks a limit anyway.

    ``previous`` is the latest earlier figure (of a cumulative KPI: of the financial year); ``usual_text`` names it or what
    stands in for it. The rest is in the order in which one finding silences the next, so that a slip is asked about
    once. ``tens_off`` counts the powers of ten by which the figure is off the nearest of the last year, else a percentage's
    target (0: it is not), and ``times_text`` says them in words. ``is_first_nought``: nought, after enough figures that never were;
    ``is_untried_nought``: nought, where there are too few to say. ``out_of_line`` is how far the figure (of a cumulative KPI:
    what the period added) is from what history leads to expect, in robust standard deviations (``series.unusual``), and
    ``unexplained_out_of_line`` the same where it is not to be withheld and there is neither a comment nor a larger movement
    than the template lets pass. ``unexplained_movement_pct`` is the change on ``previous`` in per cent of its size, without a
    comment. ``repeats`` counts the figures before it that are the same, ``most_repeats`` how many chance explains.
    """

    previous: Decimal | None = None
    previous_text: str | None = None
    previous_label: str | None = None
    usual_text: str | None = None
    tens_off: int | None = None
    times_text: str | None = None
    slip_hint: str | None = None
    is_first_nought: bool = False
    is_untried_nought: bool = False
    out_of_line: float | None = None
    unexplained_out_of_line: float | None = None
    history_text: str | None = None
    likely_text: str | None = None
    unexplained_movement_pct: Decimal | None = None
    repeats: int | None = None
    most_repeats: int | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure to be held against its history. ``breaks_a_limit``: other checks withhold it anyway."""

    said: Said
    value: Decimal
    denominator: Decimal | None
    breaks_a_limit: bool

    @property
    def kpi(self) -> Kpi:
        """Whose figure it is."""
        return self.said.kpi

    @property
    def definition(self) -> Definition:
        """What register and template say of the KPI."""
        return self.said.definition

    @property
    def target(self) -> Decimal | None:
        """What stands in for a figure before, in the KPI's first month."""
        return self.said.target.bounds[0] if self.said.target else None


def _latest_earlier(inputs: ReturnInputs) -> dict[str, Row]:
    """Map each KPI to its latest earlier observation that has a figure; of a cumulative KPI, within the financial year."""
    cumulative = {kpi.kpi_ref for kpi in inputs.due if kpi.is_cumulative}
    this_month, first_of_year = inputs.month.key, inputs.month.financial_year.months[0].key
    latest: dict[str, Row] = {}
    for row in inputs.history:
        since = first_of_year if row["kpi_ref"] in cumulative else ""
        known = latest.get(row["kpi_ref"])
        if row["value"] is not None and since <= row["period"] < this_month and (known is None or known["period"] < row["period"]):
            latest[row["kpi_ref"]] = row
    return latest


def look_back(figures: Sequence[Figure], inputs: ReturnInputs) -> dict[str, dict[str, Any]]:
    """Work out the columns of ``HistoryColumns`` for figures, by kpi_ref."""
    judged = _judge(figures, _months_of_figures(figures, inputs), inputs.month)
    previous = _latest_earlier(inputs)
    columns = {}
    for place, figure in enumerate(figures):
        said = _Said({name: of[place] for name, of in judged.items()}, inputs.month)
        columns[figure.kpi.kpi_ref] = _columns(figure, previous.get(figure.kpi.kpi_ref), said)
    return columns


def is_in_doubt(figure: Figure, columns: Mapping[str, Any]) -> bool:
    """Tell whether a figure is withheld, by a limit or by what ``look_back`` says of it."""
    if figure.breaks_a_limit or columns["tens_off"]:
        return True
    by, definition = columns.get("out_of_line"), figure.definition
    is_far_out = by is not None and by > definition.withhold_beyond
    return is_far_out or (columns["is_first_nought"] and not definition.zero_is_plausible)


def _months_of_figures(figures: Sequence[Figure], inputs: ReturnInputs) -> Floats:
    """Lay figures out as ``series.unusual`` takes them: three years, and the month itself last."""
    months = [month.key for month in inputs.month.plus(-_MONTHS_BACK).up_to(inputs.month)]
    column, row = {key: place for place, key in enumerate(months)}, {figure.kpi.kpi_ref: place for place, figure in enumerate(figures)}
    table = np.full((len(figures), len(months)), np.nan)
    for observed in inputs.history:
        if observed["value"] is not None and observed["kpi_ref"] in row and observed["period"] in column:
            table[row[observed["kpi_ref"]], column[observed["period"]]] = float(observed["value"])
    table[:, -1] = [float(figure.value) for figure in figures]
    return table


def _judge(figures: Sequence[Figure], table: Floats, month: Month) -> dict[str, Any]:
    """Hold all figures against their histories in one pass: an array for each quantity, in the order of the figures."""
    kpis = [figure.kpi for figure in figures]
    cumulative = np.array([kpi.is_cumulative for kpi in kpis], dtype=bool)
    spacing = np.array([kpi.frequency.months for kpi in kpis], dtype=np.int64)
    first_month = (month.year - _MONTHS_BACK // 12) * 12 + month.month - 1
    moved = np.where(cumulative[:, None], added(table, first_month=first_month, spacing=spacing), table)
    targets = _floats([figure.target for figure in figures])
    histories = Histories(
        figures=moved,
        is_share=np.array([kpi.unit == "%" for kpi in kpis], dtype=bool),
        is_count=np.array([kpi.unit == "number" and kpi.decimals == 0 for kpi in kpis], dtype=bool),
        last_digit=np.array([10.0**-kpi.decimals for kpi in kpis]),
        cases=_floats([figure.denominator for figure in figures]),
        is_seasonal=np.array([figure.definition.is_seasonal for figure in figures], dtype=bool),
    )
    against = unusual(histories, _floats([figure.definition.flag_beyond for figure in figures]))
    again = runs(np.where(cumulative[:, None], moved, moved - known_before(moved)))
    noughts = surprising_noughts(table, targets, is_count=histories.is_count, cases=histories.cases) & ~cumulative
    return vars(against) | {
        "step": moved[:, -1] - known_before(moved)[:, -1],
        # A percentage is of the size of its target from its first month on; a count or a sum may begin small.
        "tens_off": tens_off(_comparable(table, cumulative, month), np.where(histories.is_share & ~cumulative, targets, np.nan)),
        "is_nought": noughts,
        "repeats": again.repeats,
        "most": again.most,
    }


def _comparable(table: Floats, cumulative: Bools, month: Month) -> Floats:
    """Leave out the figures of a year-to-date KPI that lie in another financial year, but for the same month of the last."""
    months = [month.plus(place - _MONTHS_BACK) for place in range(_MONTHS_BACK + 1)]
    is_alike = np.array([each.financial_year == month.financial_year or each == month.year_before for each in months])
    return np.where(cumulative[:, None] & ~is_alike, np.nan, table)


def _floats(figures: Sequence[Decimal | None]) -> Floats:
    return np.array([np.nan if figure is None else float(figure) for figure in figures], dtype=np.float64)


@dataclass(frozen=True)
class _Said:
    """What the arrays say of one figure, and the moment it is about."""

    of: Mapping[str, Any]
    month: Month

    @property
    def has_enough_history(self) -> bool:
        return bool(self.of["points"] >= FEWEST_FIGURES)

    @property
    def out_of_line(self) -> float | None:
        return float(self.of["by"]) if np.isfinite(self.of["by"]) else None


def _columns(figure: Figure, previous: Row | None, said: _Said) -> dict[str, Any]:
    """Fill in what concerns one figure, until something withholds it."""
    columns = _previous(figure, previous)
    tens, is_nought = int(said.of["tens_off"]), bool(said.of["is_nought"])
    if tens:
        times = _times_text(tens)
        columns |= {"times_text": times, "slip_hint": f" It is {times} what is usual: is it in another unit?"}
    if figure.breaks_a_limit:
        return columns
    columns |= {
        "tens_off": tens,
        "is_first_nought": is_nought and said.has_enough_history,
        "is_untried_nought": is_nought and not said.has_enough_history,
    }
    if tens or is_nought:
        return columns
    if said.of["most"] >= 0 and figure.value != 0:
        columns |= {"repeats": int(said.of["repeats"]), "most_repeats": int(said.of["most"])}
    return columns | _movement(figure, previous, said)


def _times_text(tens: int) -> str:
    if tens > 0:
        return f"about {10**tens:,} times"
    return f"about {_PARTS.get(tens) or f'one part in {10**-tens:,}'} of"


def _previous(figure: Figure, previous: Row | None) -> dict[str, Any]:
    """Say which figure came before; in a KPI's first month, the target says how large its figures are."""
    if previous is None and figure.kpi.is_cumulative:
        return {"usual_text": "the first figure of its year"}
    if previous is None:
        target = figure.said.target
        return {} if target is None else {"usual_text": f"against a target of {target.printed(figure.kpi)}"}
    text, label = figure_text(previous["value"], figure.kpi), parse_month(previous["period"]).label
    return {"previous": previous["value"], "previous_text": text, "previous_label": label, "usual_text": f"after {text} in {label}"}


def _movement(figure: Figure, previous: Row | None, said: _Said) -> dict[str, Any]:
    """Say how far a figure lies from what is usual, in the words of the strictest question that must be asked."""
    definition, by = figure.definition, said.out_of_line
    columns: dict[str, Any] = {"out_of_line": by}
    if by is not None and by > definition.flag_beyond:
        columns |= _words(figure, previous, said)
    if figure.said.comment or (by is not None and by > definition.withhold_beyond):
        return columns
    moved = None if previous is None else quotient(abs(figure.value - previous["value"]), abs(previous["value"]), multiplier=100)
    columns["unexplained_movement_pct"] = moved
    if moved is None or definition.large_movement_pct is None or moved <= definition.large_movement_pct:
        columns["unexplained_out_of_line"] = by
    return columns


def _words(figure: Figure, previous: Row | None, said: _Said) -> dict[str, str]:
    """Word what history leads to expect: how far figures have moved so far, and between which the new one was likely to lie."""
    kpi, of = figure.kpi, said.of
    # What a period added lies as far from the figure as what was there before it.
    there = float(previous["value"]) if kpi.is_cumulative and previous is not None else 0.0
    low, high = (estimate_text(float(of[end]) + there, kpi) for end in ("low", "high"))
    return {"history_text": _history_text(kpi, said), "likely_text": f"between {low} and {high}, going by its history"}


def _history_text(kpi: Kpi, said: _Said) -> str:
    of = said.of
    # A single odd month of the past may have moved further than this one without having made that usual.
    is_record = abs(of["step"]) > of["largest_step"]
    size = estimate_text(float(of["largest_step"] if is_record else of["usual_step"]), kpi)
    if is_record and of["largest_step"] == 0:
        moves = "have so far never moved"
    else:
        moves = f"have so far moved by at most {size}" if is_record else f"usually move by about {size}"
    gained = "what it gained" if kpi.is_cumulative else "its figures"
    return f"{f'figures of {said.month.first_day:%B}' if of['is_by_season'] else gained} {moves}"
