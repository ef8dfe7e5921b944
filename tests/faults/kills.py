"""Killing every stage at its writes, one after the other."""

from __future__ import annotations

from collections import Counter

from faults.fresh import well_done
from faults.homes import Installation
from faults.invariants import differences
from faults.size import some_of
from faults.stages import APRIL, STAGES
from faults.writes import count_writes, is_killed_at


def kill_every_stage(installation: Installation) -> tuple[Counter[str], list[str]]:
    """Live through all stages; kill each at some of its writes (all in a full run), look, run it again and compare.

    Gives how often each stage was killed, and whatever was not as it should be.
    """
    council, kills, wrong = installation.council, Counter[str](), []
    for name, stage in STAGES.items():
        if name == "scan":
            council.deliver(APRIL)

        def work(stage=stage) -> object:
            return stage(council)

        put_back = installation.keep()
        writes = count_writes(work)
        undisturbed = installation.fingerprint()
        for write_point in some_of(range(1, writes + 1), few=1, many=3):
            put_back()
            kills[name] += is_killed_at(write_point, work)
            at = f"{name}, killed at write {write_point} of {writes}"
            wrong += [f"{at}: {breach}" for breach in installation.check(at_rest=False).breaches]
            well_done(work)
            wrong += [f"{at}, run again: {what} is not as undisturbed" for what in differences(undisturbed, installation.fingerprint())]
    return kills, wrong
