"""A process that has loaded everything and set no page, to fork children from by the hundred.

Typst sets pages with threads that a forked child does not have: the child of a process that has set one waits for them for ever.
So pages are set in children only, and the process they come from is one of its own, not that of the tests.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import select
import signal
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

Result = TypeVar("Result")
Asked = ParamSpec("Asked")
_CHILD_SECONDS = 600
_FAILED = 3


class Fresh:
    """The process. It does one thing at a time, each a function of a module."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"), initializer=_load_everything)

    def do(self, work: Callable[Asked, Result], *args: Asked.args, **kwargs: Asked.kwargs) -> Result:
        """Do something there and give what it gives."""
        return self._pool.submit(work, *args, **kwargs).result()

    def end(self) -> None:
        """End the process."""
        self._pool.shutdown()


def _load_everything() -> None:
    """Run a month up to the first page that is set: what is loaded then need not be loaded in every child."""
    from faults.small import small_council
    from faults.stages import live_through

    with tempfile.TemporaryDirectory() as folder:
        live_through(small_council(Path(folder) / "home"), until="report")
    import pmf.cycle.lookinto
    import pmf.cycle.publish
    import pmf.page.pdf
    import pmf.page.sheet  # noqa: F401 - loaded, not used


def in_child(work: Callable[[], object]) -> tuple[int, Any]:
    """Do the work in a forked child: its exit code, negative for the signal that ended it, and what the work gave where it is 0."""
    return _end(*_begin(work))


def both_at_once(work: Callable[[], object]) -> list[int]:
    """Do the same work in two forked children at the same time and give their exit codes."""
    children = [_begin(work), _begin(work)]
    return [_end(*child)[0] for child in children]


def _begin(work: Callable[[], object]) -> tuple[int, int]:
    """Fork a child that does the work; give its number, and where it writes what the work gave."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        code = _FAILED
        try:
            faulthandler.dump_traceback_later(_CHILD_SECONDS)
            with os.fdopen(write, "wb") as answer:
                pickle.dump(work(), answer)
            code = 0
        except BaseException:  # noqa: BLE001 - this is the end of the child
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(write)
    return child, read


def _end(child: int, answer: int) -> tuple[int, Any]:
    """Wait for a child to close its end, or kill it when it is past its time. Without a thread: the next child is forked from here."""
    content, deadline = b"", time.monotonic() + _CHILD_SECONDS + 10
    while select.select([answer], [], [], max(0, deadline - time.monotonic()))[0]:
        more = os.read(answer, 1 << 16)
        if not more:
            break
        content += more
    else:
        os.kill(child, signal.SIGKILL)
    os.close(answer)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code, pickle.loads(content) if code == 0 else None  # noqa: S301 - our own child's


def well_done(work: Callable[[], Result]) -> Result:
    """Do the work in a forked child, which is to succeed, and give what it gives."""
    code, result = in_child(work)
    assert code == 0, f"the child ended with {code}: its traceback is on standard error"
    return cast("Result", result)
