"""Definitions: whether the figures of two versions of a KPI can be compared."""

from __future__ import annotations

from pmf.register import Kpi

# Figures are of the same measure where these say the same ...
_SAME = ("unit", "ratio_multiplier", "is_cumulative", "frequency")
# ... and these, where both versions answer: a direction named for the first time changes no figure.
_SAME_IF_ANSWERED = ("direction", "period_mode")


def is_same_measure(kpi: Kpi, other: Kpi) -> bool:
    """Tell whether two versions of a KPI measure the same: in the same unit, over the same time, with the same way being better."""
    answers = [(getattr(kpi, field), getattr(other, field)) for field in _SAME_IF_ANSWERED]
    is_alike = all(getattr(kpi, field) == getattr(other, field) for field in _SAME)
    return is_alike and all(own == others for own, others in answers if own is not None and others is not None)
