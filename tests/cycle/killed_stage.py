"""Run one stage of the sample council's April in a process that is killed -9 at its n-th write.

Usage: killed_stage.py HOME STAGE WRITE_POINT. Write points are the commits of the warehouse and the renames, replacements
and links of files. Ends with 0 when the stage has fewer writes.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, event

sys.path.insert(0, str(Path(__file__).parent))


def die_at(write_point: int, calls: tuple[str, ...] = ("replace", "rename", "link")) -> None:
    """Arrange for this process to be killed at its n-th write: a commit, or one of these calls of ``os``."""
    count = 0

    def tick(*_: object) -> None:
        nonlocal count
        count += 1
        if count == write_point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "commit", tick)
    for name in calls:
        original = getattr(os, name)

        def ticking(*args: object, _original: Callable[..., object] = original, **kwargs: object) -> object:
            tick()
            return _original(*args, **kwargs)

        setattr(os, name, ticking)


def main() -> None:
    """Run the stage."""
    from council import council_at

    from pmf.period import Month

    home, stage, write_point = sys.argv[1:]
    council = council_at(Path(home))
    die_at(int(write_point))
    getattr(council, stage)(Month(2024, 4))


if __name__ == "__main__":
    main()
