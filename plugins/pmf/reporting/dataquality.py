"""Data quality: how the checks of a KPI's data went, as one score beside its colour."""

from __future__ import annotations

from collections.abc import Iterable

from pmf.finding import Score, total
from pmf.page.document import Cell
from pmf.reporting.figurecell import figure_cell
from pmf.reporting.measure import Measure
from pmf.reporting.quality.scores import printed_score

_NOT_CHECKED = "Not checked"


def score_of(measure: Measure) -> Score:
    """Add up how all checks of a KPI's data went."""
    return total(measure.quality.values())


def is_doubted(measure: Measure) -> bool:
    """Tell whether a check of a KPI's data failed or flagged."""
    score = score_of(measure)
    return bool(score.failed or score.flagged)


def quality_words(measure: Measure) -> str:
    """Say the score below a colour: "data quality 97.6%"; empty where nothing was checked."""
    return f"data quality {printed_score(score_of(measure))}" if score_of(measure).checks else ""


def quality_cell(measure: Measure) -> Cell:
    """Print the score, and by which dimensions of quality it is not whole."""
    if not score_of(measure).checks:
        return Cell(_NOT_CHECKED)
    doubted = [f"{dimension.value} {printed_score(score)}" for dimension, score in measure.quality.items() if score.failed or score.flagged]
    return figure_cell(printed_score(score_of(measure)), unit="%", note=", ".join(doubted))


def overall_words(measures: Iterable[Measure]) -> str:
    """Say how the checks of several KPIs' data went together; empty where nothing was checked."""
    score = total(score_of(measure) for measure in measures)
    if not score.checks:
        return ""
    outcome = f"{score.failed:,} failed and {score.flagged:,} flagged a doubt"
    return f"Data quality: {printed_score(score)} over {score.checks:,} checks of the data behind these KPIs, of which {outcome}."
