"""The program that opens workbooks, run in a process of its own: started by ``grid``, and ended when it misbehaves.

It reads files from standard input and answers on standard output, each with its length (8 bytes, big-endian) before it.
An answer is JSON: ``{"sheets": {name: rows of cells}}`` or ``{"failed": reason}``. The first answer, empty, says that it
is ready. Only the standard library and python_calamine are imported, so that it starts in a few hundredths of a second.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from io import BytesIO

from python_calamine import SheetTypeEnum, load_workbook

# Importing typing would make up a sixth of the time it takes to start.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

# A form takes 16 MB, the most numbers that pass the preflight 80. One long text in every cell would take gigabytes: that ends here.
MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS_PER_FILE = 10
LENGTH_BYTES = 8
_REASON_AT_MOST = 100


def read_sheets(content: bytes) -> dict[str, Any]:
    """Read every worksheet as rows from A1 on. Cells are text, float, int, bool, or of a date or time type; empty is ""."""
    with load_workbook(BytesIO(content)) as workbook:
        names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        return {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}


def answer(content: bytes) -> bytes:
    """Answer one file."""
    try:
        # JSON knows no dates: they travel as what a person would see.
        return json.dumps({"sheets": read_sheets(content)}, default=lambda value: {"shown": str(value)}).encode()
    except BaseException as error:  # noqa: BLE001 - a panic of the reader's Rust code is a BaseException of its own
        return json.dumps({"failed": str(error)[:_REASON_AT_MOST] or type(error).__name__}).encode()


def limit_memory() -> None:
    """Cap this process's memory, and leave no core file when it dies of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_processor_time() -> None:
    """Allow this process so many more seconds of processor time; beyond them the system ends it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time()) + CPU_SECONDS_PER_FILE
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer files until there are no more."""
    answer_bytes = b""
    while True:
        answers.write(len(answer_bytes).to_bytes(LENGTH_BYTES, "big") + answer_bytes)
        answers.flush()
        length = requests.read(LENGTH_BYTES)
        if len(length) < LENGTH_BYTES:
            return
        limit_processor_time()
        answer_bytes = answer(requests.read(int.from_bytes(length, "big")))


if __name__ == "__main__":
    limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)
