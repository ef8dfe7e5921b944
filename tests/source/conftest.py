"""Declared sources, and the files their systems write."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from openpyxl import Workbook

from pmf.form.model import ReturnedForm, Unreadable
from pmf.period import Month
from pmf.register.source import Source
from pmf.source import read_source

SEPTEMBER = Month(2024, 9)


def declare_source(**changes: Any) -> Source:
    values: dict[str, Any] = {
        "id": "visits",
        "title": "The libraries' visitor counters",
        "service_id": "libraries",
        "kpi_refs": ("36", "37"),
        "file": {"names": ("visits-*",)},
        "columns": {"kpi_ref": "Indicator", "period": "Month", "value": "Actual"},
    }
    return Source.model_validate({name: value for name, value in (values | changes).items() if value is not None})


@pytest.fixture(scope="session")
def declare() -> Callable[..., Source]:
    """Declare a source; a test names only what it is about, None takes a field away."""
    return declare_source


@pytest.fixture(scope="session")
def source() -> Source:
    """Monthly figures by indicator, in a long table."""
    return declare_source()


@pytest.fixture(scope="session")
def read() -> Callable[..., ReturnedForm]:
    """Read a file that must be readable, for September 2024."""

    def read_it(content: bytes | str, source: Source, period: Month = SEPTEMBER) -> ReturnedForm:
        content = content.encode() if isinstance(content, str) else content
        result = read_source(content, source, organisation="exampleshire", period=period)
        assert isinstance(result, ReturnedForm), result
        return result

    return read_it


@pytest.fixture(scope="session")
def refused() -> Callable[..., Unreadable]:
    """Read a file that must be refused."""

    def read_it(content: bytes | str, source: Source) -> Unreadable:
        content = content.encode() if isinstance(content, str) else content
        result = read_source(content, source, organisation="exampleshire", period=SEPTEMBER)
        assert isinstance(result, Unreadable), result
        assert result.message.endswith("."), result.message
        assert result.fix.endswith("."), result.fix
        return result

    return read_it


@pytest.fixture(scope="session")
def workbook() -> Callable[..., bytes]:
    """Write rows into an .xlsx; ``formats`` maps cells to number formats, ``merged`` names areas, ``first`` a sheet before it."""

    def write(
        rows: list[list[Any]], *, formats: Mapping[str, str] | None = None, merged: tuple[str, ...] = (), first: str | None = None
    ) -> bytes:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "Figures"
        for row in rows:
            sheet.append(row)
        for address, number_format in (formats or {}).items():
            sheet[address].number_format = number_format
        for area in merged:
            sheet.merge_cells(area)
        if first is not None:
            book.create_sheet(first, 0)
        written = BytesIO()
        book.save(written)
        return written.getvalue()

    return write


_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body><office:spreadsheet>
<table:table table:name="Figures">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""


@pytest.fixture(scope="session")
def opendocument() -> Callable[[str], bytes]:
    """Pack rows written as XML into an .ods."""

    def pack(rows: str) -> bytes:
        packed = BytesIO()
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", ZIP_STORED)
            archive.writestr("META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
            archive.writestr("content.xml", rows if rows.startswith("<?xml") else _ODS.format(rows=rows))
        return packed.getvalue()

    return pack


@pytest.fixture(scope="session")
def nasty_files() -> Path:
    """The collected corrupt, encrypted, bombed, misnamed and odd files; tests that need them are skipped where they are not."""
    data = Path(os.environ.get("PMF_REFERENCE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    if not (data / "nasty_files").is_dir():
        pytest.skip(f"the reference data is not there: {data} (set PMF_REFERENCE_DATA)")
    return data / "nasty_files"
