"""Watching every write of a process, and being killed at one: commits of the warehouse, and the calls that put files in place.

The product knows nothing of this: the watch is set in a child process, on SQLAlchemy's own event and on functions of ``os``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from sqlalchemy import Engine, event

from faults.fresh import in_child, well_done

# A file counts as written when it is safe on disk (fsync) and again when it gets its name.
_CALLS = ("fsync", "replace", "rename", "link", "symlink")


def watch_writes(tick: Callable[[], None]) -> None:
    """Call ``tick`` before every write of this process from now on."""
    event.listen(Engine, "commit", lambda _: tick())
    for name in _CALLS:
        original = getattr(os, name)

        def watched(*args: object, _original: Callable[..., object] = original, **kwargs: object) -> object:
            tick()
            return _original(*args, **kwargs)

        setattr(os, name, watched)


def count_writes(work: Callable[[], object]) -> int:
    """Do the work in a child process and count its writes."""
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1

    def counted() -> int:
        watch_writes(tick)
        work()
        return count

    return well_done(counted)


def is_killed_at(write_point: int, work: Callable[[], object]) -> bool:
    """Do the work in a child process that is killed -9 before its n-th write; tell whether it came that far."""
    left = write_point

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def doomed() -> None:
        watch_writes(tick)
        work()

    code, _ = in_child(doomed)
    assert code in (0, -signal.SIGKILL), f"the child ended with {code}"
    return code == -signal.SIGKILL
