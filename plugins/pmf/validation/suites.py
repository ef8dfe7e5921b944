"""Suites: the checks as an analyst writes them, one JSON file per dataset in ``expectations/``.

What belongs here: reading a suite and refusing a wrong one. Great Expectations drops an expectation it does not know
with no more than a line in its log, and an empty suite passes: both would be checks that never ran, so a suite is
refused unless every entry of the file is in it. What does not belong here: looking at data (``run``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pmf.finding import Dimension, Scope, Severity
from pmf.register import DataQualityTemplate
from pmf.validation.definitions import DEFINITION_COLUMNS

_COLUMN_KWARGS = ("column", "column_A", "column_B")
# What a text may name besides the columns of the row: the address of the cell the finding is about.
CELL = "cell"


class SuiteError(Exception):
    """A suite is wrong; the message names the file, the rule and the field."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Meta(_Entry):
    """What Great Expectations does not ask of a check and its reader does.

    Texts may name columns of the row between braces. ``found_column`` and ``expected`` fill a finding's fields of that
    name; ``column_field`` is the field of the return form whose cell the finding names. ``critical_where`` makes a
    warning critical for the KPIs whose definition says all of that. ``opens_query`` false: a remark to its reader, on
    wording say, that nobody follows up.
    """

    rule_id: str = Field(pattern=r"^[a-z]+\.[a-z0-9_]+$")
    scope: Scope
    dimension: Dimension
    dqt_field: str | None
    message: str = Field(min_length=10)
    fix: str = Field(min_length=10)
    found_column: str | None
    column_field: str | None
    expected: str | None = None
    critical_where: dict[str, bool | int | str] = Field(default_factory=dict)
    opens_query: bool = True

    @field_validator("message", "fix", "expected")
    @classmethod
    def _names_plain_columns(cls, text: str | None) -> str | None:
        for _, name, form, conversion in Formatter().parse(text or ""):
            if name is not None and (form or conversion or not name.isidentifier()):
                raise ValueError(f"{{{name}}} is not the plain name of a column")
        return text

    @field_validator("dqt_field")
    @classmethod
    def _is_a_field_of_the_template(cls, name: str | None) -> str | None:
        if name is not None and name not in DataQualityTemplate.model_fields:
            raise ValueError("not a field of the data-quality template")
        return name

    @field_validator("critical_where")
    @classmethod
    def _asks_the_definition(cls, where: dict[str, bool | int | str]) -> dict[str, bool | int | str]:
        if unknown := sorted(set(where) - DEFINITION_COLUMNS):
            raise ValueError(f"{', '.join(unknown)}: only {', '.join(sorted(DEFINITION_COLUMNS))} can be asked")
        return where


class Rule(_Entry):
    """One check of a suite, as it stands in the file."""

    type: str = Field(pattern=r"^expect_[a-z0-9_]+$")
    kwargs: dict[str, Any]
    severity: Severity
    description: str = Field(min_length=10)
    meta: Meta

    @field_validator("kwargs")
    @classmethod
    def _can_be_relied_on(cls, kwargs: dict[str, Any]) -> dict[str, Any]:
        if "mostly" in kwargs:
            raise ValueError("mostly passes with bad rows among the good ones; leave rows out with row_condition instead")
        try:
            names = [leaf["column"]["name"] for leaf in leaves(kwargs.get("row_condition"))]
        except (KeyError, TypeError):
            names = [None]
        if not all(isinstance(name, str) for name in names):
            raise ValueError('row_condition must be written like {"type": "comparison", "column": {"name": ...}, "operator": "==", ...}')
        return kwargs

    @property
    def rule_id(self) -> str:
        """Name the rule within all suites: "observation.below_minimum"."""
        return self.meta.rule_id

    @property
    def condition(self) -> dict[str, Any] | None:
        """Give the condition a row must meet to be looked at. None: every row is."""
        return self.kwargs.get("row_condition")

    @cached_property
    def measured(self) -> frozenset[str]:
        """Name the columns the check compares; a row where one of them is empty is left out."""
        single = {self.kwargs[name] for name in _COLUMN_KWARGS if name in self.kwargs}
        return frozenset(single.union(self.kwargs.get("column_list", ())))

    @property
    def passes_over_blanks(self) -> bool:
        """Tell whether a row that lacks a value in a measured column is left out: so do all checks of rows but the one for blanks."""
        if "ignore_row_if" in self.kwargs:
            return bool(self.kwargs["ignore_row_if"] == "either_value_is_missing")
        return self.type.startswith("expect_column_values_to_") and self.type != "expect_column_values_to_not_be_null"

    @cached_property
    def compared(self) -> frozenset[str]:
        """Name the columns the check itself needs: those measured and those of its condition."""
        return self.measured | {leaf["column"]["name"] for leaf in leaves(self.condition)}

    @cached_property
    def columns(self) -> frozenset[str]:
        """Name every column that must be there for the check to run and for its texts to be filled in."""
        texts = (self.meta.message, self.meta.fix, self.meta.expected or "")
        named = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name} - {CELL}
        if self.meta.found_column:
            named.add(self.meta.found_column)
        if self.meta.column_field:
            named.add(f"cell_{self.meta.column_field}")
        return self.compared | named


def leaves(condition: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Yield the single comparisons of a row condition, however they are joined."""
    if condition is None:
        return
    if "conditions" in condition:
        for part in condition["conditions"]:
            yield from leaves(part)
    else:
        yield condition


class _SuiteFile(_Entry):
    name: str
    meta: dict[str, str] = Field(default_factory=dict)
    expectations: tuple[Rule, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Suite:
    """The checks of one dataset, in the order of the file."""

    path: Path
    name: str
    rules: tuple[Rule, ...]


def load_suite(path: Path) -> Suite:
    """Read a suite from its JSON file.

    Raises:
        SuiteError: naming file, rule and field, when the file is missing, is no JSON, has no check in it, or an entry
            lacks a field, has one too many, names what does not exist or repeats another's rule id.
    """
    try:
        return _suite_of(path, path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SuiteError(f"{path} does not exist") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path} is not readable as JSON: {error}") from error


# Read once a process, as long as the file says the same.
@lru_cache(maxsize=128)
def _suite_of(path: Path, text: str) -> Suite:
    content = json.loads(text)
    try:
        file = _SuiteFile.model_validate(content)
    except ValidationError as error:
        raise SuiteError("; ".join(_problems(path, content, error))) from error
    if file.name != path.stem:
        raise SuiteError(f"{path}, field name (found {file.name!r}): must be {path.stem!r}, as the file is named")
    seen: set[str] = set()
    for rule in file.expectations:
        if not rule.rule_id.startswith(f"{file.name}."):
            raise SuiteError(f"{path}, rule {rule.rule_id}: its id must begin with {file.name!r}, the name of the suite")
        if rule.rule_id in seen:
            raise SuiteError(f"{path}, rule {rule.rule_id}: stands there twice")
        seen.add(rule.rule_id)
    return Suite(path, file.name, file.expectations)


def load_suites(folder: Path) -> tuple[Suite, ...]:
    """Read every suite of a folder, in alphabetical order.

    Raises:
        SuiteError: when one of them is wrong, or the folder holds none.
    """
    suites = tuple(load_suite(path) for path in sorted(folder.glob("*.json")))
    if not suites:
        raise SuiteError(f"{folder} holds no suite")
    return suites


def _problems(path: Path, content: Any, error: ValidationError) -> Iterator[str]:
    for item in error.errors():
        match item["loc"]:
            case ("expectations", int() as number, *location):
                rule = f", {_name(content['expectations'][number], number)}"
            case location:
                rule = ""
        field = ".".join(str(part) for part in location) or "the whole entry"
        yield f"{path}{rule}, field {field}: {item['msg'].removeprefix('Value error, ')}"


def _name(entry: Any, number: int) -> str:
    try:
        return f"rule {entry['meta']['rule_id']}"
    except (KeyError, TypeError):
        return f"entry {number + 1}"


def build(suite: Suite, rules: Sequence[Rule]) -> tuple[Any, ...]:
    """Make Great Expectations' expectations of some of a suite's rules, in their order, each with its rule id.

    Raises:
        SuiteError: naming the rule that Great Expectations does not take: a type it does not know, or wrong arguments.
    """
    return tuple(_expectation(suite, rule) for rule in rules)


def _expectation(suite: Suite, rule: Rule) -> Any:
    import great_expectations  # noqa: F401 - registers the expectations; takes seconds, so only a process that validates pays for it
    from great_expectations.exceptions.exceptions import ExpectationNotFoundError

    arguments: dict[str, Any] = rule.kwargs | {"severity": rule.severity.value, "meta": {"rule_id": rule.rule_id}}
    try:
        return _made(rule.type, json.dumps(arguments))
    except ExpectationNotFoundError:
        raise SuiteError(f"{suite.path}, rule {rule.rule_id}: there is no expectation of type {rule.type!r}") from None
    except ValueError as error:
        raise SuiteError(f"{suite.path}, rule {rule.rule_id}, field kwargs: {' '.join(str(error).split())}") from error


# Made once a process, and in those it forks: making one takes four milliseconds, a month asks some two hundred. Who shows it something
# copies it first.
@lru_cache(maxsize=4096)
def _made(kind: str, arguments: str) -> Any:
    from great_expectations.expectations.registry import get_expectation_impl

    return get_expectation_impl(kind)(**json.loads(arguments))
