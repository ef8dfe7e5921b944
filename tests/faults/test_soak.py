"""Fault 20: many cycles one after the other in one process leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from faults.fresh import Fresh
from faults.homes import Installation
from faults.size import IS_FULL, only_in_make_faults
from faults.soak import soak

CYCLES = 200 if IS_FULL else 12
_WARM_UP = CYCLES // 3


@only_in_make_faults
@pytest.mark.slow
def test_nothing_piles_up(fresh: Fresh, copy: Installation, record_property: Callable[[str, object], None]) -> None:
    """After warming up, memory grows by less than a twentieth; no file, thread, process or temporary folder is left over."""
    readings = fresh.do(soak, copy, cycles=CYCLES)
    warm, last = readings[_WARM_UP], readings[-1]
    found = copy.check()
    record_property("saw", f"{CYCLES} cycles, {warm.megabytes:.0f} MB after {_WARM_UP} and {last.megabytes:.0f} MB at the end; {found}")
    assert found.breaches == ()
    assert last.megabytes < warm.megabytes * 1.05
    assert last.megabytes < 2_000
    assert (last.children, last.half_written) == (0, 0)
    assert (last.files, last.threads) <= (warm.files, warm.threads)
