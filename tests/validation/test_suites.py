"""Reading suites: the shipped ones hold together, and a wrong one is refused by file, rule and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pmf.status import Status
from pmf.validation.suites import SuiteError, build, load_suite
from validation.samples import SUITES

SHIPPED = sorted(path.stem for path in SUITES.glob("*.json"))


def an_entry(rule_id: str = "cell.figure_readable") -> dict[str, Any]:
    return {
        "type": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "kind"},
        "severity": "critical",
        "description": "Every cell has a kind.",
        "meta": {
            "rule_id": rule_id,
            "scope": "row",
            "dimension": "validity",
            "dqt_field": None,
            "message": "The cell {cell} has no kind.",
            "fix": "Give the cell a kind.",
            "found_column": None,
            "column_field": None,
        },
    }


def written(folder: Path, *entries: dict[str, Any], name: str = "cell") -> Path:
    path = folder / "cell.json"
    path.write_text(json.dumps({"name": name, "expectations": entries}), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", SHIPPED)
def test_every_rule_of_a_shipped_suite_reaches_great_expectations(name: str) -> None:
    """Great Expectations takes every entry of a shipped file: none is silently dropped."""
    suite = load_suite(SUITES / f"{name}.json")
    in_file = json.loads((SUITES / f"{name}.json").read_text(encoding="utf-8"))["expectations"]
    assert len(build(suite, suite.rules)) == len(in_file) > 0


def test_no_two_rules_of_all_suites_share_an_id() -> None:
    """A rule id names one rule, whichever suite it stands in."""
    ids = [rule.rule_id for name in SHIPPED for rule in load_suite(SUITES / f"{name}.json").rules]
    assert len(ids) == len(set(ids))


def test_the_suite_knows_every_status() -> None:
    """The statuses the rating suite allows are those the key explains, but for that of public editions: nothing is rated confidential."""
    rule = next(rule for rule in load_suite(SUITES / "rating.json").rules if rule.rule_id == "rating.status_known")
    assert set(rule.kwargs["value_set"]) == {status.value for status in Status if status is not Status.CONFIDENTIAL}


def _set(*path: str, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(entry: dict[str, Any]) -> None:
        for key in path[:-1]:
            entry = entry[key]
        entry[path[-1]] = to

    return change


def _drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(entry: dict[str, Any]) -> None:
        for key in path[:-1]:
            entry = entry[key]
        del entry[path[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        (_set("severity", to="fatal"), "severity", "'critical' or 'warning'"),
        (_set("severity", to="info"), "severity", "'critical' or 'warning'"),
        (_drop("severity"), "severity", "required"),
        (_drop("meta"), "meta", "required"),
        (_drop("meta", "fix"), "meta.fix", "required"),
        (_drop("meta", "dqt_field"), "meta.dqt_field", "required"),
        (_set("meta", "scope", to="file"), "meta.scope", "'row'"),
        (_set("meta", "dqt_field", to="minimun"), "meta.dqt_field", "not a field of the data-quality template"),
        (_set("meta", "mesage", to="A typing error."), "meta.mesage", "not permitted"),
        (_set("meta", "message", to="See {kind.__class__} there."), "meta.message", "not the plain name of a column"),
        (_set("meta", "message", to="An open { brace there."), "meta.message", "'}'"),
        (_set("meta", "critical_where", to={"colour": "red"}), "meta.critical_where", "colour"),
        (_set("kwargs", to={"column": "kind", "mostly": 0.9}), "kwargs", "mostly"),
        (_set("kwargs", "row_condition", to='kind == "figure"'), "kwargs", "row_condition must be written like"),
        (_set("type", to="ExpectNothing"), "type", "pattern"),
    ],
)
def test_a_wrong_entry_is_refused(change: Callable[[dict[str, Any]], None], field: str, says: str, tmp_path: Path) -> None:
    """An entry with a wrong, missing or unknown field is refused by file, rule and field."""
    entry = an_entry()
    change(entry)
    path = written(tmp_path, an_entry("cell.good"), entry)
    with pytest.raises(SuiteError) as refusal:
        load_suite(path)
    named = "entry 2" if "meta" not in entry else "rule cell.figure_readable"
    assert str(refusal.value).startswith(f"{path}, {named}, field {field}: ")
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_set("type", to="expect_column_values_to_be_nice"), "there is no expectation of type 'expect_column_values_to_be_nice'"),
        (_set("kwargs", to={}), "field kwargs"),
        (_set("kwargs", to={"column": "kind", "colunm": "kind"}), "field kwargs"),
    ],
)
def test_a_rule_great_expectations_does_not_take_is_refused(change: Callable[[dict[str, Any]], None], says: str, tmp_path: Path) -> None:
    """What Great Expectations would drop with a line in its log is refused, naming the rule."""
    entry = an_entry()
    change(entry)
    suite = load_suite(written(tmp_path, an_entry("cell.good"), entry))
    with pytest.raises(SuiteError, match=r"rule cell\.figure_readable") as refusal:
        build(suite, suite.rules)
    assert says in str(refusal.value)


def test_a_rule_id_twice_is_refused(tmp_path: Path) -> None:
    """Two rules of one id would be joined to one result."""
    with pytest.raises(SuiteError, match=r"cell\.figure_readable: stands there twice"):
        load_suite(written(tmp_path, an_entry(), an_entry()))


def test_an_empty_suite_is_refused(tmp_path: Path) -> None:
    """A suite without rules would pass whatever comes in."""
    with pytest.raises(SuiteError, match="field expectations"):
        load_suite(written(tmp_path))


def test_a_rule_of_another_suite_is_refused(tmp_path: Path) -> None:
    """A rule's id begins with the name of its suite."""
    with pytest.raises(SuiteError, match=r"rule return\.came_in: its id must begin with 'cell'"):
        load_suite(written(tmp_path, an_entry("return.came_in")))


def test_a_suite_has_the_name_of_its_file(tmp_path: Path) -> None:
    """A suite copied under another file name and not renamed is refused."""
    with pytest.raises(SuiteError, match="field name"):
        load_suite(written(tmp_path, an_entry(), name="file"))


@pytest.mark.parametrize(
    ("text", "says"), [(None, "does not exist"), ("{", "not readable as JSON: .* line 1 column 2"), ("[]", "the whole entry")]
)
def test_a_file_that_is_no_suite_is_refused(text: str | None, says: str, tmp_path: Path) -> None:
    """A missing, broken or wholly different file is refused by name."""
    path = tmp_path / "cell.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError, match=says):
        load_suite(path)
