"""Inject all twenty faults and print a row for each: `make faults`.

Usage: python tests/faults [NUMBER ...] [PYTEST OPTION ...]. Numbers choose faults; without any, all are injected. PMF_FAULTS=full
injects every step of each. Ends with 0 when every fault passed.
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections import Counter, defaultdict
from itertools import takewhile
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from faults.table import FAULTS, OF_THE_CHECKER, Fault  # noqa: E402 - found through the line above

_WIDTH = 150


class Results:
    """A pytest plugin: what came of each fault's tests, and what the checker saw in them."""

    def __init__(self, chosen: list[Fault]) -> None:
        self.chosen = chosen
        self.outcomes: dict[int, Counter[str]] = defaultdict(Counter)
        self.seconds: Counter[int] = Counter()
        self.seen: dict[int, list[str]] = defaultdict(list)
        self.failures: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test's end, once, under every fault it is of."""
        if report.failed:
            self.failures.append(f"{report.nodeid}\n{report.longreprtext}")
        for fault in self.chosen:
            if fault.is_tested_by(report.nodeid):
                self.seconds[fault.number] += round(report.duration)
                if report.when == "call" or report.outcome != "passed":
                    self.outcomes[fault.number][report.outcome] += 1
                if report.when == "call":
                    self.seen[fault.number] += [str(value) for name, value in report.user_properties if name == "saw"]

    def lines(self) -> list[str]:
        """Lay out the table."""
        return [line for fault in self.chosen for line in self._row(fault)]

    def _row(self, fault: Fault) -> list[str]:
        counts = self.outcomes[fault.number]
        verdict = "FAIL" if counts["failed"] else "pass" if counts["passed"] else "none"
        tests = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        said = [f"injected: {fault.injected}", *(f"seen: {seen}" for seen in dict.fromkeys(self.seen[fault.number]))]
        head = f"{fault.number:>2}  {verdict}  {fault.name}  ({tests}; {self.seconds[fault.number]} s)"
        return [head, *(line for text in said for line in textwrap.wrap(text, _WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 12))]


def main(arguments: list[str]) -> int:
    """Run the tests of the chosen faults and print the table; give the exit code."""
    numbers = list(takewhile(str.isdecimal, arguments))
    options = arguments[len(numbers) :]
    chosen = [fault for fault in FAULTS if not numbers or str(fault.number) in numbers]
    os.environ.setdefault("PMF_FAULTS", "faults")
    os.chdir(TESTS.parent)
    results = Results(chosen)
    named = list(dict.fromkeys([test for fault in chosen for test in fault.tests] + ([] if numbers else [OF_THE_CHECKER])))
    # A file given with one of its own tests would run that twice.
    nodes = [node for node in named if node.partition("::")[0] == node or node.partition("::")[0] not in named]
    quiet = ["-qq", "--no-header", "--no-summary", "--disable-warnings"]
    code = pytest.main([*nodes, *quiet, "--dist", "loadfile", *options], plugins=[results])
    report = ["", *results.failures, *results.lines()]
    sys.stdout.write("\n".join(report) + "\n")
    return int(code)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
