"""What pydantic says to programmers about an entry of a file, in words for whoever edits the file: the right form, and no jargon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import ErrorDetails

_PATTERNS = {
    "email": "is not an e-mail address: write it like performance@council.gov.uk",
    "kpi_ref": "is not a reference: write letters, digits, hyphens and underscores, like 36 or 36-A",
    "action_ref": "is not a reference: write letters, digits, hyphens and underscores, like CPA-01",
    "line_ref": "is not a reference: write letters, digits, hyphens and underscores, like R-01",
}
_IDENTIFIER = "is not an id: write small letters, digits and hyphens, like adult-social-care"
# By the beginning of pydantic's error type; what its context says of limits is put in.
_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "extra_forbidden": lambda _: "there is no such field here: see to its spelling, or take it out",
    "missing": lambda _: "is missing, but must be given",
    "enum": lambda limits: f"write one of {limits['expected']}",
    "literal_error": lambda limits: f"write one of {limits['expected']}",
    "date": lambda _: "write a date, like 2025-04-01",
    "time": lambda _: "write a time, like 07:00 in quotes",
    "decimal": lambda _: "write one number, like 95 or 221512.41, without words",
    "int": lambda _: "write a whole number, like 6",
    "bool": lambda _: "write yes or no",
    "string_too_short": lambda limits: f"is too short: write at least {limits['min_length']} characters",
    "string_type": lambda _: "write a text; a number or date belongs in quotes",
    "greater_than_equal": lambda limits: f"must be at least {limits['ge']}",
    "less_than_equal": lambda limits: f"must be at most {limits['le']}",
    "too_short": lambda limits: f"must have at least {limits['min_length']} of them",
    "tuple_type": lambda _: "write a list: each on a line of its own with a hyphen before it",
    "model_type": lambda _: "write fields with a colon each, indented below",
    "model_attributes_type": lambda _: "write fields with a colon each, indented below",
}


def worded(error: ErrorDetails) -> str:
    """Say what is wrong with a field as the end of a sentence that has named it; the models' own sentences stay as they are."""
    kind, limits = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return error["msg"].removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        field = str(error["loc"][-1]) if error["loc"] else ""
        return _PATTERNS.get(field, _IDENTIFIER)
    for beginning, words in _WORDS.items():
        if kind.startswith(beginning):
            return words(limits)
    return error["msg"]
