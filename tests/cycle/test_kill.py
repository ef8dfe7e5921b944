"""Killed anywhere, run again: the state is that of a run nobody disturbed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event

from pmf.period import Month

APRIL = Month(2024, 4)
WRITE_POINTS = (1, 2, 3, 5, 8, 13)
STAGES = ("open", "scan", "collect", "validate", "rate", "validate_ratings", "report", "send")


def killed_at(write_point: int, stage: Callable[[], object]) -> bool:
    """Run a stage in a forked child that is killed -9 at its n-th write; tell whether it came that far.

    Write points are every commit of the warehouse (before and after), and every rename or link of a file.
    """
    child = os.fork()
    if child == 0:
        _die_at(write_point)
        stage()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _die_at(write_point: int) -> None:
    count = 0

    def tick(*_: object) -> None:
        nonlocal count
        count += 1
        if count == write_point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "commit", tick)
    for name in ("replace", "rename", "link"):
        original = getattr(os, name)

        def wrapped(*args: object, _original: Callable[..., object] = original, **kwargs: object) -> object:
            tick()
            return _original(*args, **kwargs)

        setattr(os, name, wrapped)


@pytest.mark.slow
def test_every_stage_killed_at_its_writes_ends_like_an_undisturbed_one(make_council) -> None:
    """Each stage of a month, killed -9 at its writes one after the other and then run, leaves the rows and bytes it should."""
    reference, subject = make_council("reference"), make_council("subject")
    kills = {}
    for stage in STAGES:
        if stage == "scan":
            reference.deliver(APRIL)
            subject.deliver(APRIL)
        run = getattr(subject, stage)
        getattr(reference, stage)(APRIL)
        kills[stage] = sum(killed_at(write_point, lambda run=run: run(APRIL)) for write_point in WRITE_POINTS)
        run(APRIL)
        assert subject.state() == reference.state(), stage
    assert min(kills.values()) >= 1, kills
