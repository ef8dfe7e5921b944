"""Run the same twenty checks with our suites on Great Expectations, with pandera and with plain pandas, in the same run.

Usage: bench_validation.py [ROWS ...], by default 300 (a council's month), 30,000 and 1,000,000.

All answer with the rows that break each check, and it is made sure that they name the same ones; ours also words a
finding for each. A handful of rows breaks half of the checks, whatever the size, as in a real month. Each is warmed up, then
the median of several runs counts, in processor seconds, since machines are shared. Each size and engine has a process of its
own, so that its memory is its own (dataframely and pointblank, whose memory is not told, share one). Beside them stand the same
checks as polars expressions, with dataframely and pointblank (on polars too, in an environment of their own, ``peers/``), and Great
Expectations by itself, asked only yes or no of each check as anyone would ask it: what asking costs before anybody asks which rows.

Then the cost of validating the sample council's first month, three points together, Great Expectations' import left out.
"""

from __future__ import annotations

import cProfile
import ctypes
import gc
import multiprocessing
import pstats
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
from checks import CHECKS, Broken, frame_of, suite, with_pandas
from peers.expressions import EXPRESSIONS
from results import ask, record

from pmf.validation.run import run_suite
from pmf.validation.suites import build

MILLION = 1_000_000
SIZES = (300, 30_000, MILLION)


def with_suite(frame: pd.DataFrame) -> Callable[[], Broken]:
    """Ours: yes or no for all checks, details and worded findings for those that said no."""
    loaded = suite()
    row_ids = dict(zip(frame["kpi_ref"], frame["row_id"], strict=True))

    def run() -> Broken:
        found: dict[str, set[int]] = {}
        for finding in run_suite(loaded, frame).findings:
            found.setdefault(finding.rule_id.removeprefix("bench."), set()).add(row_ids[finding.kpi_ref or ""])
        return {name: frozenset(rows) for name, rows in found.items()}

    return run


def with_pandera(frame: pd.DataFrame) -> Callable[[], Broken]:
    """Pandera, asked lazily, so that it goes on after the first check that fails."""
    import pandera.pandas as pa
    from pandera.errors import SchemaErrors

    checks = [pa.Check(lambda f, broken=check.broken: ~broken(f), name=check.name, error=check.name) for check in CHECKS]
    schema = pa.DataFrameSchema(checks=checks)

    def run() -> Broken:
        try:
            schema.validate(frame, lazy=True)
        except SchemaErrors as errors:
            cases = errors.failure_cases[["check", "index"]].drop_duplicates()
            return {str(name): frozenset(int(row) for row in group["index"]) for name, group in cases.groupby("check")}
        return {}

    return run


def with_polars(frame: pd.DataFrame) -> Callable[[], Broken]:
    """Polars: all checks in one pass, and the ids of the rows that break each."""
    table = pl.from_pandas(frame)
    broken = [pl.col("row_id").filter(~expression.fill_null(value=True)).implode().alias(name) for name, expression in EXPRESSIONS.items()]

    def run() -> Broken:
        found = table.lazy().select(broken).collect().row(0, named=True)
        return {name: frozenset(rows) for name, rows in found.items() if len(rows)}

    return run


def yes_or_no(frame: pd.DataFrame) -> Callable[[], Broken]:
    """Great Expectations by itself: the checks that are broken, and of no row which."""
    import great_expectations as gx

    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    whole = context.data_sources.add_pandas("bench").add_dataframe_asset("frame").add_batch_definition_whole_dataframe("whole")
    loaded = suite()

    def run() -> Broken:
        asked = gx.ExpectationSuite(name="bench", expectations=list(build(loaded, loaded.rules)))
        results = whole.get_batch({"dataframe": frame}).validate(asked, result_format="BOOLEAN_ONLY").results
        names = [result.expectation_config.meta["rule_id"].removeprefix("bench.") for result in results if not result.success]
        return dict.fromkeys(names, frozenset())

    return run


ENGINES = {"pandas": with_pandas, "pandera": with_pandera, "polars": with_polars, "yes/no": yes_or_no, "pmf": with_suite}


@dataclass(frozen=True)
class Measured:
    """What one engine took for one size: the median run in seconds, memory above the frame's in MB, and what it found."""

    seconds: float
    megabytes: float
    found: Broken
    shares: tuple[tuple[str, float], ...] = ()


def measure(engine: str, rows: int) -> Measured:
    """Measure an engine; runs in a process of its own."""
    run = ENGINES[engine](frame_of(rows))
    # A small frame first, so that neither imports nor caches count, in time or in memory.
    ENGINES[engine](frame_of(50))()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what making the frame has left behind would hide what comes
    found, megabytes = _watched(run)
    seconds = statistics.median(_timed(run) for _ in range(3 if rows > 100_000 else 7))
    return Measured(seconds, megabytes, found, _shares(run) if engine == "pmf" else ())


def _watched(run: Callable[[], Broken]) -> tuple[Broken, float]:
    """Run once and say how much more memory than before was in use at most, looked at a hundred times a second."""
    before, most, ended = _megabytes(), [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.01):
            most[0] = max(most[0], _megabytes() - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    found = run()
    ended.set()
    watcher.join()
    return found, most[0]


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _timed(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def _shares(run: Callable[[], object]) -> tuple[tuple[str, float], ...]:
    """Say where the time of a run goes: making, cutting out, Great Expectations' planning, computing and judging, and wording."""
    names = {
        ("suites.py", "build"): "making expectations",
        ("cuttings.py", "batch_for"): "cutting out what each looks at",
        ("validator.py", "_generate_metric_dependency_subgraphs_for_each_expectation_configuration"): "planning metrics",
        ("validation_graph.py", "resolve"): "computing metrics",
        ("expectation.py", "metrics_validate"): "judging",
        ("run.py", "_findings"): "wording findings",
    }
    return _shares_of(run, names)


def _shares_of(run: Callable[[], object], names: dict[tuple[str, str], str]) -> tuple[tuple[str, float], ...]:
    """Profile a run, and give the share of it that functions took, named by their file and name, with what they called."""
    profile = cProfile.Profile()
    profile.runcall(run)
    taken: dict[str, float] = {}
    for (path, _, function), (_, _, _, cumulative, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]  # unknown to typeshed
        label = names.get((Path(path).name, function))
        if label:
            taken[label] = max(taken.get(label, 0.0), cumulative)
    total = pstats.Stats(profile).total_tt  # type: ignore[attr-defined]  # nor this
    return tuple((label, taken[label] / total) for label in names.values() if label in taken)


def compare(rows: int) -> None:
    """Measure the engines on one size, and print them as multiples of plain pandas."""
    context = multiprocessing.get_context("spawn")
    measured: dict[str, Measured] = {}
    for engine in ENGINES:
        with context.Pool(1) as pool:
            measured[engine] = pool.apply(measure, (engine, rows))
    peer = measured["pandas"]
    for engine, result in measured.items():
        if result.found != (dict.fromkeys(peer.found, frozenset()) if engine == "yes/no" else peer.found):
            raise SystemExit(f"{engine} found other rows than pandas: {result.found} instead of {peer.found}")
        ratio = result.seconds / peer.seconds
        print(f"{rows:>9,}  {engine:8} {result.seconds * 1000:>9.1f} ms {ratio:>7.1f} x pandas {result.megabytes:>8.0f} MB more")
    ours, what = measured["pmf"], f"{len(CHECKS)} checks of {rows:,} figures"
    limit = {"at_most": 4 if rows < 10 * MILLION else 2.5} if rows >= MILLION else {}
    record(2, what, ours=ours.seconds, peer="plain pandas", theirs=peer.seconds, peak_mb=ours.megabytes, **limit)
    if rows == SIZES[0]:
        record(2, what, ours=ours.seconds, peer="the limit of 0.3 s", theirs=0.3, at_most=1)
    for other in ("pandera", "polars"):
        record(2, what, ours=ours.seconds, peer=other, theirs=measured[other].seconds)
    record(2, what, ours=ours.seconds, peer="Great Expectations alone, asked yes or no", theirs=measured["yes/no"].seconds)
    for name, told in _others(rows).items():
        if {check: frozenset(ids) for check, ids in told["found"].items()} != peer.found:
            raise SystemExit(f"{name} found other rows than pandas: {told['found']} instead of {peer.found}")
        record(2, what, ours=ours.seconds, peer=name, theirs=told["seconds"])
    print("           of pmf: " + ", ".join(f"{label} {share:.0%}" for label, share in measured["pmf"].shares))


def _others(rows: int) -> dict[str, dict[str, Any]]:
    """Measure those that have an environment of their own; nothing where it cannot be made."""
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        frame_of(rows).to_parquet(file.name)
        return ask("validation", file.name, 3 if rows > 100_000 else 7) or {}


PARTS_OF_A_MONTH = {
    ("run.py", "run_suite"): "asking the suites",
    ("conclusion.py", "conclude"): "reports, letters and forms that go back, and saving it all",
}


def month() -> None:
    """Validate the sample council's first month at all three points, in a home of its own."""
    from pmf.cycle.clearance import clear_documents
    from pmf.cycle.collect import collect_month, scan_inbox
    from pmf.cycle.history import import_history
    from pmf.cycle.open import open_month
    from pmf.cycle.rate import rate_month
    from pmf.cycle.validate import validate_ratings, validate_returns
    from pmf.cycle.workspace import open_workspace
    from pmf.demo.story import teller
    from pmf.settings import read_settings
    from pmf.warehouse.engine import reading

    slug = "cambridgeshire"
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings({"PMF_HOME": home})
        told = teller(slug, settings, say=lambda *_: None)
        first = told.sample.months[0]
        opens_at, deadline, at = told.profile.opens_at(first), told.profile.deadline(first), told.profile.cycle_at(first)
        import_history(slug, settings.organisations / slug / "history.csv", as_at=opens_at, settings=settings)
        told.sign_templates(first)
        open_month(slug, first, as_at=opens_at, settings=settings)
        told.deliver(first, [service.id for service in told.profile.services], at=deadline, corrected=False)
        scan_inbox(slug, as_at=deadline, settings=settings)
        collect_month(slug, first, as_at=at, settings=settings)

        def publication() -> None:
            workspace = open_workspace(slug, settings)
            with reading(workspace.engine) as connection:
                clear_documents(workspace, connection, first, {}, as_at=at)  # what finished files say is the linter's time

        validate_returns(slug, first, as_at=at, settings=settings)
        rate_month(slug, first, as_at=at, settings=settings)
        points: dict[str, Callable[[], object]] = {
            "returns": lambda: validate_returns(slug, first, as_at=at, settings=settings),
            "ratings": lambda: validate_ratings(slug, first, as_at=at, settings=settings),
            "publication": publication,
        }
        taken = {point: statistics.median(_timed(run) for _ in range(3)) for point, run in points.items()}
        shares = _shares_of(lambda: [run() for run in points.values()], PARTS_OF_A_MONTH)
    record(2, "the sample council's month, three points", ours=sum(taken.values()), peer="the limit of 0.3 s", theirs=0.3, at_most=1)
    print(f"The sample council's month: {sum(taken.values()):.2f} s for " + ", ".join(f"{name} {s:.2f} s" for name, s in taken.items()))
    print("of it: " + ", ".join(f"{label} {share:.0%}" for label, share in shares))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(f"Great Expectations' import, not in it: {pool.apply(_import_seconds):.2f} s")


def _import_seconds() -> float:
    began = time.process_time()
    import great_expectations  # noqa: F401 - what is timed

    return time.process_time() - began


if __name__ == "__main__":
    for size in [int(argument) for argument in sys.argv[1:]] or SIZES:
        compare(size)
    month()
