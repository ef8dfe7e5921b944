"""Doing one thing in many processes at the same moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
_WAIT_SECONDS = 60


def at_once(work: Callable[[int], Result], *, processes: int) -> list[Result]:
    """Run ``work(0)`` to ``work(processes - 1)``, each in a process of its own that waits until all are ready."""
    forked = multiprocessing.get_context("fork")
    gate, results = forked.Barrier(processes), forked.SimpleQueue()

    def run(number: int) -> None:
        gate.wait(_WAIT_SECONDS)
        try:
            results.put((number, work(number), None))
        except BaseException as error:  # noqa: BLE001 - told to the parent, which fails
            results.put((number, None, repr(error)))

    children = [forked.Process(target=run, args=(number,)) for number in range(processes)]
    for child in children:
        child.start()
    answers = sorted((results.get() for _ in children), key=lambda answer: answer[0])
    for child in children:
        child.join(_WAIT_SECONDS)
    failures = [failure for _, _, failure in answers if failure]
    assert not failures, failures
    return [answer for _, answer, _ in answers]
