"""Fault 2: killed -9 at any write of any stage, and run again, an installation ends as if nobody had disturbed it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from faults.fresh import Fresh
from faults.homes import Installation
from faults.kills import kill_every_stage
from faults.stages import STAGES


@pytest.mark.slow
def test_killed_at_its_writes_every_stage_ends_like_an_undisturbed_one(
    fresh: Fresh, installation: Installation, record_property: Callable[[str, object], None]
) -> None:
    """Half-way no promise is broken; run again after each kill, every stage leaves the same rows and the same bytes."""
    kills, wrong = fresh.do(kill_every_stage, installation)
    found = installation.check()
    record_property("saw", f"{kills.total()} kills in {len(kills)} stages; {found}")
    assert (wrong, found.breaches) == ([], ())
    assert set(kills) == set(STAGES), kills
    assert min(kills.values()) >= 1, kills
