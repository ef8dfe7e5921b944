"""What benchmarks find, one row a comparison: ours, a named peer in the same run, their ratio, and the target it is held against.

``record`` prints a row, and adds it to the file that ``PMF_BENCH_RESULTS`` names (``run.py`` does) as a line of JSON. ``ask`` runs a
peer that has an environment of its own (``peers/``). ``page`` renders all rows as ``docs/performance.md``.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "benchmarks" / "peers"
VARIABLE = "PMF_BENCH_RESULTS"
SECTIONS = {
    1: "Orchestration",
    2: "Validation",
    3: "Rating, change, trend, projection, reds in a row",
    4: "Workbooks",
    5: "Documents",
    6: "Loading the warehouse",
}


@dataclass(frozen=True)
class Row:
    """One comparison. Without ``at_least`` and ``at_most`` it is told for scale and held against nothing."""

    section: int
    what: str
    ours: float
    peer: str
    theirs: float
    unit: str = "s"
    at_least: float | None = None
    at_most: float | None = None
    peak_mb: float | None = None

    @property
    def ratio(self) -> float:
        """How many times as fast as the peer; how many times what the peer takes where that is the target, or where it is slower."""
        if self.ours == 0 or self.theirs == 0:
            return float("inf")
        return self.ours / self.theirs if self.is_multiple else self.theirs / self.ours

    @property
    def is_multiple(self) -> bool:
        """Tell whether the ratio is of what the peer takes."""
        return self.at_most is not None or (self.at_least is None and self.is_slower)

    @property
    def said(self) -> str:
        """The ratio in words."""
        figure = f"{self.ratio:.2f}" if self.ratio < 10 else f"{self.ratio:.0f}"
        if self.unit != "s":
            return f"{figure} × it"
        return f"{figure} × its time" if self.is_multiple else f"{figure} × as fast"

    @property
    def target(self) -> str:
        """The target in words; empty where there is none."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g} × {'its time' if self.unit == 's' else 'it'}"
        return f"≥ {self.at_least:g} × as fast" if self.at_least is not None else ""

    @property
    def is_met(self) -> bool | None:
        """Tell whether the target is met. None: there is none."""
        if self.at_most is not None:
            return self.ratio <= self.at_most
        return None if self.at_least is None else self.ratio >= self.at_least

    @property
    def verdict(self) -> str:
        """Say how it ended in a word."""
        return {True: "met", False: "**missed**", None: ""}[self.is_met]

    @property
    def is_slower(self) -> bool:
        """Tell whether the peer takes less."""
        return self.ours > self.theirs

    def line(self) -> str:
        """Say it in a line."""
        aim = f" (target {self.target}: {self.verdict.strip('*')})" if self.target else ""
        return f"{self.what}: {written(self.ours, self.unit)}, {self.peer} {written(self.theirs, self.unit)}: {self.said}{aim}"


def record(section: int, what: str, *, ours: float, peer: str, theirs: float, **others: Any) -> Row:
    """Print a comparison and keep it for the page."""
    row = Row(section, what, ours, peer, theirs, **others)
    print(f"= {row.line()}")
    if path := os.environ.get(VARIABLE):
        with Path(path).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
    return row


def ask(peer: str, *words: object) -> dict[str, Any] | None:
    """Run ``peers/PEER.py`` in its own environment, made by uv from the lock file beside it, and return what it tells.

    None, and a line that says why: uv is missing, or the packages cannot be had (they come from PyPI the first time).

    Raises:
        SystemExit: when the peer itself fails, with what it said last.
    """
    uv = shutil.which("uv") or shutil.which(ROOT / ".uv" / "bin" / "uv")
    if uv is None:
        print(f"{peer}: not measured, as uv is missing (`make setup` installs it)")
        return None
    script = str(PEERS / f"{peer}.py")
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    prepare = [uv, "sync", "--quiet", "--locked", "--script", script]
    made = subprocess.run(prepare, capture_output=True, text=True, check=False, env=inherited)  # noqa: S603 - uv
    if made.returncode:
        print(f"{peer}: not measured, as its packages cannot be had. {_last_line(made)}")
        return None
    command = [uv, "run", "--quiet", "--no-project", "--locked", "--script", script, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=inherited)  # noqa: S603 - this project's own
    if done.returncode:
        raise SystemExit(f"{peer} ended with {done.returncode}. {_last_line(done)}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return next(reversed(done.stderr.strip().splitlines()), "")


def kept(path: Path) -> list[Row]:
    """Read rows back."""
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def written(figure: float, unit: str) -> str:
    """Write seconds as people read them; anything else with its unit."""
    if unit != "s":
        return f"{figure:,.0f} {unit}"
    if figure < 0.1:
        return f"{figure * 1000:.2g} ms" if figure < 0.01 else f"{figure * 1000:.0f} ms"
    return f"{figure:.2f} s" if figure < 10 else f"{figure:,.0f} s"


def machine() -> Mapping[str, str]:
    """Describe what it was measured on."""
    models = {line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")}
    memory = next((int(line.split()[1]) // 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {
        "processor": ", ".join(sorted(models)) or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory} GB",
        "system": platform.system(),
        "python": platform.python_version(),
    }


def page(rows: Iterable[Row], *, sizes: str, load: str) -> str:
    """Render the results page."""
    every = list(rows)
    templates = Environment(  # noqa: S701 - Markdown
        loader=FileSystemLoader(ROOT / "benchmarks"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["written"] = written
    sections = [(name, [row for row in every if row.section == number]) for number, name in SECTIONS.items()]
    return templates.get_template("performance.md.j2").render(
        sections=sections, rows=every, machine=machine(), sizes=sizes, load=load, total=len([row for row in every if row.target])
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []
