"""The tolerance of a KPI: how far short of its target it may fall before it is red, as it was rated by."""

from __future__ import annotations

from pmf.register.target import tolerance_of
from pmf.reporting.measure import Measure
from pmf.value import printed


def tolerance_words(measure: Measure) -> str:
    """Print the intervention level, or the tolerance in per cent of the target, that the figure was rated by."""
    level, share = tolerance_of(measure.rating["target_version"])
    if level is not None:
        return measure.in_unit(measure.as_figure(level))
    if share is not None:
        return f"{printed(share, unit='%')} of the target"
    return "No tolerance" if measure.rating["target"] else "No target"
