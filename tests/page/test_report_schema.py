"""The documented schema of the JSON copy is that of the document."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import TypeAdapter
from pydantic_core import to_json

from pmf.page.document import Document

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))


def test_the_schema_is_the_documents() -> None:
    """``docs/report.schema.json`` is what the document's own types say; after a change of those it is written anew."""
    assert TypeAdapter(Document).json_schema(mode="serialization") == SCHEMA


@pytest.mark.parametrize("name", ["scorecard", "paper", "hostile", "live"])
def test_a_report_keeps_to_it(name: str, request: pytest.FixtureRequest) -> None:
    """The JSON copies of reports are valid by the schema, and one with an unknown status is not."""
    copy = json.loads(to_json(request.getfixturevalue(name)))
    jsonschema.validate(copy, SCHEMA)
    table = next(block for section in copy["sections"] for block in section["blocks"] if block["kind"] == "table")
    table["rows"][0][0]["status"] = "purple"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(copy, SCHEMA)
