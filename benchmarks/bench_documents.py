"""Time a council's quarterly set, scorecards and committee papers in every format, read again by the linter, beside WeasyPrint.

Usage: bench_documents.py [ORGANISATION]

WeasyPrint makes tagged PDFs (PDF/UA-1) from our own web pages of the same documents: its PDFs are compared with our PDFs, and
with our whole set. Wall time in one process, medians of three (WeasyPrint: of one). Both have a page of each kind to warm up on.
Its PDFs say the same; how they look is another matter.

A chart of 36 figures between four lines is drawn by our template, and by matplotlib and Altair (``peers/charts.py``).
"""

from __future__ import annotations

import io
import json
import logging
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pikepdf
import weasyprint
from results import ask, record

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from e2e.quarter import live_through
from pmf.cycle.documents import FORMAT_LABELS, HTML, PDF, Edition, FinishedFile, finish_files, render
from pmf.cycle.linting import lint_documents
from pmf.page.document import Chart, ChartLine, ChartPoint
from pmf.page.environment import html_environment
from pmf.period import parse_period
from pmf.settings import Settings, read_settings

EVER_AFTER = datetime(2100, 1, 1, tzinfo=UTC)
RUNS = 3


def quarterly_set(organisation: str, home: Path) -> tuple[Settings, list[FinishedFile]]:
    """Live through a quarter of a council's sample; return every file of its last month's scorecards and its papers as they were issued."""
    issued: list[FinishedFile] = []

    def finish(editions: Iterable[Edition], folder: Path, settings: Settings, **others: Any) -> list[FinishedFile]:
        files = finish_files(editions, folder, settings, **others)
        issued.extend(files)
        return files

    with mock.patch("pmf.cycle.report.finish_files", finish):
        settings = live_through(organisation, home, publishes=False)
    return settings, issued


def seconds(work: Callable[[], Any], runs: int = RUNS) -> float:
    """Give the median time of so many runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def pages(pdf: bytes) -> int:
    """Count the pages of a PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def by_weasyprint(page: bytes) -> bytes:
    """Make a tagged PDF of a web page."""
    pdf: bytes = weasyprint.HTML(string=page.decode()).write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def _render_all(files: Sequence[FinishedFile], settings: Settings) -> list[bytes]:
    return [render(file.edition, file.format, settings) for file in files]


def set_of(issued: Sequence[FinishedFile], settings: Settings, organisation: str) -> tuple[float, float]:
    """Time making the whole set as a run does, on its threads and each time into a new store; and the linter reading it."""
    editions = list({id(file.edition): file.edition for file in issued}.values())
    homes = (replace(settings, home=settings.home / f"again-{number}") for number in range(RUNS))
    making = seconds(lambda: finish_files(editions, Path("outbox"), next(homes)))
    periods = [parse_period(key) for key in sorted({file.path.parts[2] for file in issued})]
    reading = seconds(lambda: [lint_documents(organisation, period, as_at=EVER_AFTER, settings=settings) for period in periods])
    return making, reading


def compare_charts(file: Path) -> None:
    """Draw one chart, and let the others draw its points and lines."""
    figures = [50 + 8 * math.sin(at) + at / 4 for at in range(36)]
    levels = {"mean": 54.0, "limit": 70.0, "target": 60.0}
    lines = tuple(ChartLine(style, value, 0, 35, f"{style} {value:.1f}%") for style, value in levels.items())  # type: ignore[arg-type]  # the keys
    chart = Chart("A chart", "Illustrative", tuple(map(ChartPoint, figures)), (*lines, ChartLine("limit", 40.0, 0, 35)), ((0, "2023"),))
    template = html_environment(read_settings({}).templates / "report").get_template("chart.svg")
    ours = seconds(lambda: template.render(chart=chart), runs=51)
    file.write_text(json.dumps({"points": figures, "lines": [line.value for line in chart.lines]}), encoding="utf-8")
    for peer, took in (ask("charts", file) or {}).items():
        record(5, "a chart of 36 figures as SVG", ours=ours, peer=peer, theirs=took)


def main() -> None:
    """Print a line for each format, and how both compare with WeasyPrint."""
    organisation = sys.argv[1] if sys.argv[1:] else "cambridgeshire"
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as home:
        settings, issued = quarterly_set(organisation, Path(home))
        of_format = {name: [file for file in issued if file.format == name] for name in FORMAT_LABELS}
        number = sum(pages(file.content) for file in of_format[PDF])
        print(f"{organisation}: {len(of_format[PDF])} documents, {number} PDF pages, {len(issued)} files\n")
        taken = {}
        for name, files in of_format.items():
            taken[name] = seconds(partial(_render_all, files, settings))
            size = sum(len(file.content) for file in files) / 1024
            print(f"  {FORMAT_LABELS[name]:<26} {len(files):>3} files {size:>7.0f} kB {taken[name]:>7.2f} s")
        making, reading = set_of(issued, settings, organisation)
        print(
            f"  {'the whole set, 2 threads':<26} {len(issued):>3} files {'':>10} {making:>7.2f} s {making / number * 1000:>6.1f} ms a page"
        )
        print(f"  {'read again by the linter':<26} {'':>20} {reading:>7.2f} s")
        by_weasyprint(of_format[HTML][0].content)
        made: list[bytes] = []
        peer = seconds(lambda: made.extend(by_weasyprint(file.content) for file in of_format[HTML]), runs=1)
        compare_charts(Path(home) / "chart.json")
    theirs = sum(map(pages, made))
    each = peer / theirs * 1000
    print(f"  {'WeasyPrint, PDFs alone':<26} {len(made):>3} files {'':>10} {peer:>7.2f} s {each:>6.1f} ms a page, {theirs} pages\n")
    who = f"{organisation}'s quarterly set"
    record(5, f"{who}, PDFs", ours=taken[PDF], peer="WeasyPrint", theirs=peer, at_least=8)
    record(5, f"{who}, every format and the linter", ours=making + reading, peer="WeasyPrint's PDFs alone", theirs=peer, at_least=2)
    record(5, f"{who}, web pages", ours=taken[HTML], peer="WeasyPrint's PDFs", theirs=peer)


if __name__ == "__main__":
    main()
