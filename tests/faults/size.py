"""How much of a fault test is done: a little in `make test`, more in `make faults`, every step in `make faults FAULTS=full`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

Step = TypeVar("Step")
_SIZE = os.environ.get("PMF_FAULTS", "")
IS_FULL = _SIZE == "full"
IS_LARGE = bool(_SIZE)
only_in_make_faults = pytest.mark.skipif(not IS_LARGE, reason="takes too long for `make test`: run `make faults`")


def some_of(steps: Sequence[Step], few: int, many: int) -> list[Step]:
    """Choose evenly spread steps, ``few`` in `make test` and ``many`` in `make faults`; every one in a full run."""
    most = many if IS_LARGE else few
    if IS_FULL or len(steps) <= most:
        return list(steps)
    if most == 1:
        return [steps[len(steps) // 2]]
    return [steps[round(number * (len(steps) - 1) / (most - 1))] for number in range(most)]
