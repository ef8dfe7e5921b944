"""``sources.yaml``: what can be declared, and what is said when it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from pmf.period import Month
from pmf.register.source import Source, parse_sources

EVERY_KIND = """
sources:
  - id: visits
    title: The libraries' visitor counters
    service_id: libraries
    kpi_refs: ["36", "37"]
    file: {names: ["visits-*.csv", "Visits *.xls*"], sheet: Data, header_row: 3}
    columns: {kpi_ref: Indicator, period: Month, value: Actual, comment: Remarks}
    kpi_ref_by: {"Visits": "37"}
  - id: housing-system
    title: The housing system
    service_id: housing
    kpi_refs: ["12"]
    query: {connection: housing, statement: repairs.sql}
    columns: {kpi_ref: kpi, numerator: in_time, denominator: repairs}
  - id: call-centre
    title: The call centre's telephone system
    service_id: customers
    kpi_refs: ["7a", "7b"]
    endpoint: {connection: telephony, path: "/api/kpis?month={period}", records: data.items}
    values: {"7a": answered, "7b": abandoned}
  - id: waste-contractor
    title: The waste contractor's monthly figures
    service_id: waste
    kpi_refs: ["50"]
    folder: {url: "s3://bucket/kpis/{period}/*.csv"}
    columns: {kpi_ref: KPI, value: Figure, provisional: Provisional}
"""


def parse(text: str, folder: Path) -> tuple[tuple[Source, ...], list[str]]:
    path = folder / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    problems: list[str] = []
    return parse_sources(path, problems), problems


def test_every_kind_of_source_is_declared(tmp_path: Path) -> None:
    """A file, a query, an endpoint and a folder, in long and wide tables, are read as they are written."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "repairs.sql").write_text("SELECT 1")
    sources, problems = parse(EVERY_KIND, tmp_path)
    assert problems == []
    visits, _, calls, waste = sources
    assert (visits.sheet, visits.header_row, visits.column_names) == ("Data", 3, ("Indicator", "Month", "Actual", "Remarks"))
    assert visits.kpi_refs_by_name == {"36": "36", "visits": "37"}
    assert calls.column_names == ("answered", "abandoned")
    assert calls.endpoint is not None
    assert calls.endpoint.path_for(Month(2024, 9)) == "/api/kpis?month=2024-09"
    assert waste.folder is not None
    assert waste.folder.url_for(Month(2024, 9)) == "s3://bucket/kpis/2024-09/*.csv"


def test_a_council_may_declare_no_sources(tmp_path: Path) -> None:
    """Without the file there are no sources, and nothing is wrong."""
    problems: list[str] = []
    assert parse_sources(tmp_path / "sources.yaml", problems) == ()
    assert problems == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sources: [", "is not readable as YAML"),
        ("", "field sources"),
        ("source: []", "field source: is not a field there is"),
        ("sources: [{id: visits}]", "field sources.1.title: is missing"),
        ("sources: [{id: Visits 1}]", "field sources.1.id (found 'Visits 1'): must be small letters, digits and hyphens"),
    ],
)
def test_a_wrong_file_is_named_with_its_field(text: str, said: str, tmp_path: Path) -> None:
    """What is wrong is one sentence that names the file and the field, counted as people count."""
    sources, problems = parse(text, tmp_path)
    assert sources == ()
    assert any(str(tmp_path / "sources.yaml") in problem and said in problem for problem in problems), problems


def test_a_query_names_a_statement_that_is_there(tmp_path: Path) -> None:
    """A statement's file that is missing is found when the register is read, not in the night it is due."""
    _, problems = parse(EVERY_KIND, tmp_path)
    assert [str(tmp_path / "sources" / "repairs.sql") in problem for problem in problems] == [True]


def test_two_sources_cannot_share_an_id(tmp_path: Path) -> None:
    """The id is the channel by which a figure is known, so each has its own."""
    entry = yaml.safe_load(EVERY_KIND)["sources"][0]
    _, problems = parse(yaml.safe_dump({"sources": [entry, entry]}), tmp_path)
    assert [problem.partition("field ")[2] for problem in problems] == [
        "sources: more than one source has the id visits; give each its own"
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"file": None}, "found none"),
        ({"folder": {"url": "s3://bucket/*.csv"}}, "found file and folder"),
        ({"id": "form"}, "that of the return form"),
        ({"kpi_refs": (36,)}, 'in quotes, like "36"'),
        ({"kpi_refs": ("36", "36")}, "is there twice"),
        ({"columns": {"kpi_ref": "Indicator"}}, "needs value, or numerator and denominator"),
        ({"columns": {"value": "Actual"}}, "needs kpi_ref"),
        ({"columns": {"kpi_ref": "Indicator", "value": "A", "numerator": "B"}}, "numerator and denominator together"),
        ({"columns": {"kpi_ref": "Indicator", "denominator": "B"}}, "needs value, or numerator and denominator"),
        ({"columns": {"kpi_ref": "Indicator", "value": "indicator "}}, "indicator is there twice"),
        ({"columns": {"kpi_ref": "Indicator", "value": ""}}, "at least 1 character"),
        ({"kpi_ref_by": {"Loans": "38"}}, "38, which is not among kpi_refs"),
        ({"kpi_ref_by": {"Visits": "36", "visits": "37"}}, "visits is there twice"),
        ({"kpi_ref_by": {"36": "37"}}, "36 is there twice"),
        ({"values": {"36": "Members", "37": "Visits"}}, "of columns only period can be given"),
        ({"values": {"36": "Members"}, "columns": None}, "values names no column for 37"),
        ({"values": {"36": "Members", "37": "Visits", "38": "Loans"}, "columns": None}, "38, which is not among kpi_refs"),
        ({"file": {"names": ("*.csv*",)}}, None),
        ({"file": {"names": ("*",)}}, "fits every file"),
        ({"file": {"names": ("sub/visits.csv",)}}, "names a folder"),
        ({"file": None, "query": {"connection": "housing", "statement": "../secret.sql"}}, "pattern"),
        ({"file": None, "endpoint": {"connection": "a", "path": "//elsewhere.example.org/"}}, "pattern"),
        ({"file": None, "folder": {"url": "sftp://user:secret@host.example.org/x/*.csv"}}, "must not hold a user or password"),
    ],
)
def test_what_contradicts_itself_is_refused(changes: dict[str, Any], said: str | None, declare: Callable[..., Source]) -> None:
    """A declaration that could mean two things, or nothing, is refused with what to change."""
    if said is None:
        declare(**changes)
        return
    with pytest.raises(ValidationError) as caught:
        declare(**changes)
    assert said in str(caught.value)
