"""The cells of workbooks, read in a process of their own: a file that kills its reader harms no other file.

One child process reads a whole batch; when it dies or takes too long, the file it had in hand is reported and a new
child goes on with the next one.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, cast

from pmf.form import child
from pmf.form.model import Problem, Unreadable
from pmf.form.problem import unreadable

# A hundred times what a form of 300 KPIs with long comments comes to.
_LARGEST_ANSWER = 64 * 1024 * 1024

# A sheet's rows from A1 on. A cell is text, number or truth value; a date or time comes as {"shown": text}; "" is empty.
Content = str | float | int | bool | dict[str, str]
Grid = dict[str, list[list[Content]]]


def read_grids(files: Iterable[bytes], *, timeout_seconds: float = 10) -> Iterator[Grid | Unreadable]:
    """Read the cells of workbooks, in the order given; ``timeout_seconds`` is what one file may take.

    While the child reads a file, the next is taken from ``files`` and the cells of the one before are the caller's.

    Raises:
        RuntimeError: when the reading process cannot be started at all, which is no fault of any file.
    """
    reader = _Reader(timeout_seconds)
    try:
        is_reading = False
        for content in files:
            finished = reader.receive() if is_reading else None
            reader.send(content)
            is_reading = True
            if finished is not None:
                yield finished
        if is_reading:
            yield reader.receive()
    finally:
        reader.stop()


class _Reader:
    """The reading process of a batch, started when there is a file to read, and again after it has died."""

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def send(self, content: bytes) -> None:
        """Hand over a file. If the process is no more, ``receive`` will notice."""
        process = self._process or self._start()
        with suppress(BrokenPipeError):
            requests = cast("IO[bytes]", process.stdin)
            requests.write(len(content).to_bytes(child.LENGTH_BYTES, "big") + content)
            requests.flush()

    def receive(self) -> Grid | Unreadable:
        """Give the cells of the file handed over."""
        answer = self._answer(cast("subprocess.Popen[bytes]", self._process))
        if answer is None:
            self.stop()
            return unreadable(Problem.READER_FAILED, "reading it takes too much time or memory")
        content = json.loads(answer)
        if "failed" in content:
            return unreadable(Problem.READER_FAILED, f"the reader stopped at {content['failed']!r}")
        return cast("Grid", content["sheets"])

    def stop(self) -> None:
        """End the process, if there is one, and let go of its pipes."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        # -I: neither the program's folder nor PYTHON* variables nor a user's packages; only what is installed.
        command = [sys.executable, "-I", child.__file__]
        # No environment: nothing in there is any business of a workbook's.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
        )
        if self._answer(self._process) is None:
            self.stop()
            raise RuntimeError(f"the reading process does not start; to see why, run: {' '.join(command)}")
        return self._process

    def _answer(self, process: subprocess.Popen[bytes]) -> bytes | None:
        """Wait for an answer. None: the process died, takes too long or says too much."""
        answers = cast("IO[bytes]", process.stdout)
        waiting = select.poll()
        waiting.register(answers, select.POLLIN)
        if not waiting.poll(self._timeout_seconds * 1000):
            return None
        length = answers.read(child.LENGTH_BYTES)
        size = int.from_bytes(length, "big")
        if len(length) < child.LENGTH_BYTES or size > _LARGEST_ANSWER:
            return None
        answer = answers.read(size)
        return answer if len(answer) == size else None
