"""The dataset of commentary: each comment beside its colour, its figure and the other comments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from pmf.period import Month, Quarter, parse_period
from pmf.register import Kpi
from pmf.register.kpi import Frequency
from pmf.register.target import target_bounds
from pmf.series.change import Verdict
from pmf.status import Status
from pmf.validation.commentary.clause import About
from pmf.validation.commentary.colour import target_against
from pmf.validation.commentary.emptiness import says_nothing
from pmf.validation.commentary.movement import Moved, movement_against
from pmf.validation.commentary.path import parts_missing
from pmf.validation.commentary.personal import masked, named, own_addresses, personal_data
from pmf.validation.commentary.quoted import figure_against
from pmf.validation.datasets.frame import to_frame
from pmf.validation.definitions import templates_in_force
from pmf.validation.inputs import RatingInputs, Row
from pmf.validation.language import read_language
from pmf.value import printed, quotient, rounded

_HUNDRED = Decimal(100)
_OFF_TARGET, _ON_TARGET = (Status.RED, Status.AMBER), (Status.GREEN, Status.BLUE)
# Of a figure that only looks on target as it is printed, a comment may say what is printed.
_SHOWS_OTHER = "rounding_shows_other"


@dataclass(frozen=True, kw_only=True)
class CommentaryRow:
    """One row per KPI due in the period and rated for it. What is shown from an earlier period was commented on then.

    ``comment`` and all that quotes it is masked where it holds personal data, and ``personal_data`` says what and how it is
    shown (None: none, in the comment or the reason for a missing figure). ``explaining_words`` is 0 where there is no
    comment or one that says nothing ("n/a"); ``words_given`` is then empty, and ``says_nothing`` true of the latter.
    ``repeats_last`` says whether the comment is that of the period before, ``copy_of`` names an earlier KPI of the service
    with the same, but for spaces and capitals. ``unexplained_movement_pct`` is the change on the figure before, in per cent
    of its size, where the comment says nothing of it, to be held against ``large_movement_pct``.

    ``path_missing`` names which of cause, action, owner and date a red figure's comment seems to lack. Only of a month, whose
    figure its comment is about: ``movement_against``, ``figure_against`` and ``target_against`` are the words of it that say
    another movement, figure or side of the target than there is; of a KPI that runs up through the year the movement is
    left out. From ``misspelt`` on the columns are those of ``LanguageColumns``.
    """

    kpi_ref: str
    title: str
    service_id: str
    period_label: str
    status: str
    comment: str | None
    explaining_words: int
    words_given: int | None
    says_nothing: bool
    repeats_last: bool
    copy_of: str | None
    personal_data: str | None
    path_missing: str | None
    large_movement_pct: Decimal | None
    unexplained_movement_pct: Decimal | None
    value_text: str | None
    movement_text: str | None
    movement_against: str | None
    figure_against: str | None
    target_against: str | None
    misspelt: str | None
    us_forms: str | None
    doubled_words: str | None
    grammar_points: str | None
    longest_sentence_words: int | None


def commentary_frame(inputs: RatingInputs) -> pd.DataFrame:
    """Lay out a period's comments beside the colours. One row per rating of a KPI due; columns of ``CommentaryRow``."""
    due = {kpi.kpi_ref: kpi for kpi in inputs.due}
    ratings = [row for row in inputs.ratings if row["kpi_ref"] in due]
    limits = templates_in_force(inputs.register, inputs.period.months[-1])
    allowed = own_addresses(inputs.register.profile)
    copies = _copies(ratings, due)
    if inputs.lexicon is not None:
        inputs.lexicon.look_up(row["comment"] for row in ratings)
    rows = [
        _row(
            rating,
            due[rating["kpi_ref"]],
            inputs,
            allowed=allowed,
            limit=limits[rating["kpi_ref"]].large_movement_pct if rating["kpi_ref"] in limits else None,
            copy_of=copies.get(rating["kpi_ref"]),
        )
        for rating in ratings
    ]
    return to_frame(CommentaryRow, rows)


def _row(
    rating: Row, kpi: Kpi, inputs: RatingInputs, *, allowed: AbstractSet[str], limit: Decimal | None, copy_of: str | None
) -> CommentaryRow:
    comment = masked(rating["comment"], allowed=allowed)
    columns: dict[str, Any] = {
        **_text_columns(comment, is_repeated=_folded(rating["comment"]) == _folded(inputs.previous_comments.get(kpi.kpi_ref, ""))),
        **_explanation_columns(comment, rating, limit=limit, runs_up=kpi.is_cumulative or not isinstance(inputs.period, Month)),
        **_claim_columns(comment, rating, kpi, inputs.period),
        **read_language(comment, inputs.lexicon),
    }
    return CommentaryRow(
        kpi_ref=kpi.kpi_ref,
        title=kpi.title,
        service_id=kpi.service_id,
        period_label=inputs.period.label,
        status=rating["status"],
        copy_of=copy_of,
        personal_data=named(personal_data(f"{rating['comment']}\n{rating['reason'] or ''}", allowed=allowed)),
        **columns,
    )


def _copies(ratings: Iterable[Row], due: Mapping[str, Kpi]) -> dict[str, str]:
    """Map each KPI to an earlier one of its service with the same comment."""
    first: dict[tuple[str, str], str] = {}
    copies = {}
    for row in ratings:
        if not says_nothing(row["comment"]):
            original = first.setdefault((due[row["kpi_ref"]].service_id, _folded(row["comment"])), row["kpi_ref"])
            if original != row["kpi_ref"]:
                copies[row["kpi_ref"]] = original
    return copies


def _folded(comment: str) -> str:
    return " ".join(comment.casefold().split())


def _text_columns(comment: str, *, is_repeated: bool) -> dict[str, Any]:
    is_silent = says_nothing(comment)
    words = len(comment.split())
    return {
        "comment": comment or None,
        "explaining_words": 0 if is_silent else words,
        "words_given": None if is_silent else words,
        "repeats_last": is_repeated and not is_silent,
    }


def _explanation_columns(comment: str, rating: Row, *, limit: Decimal | None, runs_up: bool) -> dict[str, Any]:
    """Say what a comment leaves unexplained: of a red the path to green, of any other figure a large movement."""
    is_red, is_silent = rating["status"] == Status.RED, says_nothing(comment)
    is_idle = bool(comment) and is_silent and not is_red
    movement = _movement_pct(rating) if is_idle and not runs_up else None
    return {
        "says_nothing": is_idle and (movement is None or limit is None or movement <= limit),
        "path_missing": _and(parts_missing(comment)) or None if is_red and not is_silent else None,
        "large_movement_pct": limit,
        "unexplained_movement_pct": movement,
    }


def _movement_pct(rating: Row) -> Decimal | None:
    """Work out the change on the figure before, in per cent of its size. None where one of them is missing."""
    value, previous = rating["value"], rating["previous_value"]
    return None if value is None or previous is None else quotient(abs(value - previous), abs(previous), multiplier=100)


def _and(parts: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _claim_columns(comment: str, rating: Row, kpi: Kpi, period: Month | Quarter) -> dict[str, Any]:
    """Say which words of a comment its figure does not bear out."""
    value, previous = rating["value"], rating["previous_value"]
    columns: dict[str, Any] = dict.fromkeys(("value_text", "movement_text", "movement_against", "figure_against", "target_against"))
    if value is None or not comment or not isinstance(period, Month):
        return columns
    about = _about(rating, kpi, period)
    columns["value_text"] = printed(value, unit=kpi.unit, decimals=kpi.decimals)
    columns["figure_against"] = figure_against(comment, about, value, others=_others(rating, kpi))
    if (is_met := _is_met(rating)) is not None:
        columns["target_against"] = target_against(comment, about, is_met=is_met)
    if previous is not None:
        columns["movement_text"] = _movement_text(rating, kpi)
    if previous is not None and not kpi.is_cumulative and rounded(value, kpi.decimals) != rounded(previous, kpi.decimals):
        moved = Moved(previous=previous, value=value, verdict=rating["change"], moved=rating["moved"])
        columns["movement_against"] = movement_against(comment, about, moved)
    return columns


def _about(rating: Row, kpi: Kpi, month: Month) -> About:
    before = parse_period(rating["previous_period"]).months[-1]
    return About(
        title=kpi.title,
        unit=kpi.unit,
        direction=kpi.direction,
        month=f"{month.first_day:%B}",
        month_before=f"{before.first_day:%B}",
        other_step="quarter" if kpi.frequency is Frequency.MONTHLY else "month",
    )


def _movement_text(rating: Row, kpi: Kpi) -> str:
    """Print a movement: "85.2% in August 2024, then 81.0%, which is worse"."""
    before, now = (printed(rating[column], unit=kpi.unit, decimals=kpi.decimals) for column in ("previous_value", "value"))
    judged = {Verdict.IMPROVED: ", which is better", Verdict.DECLINED: ", which is worse"}.get(rating["change"], "")
    return f"{before} in {parse_period(rating['previous_period']).label}, then {now}{judged}"


def _is_met(rating: Row) -> bool | None:
    """Tell whether the figure is on target. None: it has no colour, or looks on target only as it is printed."""
    if _SHOWS_OTHER in rating["flags"] or rating["off_target_pct"] is None:
        return None
    is_off = rating["off_target_pct"] > 0
    return not is_off if rating["status"] in (_OFF_TARGET if is_off else _ON_TARGET) else None


def _others(rating: Row, kpi: Kpi) -> tuple[Decimal, ...]:
    """List the figures that may be quoted beside the period's own: parts, what is left, target, forecast, change."""
    figures = [rating[name] for name in ("numerator", "denominator", "forecast")]
    if rating["numerator"] is not None and rating["denominator"] is not None:
        figures.append(rating["denominator"] - rating["numerator"])
    if rating["previous_value"] is not None:
        figures.append(abs(rating["value"] - rating["previous_value"]))
    if kpi.unit == "%":
        figures.append(_HUNDRED - rating["value"])
    targets = target_bounds(rating["target"]) if rating["target"] else ()
    return (*(figure for figure in figures if figure is not None), *targets)
