"""Records of a JSON document: a list of objects with a value for each column. Numbers are kept as they are written."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from pmf.form.grid import Content
from pmf.form.model import Problem
from pmf.source.delimited import decode
from pmf.source.refusal import UnusableError

_ASK = "Ask those who run the source what its answer looks like now, and declare that in sources.yaml."

Record = dict[str, Content]


def read_records(content: bytes, *, way: str | None, most_records: int) -> list[Record]:
    """Read the records found on ``way`` ("data.items"; None: the document is the list). A null is an empty cell.

    Raises:
        UnusableError: when it is no JSON, there is no list of objects there, an object says a thing twice, or there are too many.
    """
    try:
        document = json.loads(decode(content), object_pairs_hook=_said_once, parse_int=str, parse_float=str, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise UnusableError(Problem.DAMAGED, f"The answer is no JSON: {error.msg} in line {error.lineno}.", _ASK) from None
    except RecursionError:
        raise UnusableError(Problem.UNSAFE, "The answer nests lists in lists without end.", _ASK) from None
    found = _follow(document, way)
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        place = f"under {way}" if way else "at its top"
        raise UnusableError(Problem.NO_FORM, f"The answer has no list of records {place}.", _ASK)
    if len(found) > most_records:
        raise UnusableError(Problem.TOO_LARGE, f"The answer has more than {most_records} records.", "Ask for one month only in its path.")
    return [{name: _cell(value) for name, value in record.items()} for record in found]


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in pairs:
        if name in record:
            raise UnusableError(Problem.DAMAGED, f'A record of the answer has "{name}" twice.', _ASK)
        record[name] = value
    return record


def _no_number(name: str) -> NoReturn:
    raise UnusableError(Problem.DAMAGED, f"The answer says {name} where a number should be.", _ASK)


def _follow(document: Any, way: str | None) -> Any:
    for step in way.split(".") if way else ():
        document = document.get(step) if isinstance(document, dict) else None
    return document


def _cell(value: Any) -> Content:
    if value is None:
        return ""
    return value if isinstance(value, (str, bool)) else json.dumps(value, ensure_ascii=False)
