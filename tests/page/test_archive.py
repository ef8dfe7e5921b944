"""Office files without the moment of their writing."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import openpyxl

from pmf.page.archive import rezip


def _workbook(created: datetime) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "Libraries"
    workbook.properties.created = created
    result = io.BytesIO()
    workbook.save(result)
    return result.getvalue()


def test_the_clock_leaves_no_trace() -> None:
    """Workbooks that differ only in when they were written become the same bytes."""
    early, late = _workbook(datetime(2024, 9, 1, tzinfo=UTC)), _workbook(datetime(2025, 1, 1, tzinfo=UTC))
    assert early != late
    assert rezip(early) == rezip(late) == rezip(rezip(early))


def test_the_file_still_opens() -> None:
    """Nothing but dates and order changes: the workbook opens with its content."""
    content = rezip(_workbook(datetime(2024, 9, 1, tzinfo=UTC)))
    assert openpyxl.load_workbook(io.BytesIO(content)).active["A1"].value == "Libraries"


def test_entries_are_sorted_and_undated() -> None:
    """Parts stand in order of name, the content types first, as Office expects."""
    with zipfile.ZipFile(io.BytesIO(rezip(_workbook(datetime(2024, 9, 1, tzinfo=UTC))))) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert names[0] == "[Content_Types].xml"
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
