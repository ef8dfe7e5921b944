"""Living through all stages once, once more, and twice at the same moment."""

from __future__ import annotations

from faults.fresh import both_at_once, well_done
from faults.homes import Installation
from faults.invariants import differences
from faults.stages import APRIL, STAGES, live_through


def live(installation: Installation) -> None:
    """Live through a month and a quarter's papers."""
    well_done(lambda: live_through(installation.council))


def again(installation: Installation, times: int) -> list[str]:
    """Run every stage again by itself, the last one first, then the whole story ``times`` over; name what that changed."""
    before = installation.fingerprint()

    def work() -> list[str]:
        changed = []
        for name, stage in reversed(STAGES.items()):
            stage(installation.council)
            changed += [f"{name}: {what}" for what in differences(before, installation.fingerprint())]
        for number in range(times):
            live_through(installation.council)
            changed += [f"time {number + 2}: {what}" for what in differences(before, installation.fingerprint())]
        return changed

    return well_done(work)


def at_the_same_time(installation: Installation) -> list[str]:
    """Live through all stages, each done by two processes at once; name those that did not end well."""
    wrong = []
    for name, stage in STAGES.items():
        if name == "scan":
            installation.council.deliver(APRIL)
        codes = both_at_once(lambda stage=stage: stage(installation.council))
        wrong += [f"{name} ended with {codes}"] * (codes != [0, 0])
    return wrong
