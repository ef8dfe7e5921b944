# /// script
# requires-python = ">=3.11"
# dependencies = ["matplotlib==3.*", "altair==6.*", "vl-convert-python==1.*"]
# ///
"""Draw a line of figures between level lines as SVG with matplotlib and with Altair, and print what one takes, as JSON.

Usage: charts.py FILE: JSON with "points" and "lines" (their values).
"""

from __future__ import annotations

import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair
import matplotlib as mpl
from matplotlib.figure import Figure

RUNS = 9


def by_matplotlib(given: dict[str, Any]) -> str:
    """Draw with matplotlib, without pyplot."""
    figure = Figure(figsize=(6.4, 2.4))
    axes = figure.add_subplot()
    axes.plot(range(len(given["points"])), given["points"], marker="o")
    for level in given["lines"]:
        axes.axhline(level, linestyle="--")
    made = io.StringIO()
    figure.savefig(made, format="svg")
    return made.getvalue()


def by_altair(given: dict[str, Any]) -> str:
    """Draw with Altair, turned into SVG by vl-convert."""
    points = altair.Data(values=[{"at": place, "value": value} for place, value in enumerate(given["points"])])
    levels = altair.Data(values=[{"value": value} for value in given["lines"]])
    line = altair.Chart(points).mark_line(point=True).encode(x="at:Q", y="value:Q")
    rules = altair.Chart(levels).mark_rule(strokeDash=[4, 4]).encode(y="value:Q")
    made = io.StringIO()
    (line + rules).properties(width=460, height=170).save(made, format="svg")
    return made.getvalue()


def seconds(draw: Callable[[dict[str, Any]], str], given: dict[str, Any]) -> float:
    """Take the median of some runs after one to warm up."""
    taken = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        if "<svg" not in draw(given):
            raise SystemExit("no SVG was made")
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


if __name__ == "__main__":
    mpl.use("svg")
    chart = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps({"matplotlib": seconds(by_matplotlib, chart), "Altair": seconds(by_altair, chart)}))
