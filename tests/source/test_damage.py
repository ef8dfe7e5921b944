"""Files damaged on their way, and the odd files of the world: never a crash, never a hang, never a wrong figure."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pmf.form.model import ReturnedForm, Unreadable
from pmf.period import Month
from pmf.register.source import Source
from pmf.source import read_source, recognise

SEPTEMBER = Month(2024, 9)


@pytest.mark.slow
def test_the_odd_files_of_the_world_are_no_table_of_ours(nasty_files: Path, source: Source) -> None:
    """None of the collected corrupt, encrypted, bombed, misnamed and odd files is a source's, and each is told why, soon."""
    files = sorted(path for path in nasty_files.rglob("*") if path.is_file())
    assert len(files) > 80
    for path in files:
        content, started = path.read_bytes(), time.monotonic()
        result = read_source(content, source, organisation="any", period=SEPTEMBER)
        assert isinstance(result, Unreadable), path
        assert result.message, path
        assert result.fix, path
        assert recognise(content, "visits-1.csv", [source]) is None, path
        assert time.monotonic() - started < 20, path


def test_the_odd_files_state_nothing_they_are_not_declared_to(nasty_files: Path, declare: Callable[..., Source]) -> None:
    """Even where a file has the columns asked for, every row is a problem or a refusal: no figure is attributed to a KPI."""
    columns = {"kpi_ref": "id", "value": "name"}
    for path in sorted(path for path in nasty_files.rglob("*") if path.is_file()):
        result = read_source(path.read_bytes(), declare(columns=columns), organisation="any", period=SEPTEMBER)
        if isinstance(result, ReturnedForm):
            assert result.lines == (), path
            assert result.problems, path


@pytest.mark.parametrize("kind", ["csv", "utf-16", "xlsx", "ods"])
def test_a_damaged_file_never_gives_a_wrong_figure_of_a_checked_kind(
    kind: str, workbook: Callable[..., bytes], opendocument: Callable[[str], bytes], source: Source
) -> None:
    """Files with flipped bytes are read or refused without a crash; of a workbook, whose parts have checksums, figures stay right."""
    rows = [["Indicator", "Month", "Actual"], ["36", "2024-09", 1234.5], ["37", "2024-09", 95]]
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    text = "\n".join(",".join(str(cell) for cell in row) for row in rows)
    content = {
        "csv": text.encode(),
        "utf-16": text.encode("utf-16"),
        "xlsx": workbook(rows),
        "ods": opendocument("".join(f"<table:table-row>{''.join(cell.format(value) for value in row)}</table:table-row>" for row in rows)),
    }[kind]
    right = {"36": "1234.5", "37": "95"}
    whole = read_source(content, source, organisation="any", period=SEPTEMBER)
    assert isinstance(whole, ReturnedForm)
    assert {line.kpi_ref: str(line.value) for line in whole.lines} == right
    rng = random.Random(20240809)  # noqa: S311 - seeded damage, no secret
    for _ in range(60):
        damaged = bytearray(content)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        result = read_source(bytes(damaged), source, organisation="any", period=SEPTEMBER)
        if isinstance(result, ReturnedForm) and kind in ("xlsx", "ods"):
            assert {line.kpi_ref: str(line.value) for line in result.lines} == right
