# /// script
# requires-python = ">=3.11"
# dependencies = ["fastexcel==0.*", "pyarrow"]
# ///
"""Read every sheet of a workbook with fastexcel, without looking at what it is, and print what one takes, as JSON.

Usage: reading.py FILE
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import fastexcel

RUNS = 51


def read(content: bytes) -> int:
    """Read it all; return how many rows there were."""
    book = fastexcel.read_excel(content)
    return sum(book.load_sheet(name, header_row=None, dtypes="string").to_arrow().num_rows for name in book.sheet_names)


if __name__ == "__main__":
    workbook = Path(sys.argv[1]).read_bytes()
    taken = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        if not read(workbook):
            raise SystemExit("nothing was read")
        taken.append(time.perf_counter() - began)
    print(json.dumps({"seconds": statistics.median(taken[1:])}))
