"""The reading process: what it gives, and that it can die without harm."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from pmf.form import child, grid
from pmf.form.grid import read_grids
from pmf.form.model import Problem, Unreadable

SHEET = "xl/worksheets/sheet2.xml"


@pytest.fixture(scope="module")
def deadly(blank: bytes, rezipped: Callable[..., bytes]) -> bytes:
    """A workbook of a few kilobytes whose one far cell makes the cell reader ask for more memory than there is."""
    far = b'<c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return rezipped(blank, {SHEET: lambda xml: xml.replace(b"</row></sheetData>", far)})


def test_cells_come_from_a1_on_with_their_types(blank: bytes, edited: Callable[..., bytes]) -> None:
    """Numbers, truth values, texts and dates keep their kind; dates come as what is shown."""
    typed = {"G6": 94.25, "G7": True, "G8": "text", "G9": date(2024, 7, 3), "G10": timedelta(hours=30)}
    (cells,) = read_grids([edited(blank, typed)])
    assert not isinstance(cells, Unreadable)
    assert list(cells) == ["How to fill this in", "Return", "_meta"]
    assert [row[6] for row in cells["Return"][5:10]] == [94.25, True, "text", {"shown": "2024-07-03"}, {"shown": "1 day, 6:00:00"}]


def test_a_file_that_kills_its_reader_harms_no_other(blank: bytes, deadly: bytes) -> None:
    """The file the process died on is unreadable; those before and after it are read."""
    results = list(read_grids([blank, deadly, blank, deadly, deadly, blank]))
    assert [isinstance(result, Unreadable) for result in results] == [False, True, False, True, True, False]
    assert {result.problem for result in results if isinstance(result, Unreadable)} == {Problem.READER_FAILED}


def test_a_file_the_reader_refuses_leaves_it_alive(blank: bytes) -> None:
    """Rubbish is answered, not died of, and the same process goes on."""
    rubbish, good = read_grids([b"rubbish", blank])
    assert isinstance(rubbish, Unreadable)
    assert "the reader stopped at" in rubbish.message
    assert not isinstance(good, Unreadable)


# The reading program, but for a file it never comes back from.
SLOW_PROGRAM = """
import sys, time
sys.path.insert(0, {plugins!r})
from pmf.form import child
answer = child.answer
child.answer = lambda content: time.sleep(60) if content == b"slow" else answer(content)
child.serve(sys.stdin.buffer, sys.stdout.buffer)
"""


def test_an_error_the_reader_does_not_know_is_told(blank: bytes, rezipped: Callable[..., bytes]) -> None:
    """Some programs write errors of their own; the file is not read, and the error is named so that it can be cleared."""
    odd = b'<c r="G9" t="e"><v>#ERROR!</v></c></row></sheetData>'
    (result,) = read_grids([rezipped(blank, {SHEET: lambda xml: xml.replace(b"</row></sheetData>", odd)})])
    assert isinstance(result, Unreadable)
    assert "#ERROR!" in result.message


def test_a_text_in_every_cell_ends_at_the_memory_limit(blank: bytes, rezipped: Callable[..., bytes]) -> None:
    """A small file whose one long text is repeated in every cell is stopped before it takes the machine's memory."""
    cells = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{c}{row}" t="s"><v>0</v></c>' for c in "ABCDEFGHIJ") + "</row>" for row in range(1, 5001)
    )
    changes = {
        "xl/sharedStrings.xml": lambda xml: xml.replace(b"<si><t>", b"<si><t>" + b"long " * 6000, 1),
        SHEET: lambda xml: xml[: xml.index(b"<sheetData>") + 11] + cells.encode() + xml[xml.index(b"</sheetData>") :],
    }
    (result,) = read_grids([rezipped(blank, changes)])
    assert isinstance(result, Unreadable)
    assert "too much time or memory" in result.message


def test_a_file_that_takes_too_long_is_given_up(blank: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that hangs is ended after its time, and only that file is unreadable."""
    program = tmp_path / "slow.py"
    program.write_text(SLOW_PROGRAM.format(plugins=str(Path(grid.__file__).parents[2])), encoding="utf-8")
    monkeypatch.setattr(child, "__file__", str(program))
    started = time.perf_counter()
    results = list(read_grids([blank, b"slow", blank], timeout_seconds=2))
    assert [isinstance(result, Unreadable) for result in results] == [False, True, False]
    assert time.perf_counter() - started < 20


def test_a_reader_that_cannot_start_is_nobodys_file_to_blame(blank: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation is an error of ours, never a finding about an officer's file."""
    monkeypatch.setattr(child, "__file__", "/nowhere/child.py")
    with pytest.raises(RuntimeError, match="the reading process does not start"):
        list(read_grids([blank]))


def test_no_file_needs_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty batch starts nothing."""
    monkeypatch.setattr(child, "__file__", "/nowhere/child.py")
    assert list(read_grids([])) == []


def test_no_process_is_left_behind(blank: bytes, deadly: bytes) -> None:
    """When the batch is read its processes are gone, dead ones included."""
    list(read_grids([blank, deadly, blank]))
    children = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True, check=False)
    assert "child.py" not in children.stdout


def test_the_reading_process_starts_at_once() -> None:
    """Nothing but the standard library and the cell reader is loaded, so starting costs next to nothing."""
    code = "import runpy, sys; runpy.run_path(sys.argv[1]); print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-I", "-c", code, str(child.__file__)], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "python_calamine" in loaded
    assert not loaded & {"pmf", "pandas", "numpy", "openpyxl", "pydantic", "yaml", "subprocess", "asyncio"}
