"""Faults 1 and 7: the same work done again, alone or by two at the same moment, changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from faults.fresh import Fresh
from faults.homes import Installation
from faults.invariants import differences
from faults.repeats import again, at_the_same_time
from faults.size import IS_LARGE, only_in_make_faults


def test_what_is_done_again_changes_nothing(fresh: Fresh, copy: Installation, holds: Callable[[Installation], None]) -> None:
    """A finished month and a published paper: each task again by itself, and all of it again, leave every row, byte and letter."""
    assert fresh.do(again, copy, 3 if IS_LARGE else 1) == []
    holds(copy)


@only_in_make_faults
@pytest.mark.slow
def test_two_runs_of_one_period_end_like_one(
    fresh: Fresh, lived: Installation, installation: Installation, holds: Callable[[Installation], None]
) -> None:
    """A scheduled run and one by hand at the same moment: both end, neither fails, and the result is that of one."""
    assert fresh.do(at_the_same_time, installation) == []
    assert differences(lived.fingerprint(), installation.fingerprint()) == []
    holds(installation)
