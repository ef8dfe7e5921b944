"""Running a suite: every problem becomes a finding, nothing that did not run passes, and texts stay texts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmf.finding import Dimension, Scope, Severity
from pmf.validation import suites
from pmf.validation.checks import Check
from pmf.validation.datasets.frame import TEXT
from pmf.validation.run import COULD_NOT_RUN, SuiteResult, run_suite
from pmf.validation.suites import load_suite

HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x.example.org")',
    "{kpi_ref.__class__} {0} {nobody}",
    "'; DROP TABLE finding; --",
    "nan",
    "@value == 1 or `kpi_ref`",
    "\u202eevil \x00 \U0001f9ff",
    "tab\tand\nnew line",
]


def a_rule(name: str, type_: str, kwargs: dict[str, Any], **meta: Any) -> dict[str, Any]:
    shared = {
        "rule_id": f"sample.{name}",
        "scope": "row",
        "dimension": "accuracy",
        "dqt_field": None,
        "message": "KPI {kpi_ref} says {comment}.",
        "fix": "Correct cell {cell}.",
        "found_column": "comment",
        "column_field": "value",
    }
    return {"type": type_, "kwargs": kwargs, "severity": "warning", "description": "A sample rule.", "meta": shared | meta}


def where(column: str, operator: str, parameter: Any) -> dict[str, Any]:
    return {"type": "comparison", "column": {"name": column}, "operator": operator, "parameter": parameter}


MINIMUM = a_rule(
    "minimum",
    "expect_column_pair_values_a_to_be_greater_than_b",
    {"column_A": "value", "column_B": "least", "or_equal": True, "ignore_row_if": "either_value_is_missing"},
    expected="{least} or more",
)
TOTAL = a_rule(
    "total",
    "expect_column_sum_to_be_between",
    {"column": "value", "min_value": 1},
    scope="batch",
    message="All of {month} is nought.",
    found_column=None,
)
ONCE = a_rule("once", "expect_column_values_to_be_unique", {"column": "kpi_ref"}, scope="batch")


def a_frame(comments: list[str] | None = None, **columns: Any) -> pd.DataFrame:
    comments = comments or ["fine", "too small"]
    count = len(comments)
    content: dict[str, Any] = {
        "row_id": range(count),
        "kpi_ref": pd.Series([f"K{number}" for number in range(count)], dtype=TEXT),
        "month": pd.Series(["May 2024"] * count, dtype=TEXT),
        "value": [5.0] + [1234.5] * (count - 1),
        "least": [5.0] + [2000.0] * (count - 1),
        "comment": pd.Series(comments, dtype=TEXT),
        "cell_value": pd.Series([f"G{6 + number}" for number in range(count)], dtype=TEXT),
    }
    return pd.DataFrame(content | columns)


def ran(tmp_path: Path, frame: pd.DataFrame, *rules: dict[str, Any], checks: tuple[Check, ...] = ()) -> SuiteResult:
    path = tmp_path / "sample.json"
    path.write_text(json.dumps({"name": "sample", "expectations": rules}), encoding="utf-8")
    return run_suite(load_suite(path), frame, checks)


def test_a_row_that_breaks_a_rule_is_a_finding_in_its_own_words(tmp_path: Path) -> None:
    """A finding's texts are filled from the row, its figures printed without a double's tail."""
    (finding,) = ran(tmp_path, a_frame(), MINIMUM).findings
    assert (finding.rule_id, finding.severity, finding.scope, finding.dimension) == (
        "sample.minimum",
        Severity.WARNING,
        Scope.ROW,
        Dimension.ACCURACY,
    )
    assert (finding.kpi_ref, finding.cell, finding.found, finding.expected) == ("K1", "G7", "too small", "2,000 or more")
    assert (finding.message, finding.fix) == ("KPI K1 says too small.", "Correct cell G7.")


def test_the_compiled_severity_of_the_kpi_counts(tmp_path: Path) -> None:
    """A check compiled for the KPI overrules the suite; one for another KPI does not."""
    checks = (
        Check(rule_id="sample.minimum", kpi_ref="K1", parameters={}, severity=Severity.CRITICAL),
        Check(rule_id="sample.minimum", kpi_ref="K2", parameters={}, severity=Severity.WARNING),
    )
    severities = [finding.severity for finding in ran(tmp_path, a_frame(["a", "b", "c"]), MINIMUM, checks=checks).findings]
    assert severities == [Severity.CRITICAL, Severity.WARNING]


def test_a_rule_on_the_whole_dataset_is_one_finding_about_no_row(tmp_path: Path) -> None:
    """What only the whole dataset can break names what its rows share, and no KPI."""
    (finding,) = ran(tmp_path, a_frame(value=[0.0, 0.0]), TOTAL).findings
    assert (finding.message, finding.kpi_ref, finding.cell) == ("All of May 2024 is nought.", None, None)


@pytest.mark.parametrize(
    ("rule", "columns", "says"),
    [
        (MINIMUM, {"value": ["abc", 3]}, "'str'"),
        (MINIMUM | {"kwargs": MINIMUM["kwargs"] | {"column_A": "worth"}}, {}, "no column worth"),
        (
            a_rule("gone", "expect_column_values_to_not_be_null", {"column": "value"}, message="About {nothing_there}."),
            {},
            "no column nothing_there",
        ),
        (
            a_rule("regex", "expect_column_values_to_match_regex", {"column": "comment", "regex": "("}),
            {},
            "unterminated subpattern",
        ),
        (MINIMUM | {"kwargs": MINIMUM["kwargs"] | {"row_condition": where("comment", ">", 3)}}, {}, "'>' not supported"),
    ],
)
def test_a_check_that_cannot_run_is_a_critical_finding(rule: dict[str, Any], columns: dict[str, Any], says: str, tmp_path: Path) -> None:
    """A check that raises stops the batch with the reason, and the checks beside it still run."""
    result = ran(tmp_path, a_frame(**columns), rule, a_rule("good", "expect_column_values_to_be_null", {"column": "comment"}))
    broken, *others = result.findings
    assert (broken.rule_id, broken.severity, broken.scope) == (COULD_NOT_RUN, Severity.CRITICAL, Scope.BATCH)
    assert rule["meta"]["rule_id"] in broken.message
    assert broken.found is not None
    assert says in broken.found
    assert [finding.rule_id for finding in others] == ["sample.good", "sample.good"]
    assert [entry["exception"] is None for entry in result.results["results"]] == [False, True]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str, tmp_path: Path) -> None:
    """What an officer typed is quoted as it stands: no part of it is run, filled in or lost."""
    result = ran(tmp_path, a_frame(["fine", text]), MINIMUM, ONCE)
    (finding,) = result.findings
    assert finding.found == text
    assert finding.message == f"KPI K1 says {text}."


def test_a_text_too_long_for_a_letter_is_cut(tmp_path: Path) -> None:
    """A cell full of text is quoted by its beginning."""
    (finding,) = ran(tmp_path, a_frame(["fine", "x" * 32_767]), MINIMUM).findings
    assert finding.found == "x" * 500 + "…"


@pytest.mark.parametrize("odd", [float("inf"), float("-inf"), float("nan"), 1e300])
def test_results_are_plain_json(odd: float, tmp_path: Path) -> None:
    """Results can be stored as strict JSON: no infinity, no NaN, no numpy number."""
    result = ran(tmp_path, a_frame(value=[5.0, odd]), MINIMUM, TOTAL)
    stored = json.loads(json.dumps(result.results, allow_nan=False))
    assert stored == result.results
    assert [entry["rule_id"] for entry in stored["results"]] == ["sample.minimum", "sample.total"]


def test_findings_and_results_come_in_the_order_of_the_suite(tmp_path: Path) -> None:
    """Great Expectations answers in any order; we answer in that of the file, and of the rows."""
    rules = [a_rule(f"rule_{number}", "expect_column_values_to_be_null", {"column": "comment"}) for number in (3, 1, 2)]
    result = ran(tmp_path, a_frame(), MINIMUM, *rules)
    assert [finding.rule_id for finding in result.findings] == ["sample.minimum", *[f"sample.rule_{n}" for n in (3, 3, 1, 1, 2, 2)]]
    assert [finding.kpi_ref for finding in result.findings] == ["K1", *["K0", "K1"] * 3]


def test_two_rules_of_one_type_and_column_are_told_apart(tmp_path: Path) -> None:
    """Results are joined on the rule id, not on what is checked."""
    between = [a_rule(f"top_{top}", "expect_column_values_to_be_between", {"column": "value", "max_value": top}) for top in (1, 5000)]
    assert {finding.rule_id for finding in ran(tmp_path, a_frame(), *between).findings} == {"sample.top_1"}


def test_an_empty_dataset_breaks_no_rule_about_rows(tmp_path: Path) -> None:
    """Nothing came in is no row to find fault with; a rule about the whole dataset is asked all the same."""
    empty = a_frame().iloc[:0]
    assert ran(tmp_path, empty, MINIMUM).findings == ()
    (finding,) = ran(tmp_path, empty, MINIMUM, TOTAL).findings
    assert (finding.rule_id, finding.message) == ("sample.total", "All of  is nought.")


def test_importing_validation_does_not_import_great_expectations() -> None:
    """Only a process that validates pays for Great Expectations."""
    import subprocess

    program = "import pmf.validation.points, sys; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_what_was_not_checked_is_neither_passed_nor_failed(tmp_path: Path) -> None:
    """A rule that compares a column nobody could work out has a reason and no outcome; the others are asked."""
    path = tmp_path / "sample.json"
    path.write_text(json.dumps({"name": "sample", "expectations": [MINIMUM, ONCE]}), encoding="utf-8")
    result = run_suite(load_suite(path), a_frame(), not_checked={"least": "nobody could say"})
    assert [(entry["success"], entry.get("not_checked")) for entry in result.results["results"]] == [
        (None, "nobody could say"),
        (True, None),
    ]
    assert (result.findings, result.results["success"]) == ((), True)


def test_no_frame_is_fingerprinted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations reads no whole frame only to give it a name that nobody asks for."""
    from great_expectations.execution_engine import pandas_execution_engine

    def refuse(_: object) -> str:
        raise AssertionError("the frame was fingerprinted")

    monkeypatch.setattr(pandas_execution_engine, "hash_pandas_dataframe", refuse)
    assert len(ran(tmp_path, a_frame(), MINIMUM).findings) == 1


def test_a_condition_is_put_once_for_all_rules_that_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules with one condition, in both passes, share the rows that meet it; how the dataset numbers its rows says nothing."""
    put = []
    query = pd.DataFrame.query
    monkeypatch.setattr(pd.DataFrame, "query", lambda frame, clause: put.append(clause) or query(frame, clause))
    large = {"row_condition": where("value", ">", 1000)}
    rules = [
        a_rule("top", "expect_column_values_to_be_between", {"column": "value", "max_value": 1} | large),
        a_rule("least", "expect_column_values_to_be_between", {"column": "least", "min_value": 5000} | large),
    ]
    frame = a_frame(["few", "many", "more"]).set_index(pd.Index([7, 7, 8]))
    result = ran(tmp_path, frame, *rules)
    assert [(finding.rule_id, finding.kpi_ref) for finding in result.findings] == [
        (rule, ref) for rule in ("sample.top", "sample.least") for ref in ("K1", "K2")
    ]
    assert [entry["element_count"] for entry in result.results["results"]] == [2, 2]
    assert put == ["value > 1000"]


def test_an_expectation_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations, left to itself, makes an expectation anew from its configuration for every figure it needs of it.

    Asked again, of another frame, the same one answers, and of that frame alone.
    """
    from great_expectations.expectations.core import ExpectColumnPairValuesAToBeGreaterThanB as Expectation

    made = []
    make = Expectation.__init__
    monkeypatch.setattr(Expectation, "__init__", lambda self, **arguments: made.append(self) or make(self, **arguments))
    suites._made.cache_clear()
    assert len(ran(tmp_path, a_frame(), MINIMUM).findings) == 1
    assert len(ran(tmp_path, a_frame().assign(value=10_000.0), MINIMUM).findings) == 0
    assert len(ran(tmp_path, a_frame(), MINIMUM).findings) == 1
    assert len(made) == 1


ONE_IMPORT = """
import importlib.abc, json, os, sys

class Counter(importlib.abc.MetaPathFinder):
    found = 0

    def find_spec(self, name, path, target=None):
        Counter.found += name == "great_expectations"

sys.meta_path.insert(0, Counter())
import pandas as pd
from pathlib import Path
from pmf.validation import run
from pmf.validation.suites import load_suite

def task():
    rows = {"row_id": [0], "earlier_rule": ["x.y"], "earlier_message": ["m"], "earlier_fix": ["f"], "kpi_ref": ["36"],
            "service_id": ["libraries"], "period_label": ["May 2024"], "stops": ["document"]}
    findings = run.run_suite(load_suite(Path(sys.argv[1])), pd.DataFrame(rows)).findings
    return [len(findings), Counter.found, id(sys.modules["great_expectations"])]

def forked():
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, json.dumps(task()).encode())
        os._exit(0)
    os.wait()
    return json.loads(os.read(reading, 1000))

if sys.argv[2] == "forked":
    from pmf.orchestration.preload import load_for_tasks
    load_for_tasks()
    told = [forked() for _ in range(3)]
else:
    told = [task() for _ in range(3)]
print(json.dumps(told))
"""


@pytest.mark.parametrize("how", ["in one process", "forked"])
def test_great_expectations_is_imported_once_for_all_tasks_of_a_run(how: str) -> None:
    """In one process, and in workers forked from a scheduler that has loaded it, three validations share one import and module."""
    import subprocess

    suite = Path(__file__).parents[2] / "expectations" / "publication.json"
    answer = subprocess.run([sys.executable, "-c", ONE_IMPORT, str(suite), how], check=True, capture_output=True, text=True)
    told = json.loads(answer.stdout.splitlines()[-1])
    assert [imports for _, imports, _ in told] == [1, 1, 1]
    assert len({findings for findings, _, _ in told}) == 1
    assert all(findings for findings, _, _ in told)
    assert len({module for _, _, module in told}) == 1
