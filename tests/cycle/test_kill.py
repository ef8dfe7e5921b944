"""Killed anywhere, run again: the state is that of a run nobody disturbed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pmf.period import Month

APRIL = Month(2024, 4)
STAGES = ("open", "scan", "collect", "validate", "rate", "validate_ratings", "report", "send")
WRITE_POINTS = (1, 4)


def is_killed_at(write_point: int, home: Path, stage: str) -> bool:
    """Run a stage in a process of its own; tell whether it came as far as its n-th write, where it is killed."""
    script = Path(__file__).with_name("killed_stage.py")
    done = subprocess.run([sys.executable, script, home, stage, str(write_point)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_every_stage_killed_at_its_writes_ends_like_an_undisturbed_one(make_council) -> None:
    """Each stage of a month, killed -9 at its writes one after the other and then run, leaves the rows and bytes it should."""
    reference, subject = make_council("reference"), make_council("subject")
    kills = {}
    for stage in STAGES:
        if stage == "scan":
            reference.deliver(APRIL)
            subject.deliver(APRIL)
        getattr(reference, stage)(APRIL)
        kills[stage] = sum(is_killed_at(write_point, subject.settings.home, stage) for write_point in WRITE_POINTS)
        getattr(subject, stage)(APRIL)
        assert subject.state() == reference.state(), stage
    assert min(kills.values()) >= 1, kills
