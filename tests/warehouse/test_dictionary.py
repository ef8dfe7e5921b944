"""The data dictionary tells the truth."""

from __future__ import annotations

import re

from sqlalchemy import Boolean, Engine, Integer, LargeBinary, Text, inspect

from pmf.settings import read_settings
from pmf.warehouse.columntypes import Exact, Instant, Word
from pmf.warehouse.tables import metadata

DICTIONARY = read_settings({}).project_root / "docs" / "data-dictionary.md"
WORDS = {Word: "text", Text: "text", Exact: "figure", Instant: "instant", Boolean: "yes/no", Integer: "number", LargeBinary: "bytes"}


def sections() -> dict[str, str]:
    parts = re.split(r"^### (\w+)$", DICTIONARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_table_is_described_column_by_column() -> None:
    """Tables, columns, their order, types, keys and nulls are those of ``tables.py``, and each column has a meaning."""
    for name, table in metadata.tables.items():
        described = re.findall(r"^\| (\S+) \| ([^|]+) \| (.*) \|$", sections()[name], flags=re.MULTILINE)[1:]
        expected = [
            (f"**{column.name}**" if column.primary_key else column.name, WORDS[type(column.type)] + " or null" * bool(column.nullable))
            for column in table.c
        ]
        assert [(column, kind) for column, kind, _ in described] == expected, name
        assert all(meaning for *_, meaning in described), name


def test_every_view_is_described(engine: Engine) -> None:
    """The views' columns are listed as readers see them."""
    for name in inspect(engine).get_view_names():
        listed = re.findall(r"`(\w+)`", sections()[name].split("Columns, as in")[1])[1:]
        assert listed == [column["name"] for column in inspect(engine).get_columns(name)]
