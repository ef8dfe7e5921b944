"""The dataset about the past: what earlier months would be judged by instead, by the register as it now is."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pmf.validation.datasets.frame import to_frame
from pmf.validation.inputs import ReturnInputs


@dataclass(frozen=True, kw_only=True)
class PastRow:
    """One row per difference between the register and the one earlier months were rated by; ``difference`` says which."""

    difference: str


def past_frame(inputs: ReturnInputs) -> pd.DataFrame:
    """Lay out what would be judged otherwise that has been judged; columns of ``PastRow``."""
    return to_frame(PastRow, [PastRow(difference=sentence) for sentence in inputs.rewritten])
