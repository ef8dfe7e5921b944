"""The limits of a compiled check in words: "at most 100%", for people who never open the suites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pmf.register import Kpi
from pmf.register.dated import decimals_of
from pmf.validation.checks import Check
from pmf.value import parse_figure, printed

_UNITS_PRINTED_WITH_THE_FIGURE = ("%", "£", "number")
_WORKING_DAY = {1: "1st", 2: "2nd", 3: "3rd", 21: "21st", 22: "22nd", 23: "23rd"}


def _yes_no(yes: str, no: str) -> Callable[[Any, Kpi], str]:
    return lambda answer, _: yes if answer else no


def _figure(answer: str, kpi: Kpi) -> str:
    figure = parse_figure(answer)
    number = printed(figure, unit=kpi.unit, decimals=decimals_of(figure) if figure is not None else 0)
    return number if kpi.unit in _UNITS_PRINTED_WITH_THE_FIGURE else f"{number} {kpi.unit}"


# By column of ``Definition``, in reading order: what its answer means to a check.
_WORDS: Mapping[str, Callable[[Any, Kpi], str]] = {
    "minimum": lambda answer, kpi: f"at least {_figure(answer, kpi)}",
    "maximum": lambda answer, kpi: f"at most {_figure(answer, kpi)}",
    "max_decimals": lambda answer, _: "whole numbers" if answer == 0 else f"decimal places: at most {answer}",
    "needs_numerator": _yes_no("numerator and denominator needed", "numerator and denominator not needed"),
    "large_movement_pct": lambda answer, _: f"a movement of up to {answer}% unexplained",
    "is_seasonal": _yes_no("compared with the same month of other years", "compared with the months before"),
    "flag_beyond": lambda answer, _: f"asked about beyond {answer} times the usual scatter",
    "withhold_beyond": lambda answer, _: f"withheld beyond {answer} times the usual scatter",
    "zero_is_plausible": _yes_no("nought is plausible", "nought is asked about"),
    "repeat_is_plausible": _yes_no("the same figure again is plausible", "the same figure again is asked about"),
    "restatement_tolerance_pct": lambda answer, _: f"restated by up to {answer}% unexplained",
    "benchmark_max_age_months": lambda answer, _: f"at most {answer} months old",
    "access_confirmed": _yes_no("access confirmed", "access not confirmed"),
    "has_forecaster": _yes_no("a post forecasts the year's end", "nobody forecasts the year's end"),
    "due_working_day": lambda answer, _: f"from the {_WORKING_DAY.get(answer, f'{answer}th')} working day",
    "is_cumulative": _yes_no("counts from April on", "each month for itself"),
    "level": lambda answer, _: f"{answer} KPI",
    "status_type": lambda answer, _: answer.replace("_", " "),
    "unit": lambda answer, _: f"unit: {answer}",
    "has_national_definition": _yes_no("nationally defined", "not nationally defined"),
    "is_critical": _yes_no("vital KPI", "not a vital KPI"),
}


def limits_in_words(check: Check, kpi: Kpi) -> str:
    """Word the answers a KPI's check depends on, such as "at most 100%; unit: %". Empty: it depends on none."""
    answers = check.parameters
    return "; ".join(_WORDS[column](answers[column], kpi) for column in _WORDS if answers.get(column) is not None)
