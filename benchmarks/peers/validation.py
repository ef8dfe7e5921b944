# /// script
# requires-python = ">=3.11"
# dependencies = ["dataframely==2.*", "pointblank==0.*", "polars==1.*"]
# ///
"""Run the twenty checks on polars with dataframely and with pointblank; print what each took and found, as JSON.

Usage: validation.py FILE RUNS; the file is a frame of ``bench_validation.py`` as Parquet

Both answer with the rows that break each check. Median of processor time after one run on few rows to warm up.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import dataframely as dy
import pointblank as pb
import polars as pl
from expressions import EXPRESSIONS

Broken = dict[str, list[int]]
RULES = {f"check_{name}": dy.rule()(lambda _cls, expression=expression: expression) for name, expression in EXPRESSIONS.items()}


def with_dataframely(frame: pl.DataFrame) -> Broken:
    """Filter by a schema whose rules are the checks, and ask what failed."""
    kinds = {pl.String: dy.String, pl.Int64: dy.Int64, pl.Float64: dy.Float64}
    columns = {name: kinds[type(kind)](nullable=True) for name, kind in frame.schema.items()}
    schema = type("Checked", (dy.Schema,), columns | RULES)
    _, failure = schema.filter(frame, cast=False)
    details = failure.details()
    return _named({name: details.filter(pl.col(f"check_{name}") == "invalid")["row_id"].to_list() for name in EXPRESSIONS})


def with_pointblank(frame: pl.DataFrame) -> Broken:
    """Interrogate step by step, with the rows that fail kept."""
    validation = pb.Validate(frame)
    for expression in EXPRESSIONS.values():
        validation = validation.col_vals_expr(expression)
    done = validation.interrogate(collect_extracts=True)
    extracts = done.get_data_extracts()
    return _named({name: extracts[step]["row_id"].to_list() for step, name in enumerate(EXPRESSIONS, 1) if step in extracts})


def _named(found: Broken) -> Broken:
    return {name: sorted(rows) for name, rows in found.items() if rows}


def seconds(run: Callable[[], object], runs: int) -> float:
    """Take the median of processor time."""
    taken = []
    for _ in range(runs):
        began = time.process_time()
        run()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def main(path: Path, runs: int) -> None:
    """Time both."""
    frame = pl.read_parquet(path)
    told = {}
    for name, way in {"dataframely": with_dataframely, "pointblank": with_pointblank}.items():
        way(frame.head(50))
        told[name] = {"found": way(frame), "seconds": seconds(lambda way=way: way(frame), runs)}
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
