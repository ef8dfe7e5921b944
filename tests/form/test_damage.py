"""Files damaged on their way, and the odd files of the world: never a crash, never a hang, never a wrong figure."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from pmf.form.grid import read_grids
from pmf.form.layout import Layout
from pmf.form.model import ReturnedForm, Unreadable
from pmf.form.reader import read_forms

NASTY = Path(os.environ.get("PMF_REFERENCE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data") / "nasty_files"
needs_nasty_files = pytest.mark.skipif(not NASTY.is_dir(), reason=f"the reference data is not there: {NASTY} (set PMF_REFERENCE_DATA)")


def test_a_damaged_form_never_gives_a_wrong_figure(
    filled: bytes, layouts: dict[str, Layout], key: bytes, returned: Callable[[bytes], ReturnedForm]
) -> None:
    """A thousand forms with flipped, lost or doubled bytes: each is refused with a reason or reads exactly as it was sent."""
    rng = random.Random(20240809)  # noqa: S311 - seeded damage, no secret
    damaged = []
    for number in range(1000):
        content = bytearray(filled)
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(content))
            if number % 4 == 3:
                content[place : place + rng.randint(1, 20)] = rng.randbytes(rng.randint(0, 20))
            else:
                content[place] ^= 1 << rng.randrange(8)
        damaged.append(bytes(content))
    results = read_forms(damaged, layouts=layouts, key=key)
    sent = returned(filled)
    assert [result for result in results if not isinstance(result, Unreadable) and result != sent] == []
    assert sum(isinstance(result, Unreadable) for result in results) > 500


def test_a_form_with_garbled_content_never_stops_the_batch(
    filled: bytes, rezipped: Callable[..., bytes], layouts: dict[str, Layout], key: bytes
) -> None:
    """Content garbled before it was packed, so that no checksum tells, gives a form or a reason; nothing raises, nothing hangs."""
    rng = random.Random(20240810)  # noqa: S311 - seeded damage, no secret
    parts = ZipFile(BytesIO(filled)).namelist()

    def garbled(part: bytes) -> bytes:
        content = bytearray(part)
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(content))
            content[place : place + rng.randint(0, 3)] = rng.choice([b"", b"9", b"<", b">", b'"', b"&", b"\x00", b"\xff", b"A1:ZZ9"])
        return bytes(content)

    files = [rezipped(filled, {rng.choice(parts): garbled}) for _ in range(150)]
    results = read_forms([*files, filled], layouts=layouts, key=key)
    assert len(results) == 151
    assert isinstance(results[-1], ReturnedForm)
    assert [result for result in results if isinstance(result, Unreadable) and not (result.message and result.fix)] == []


@needs_nasty_files
def test_the_odd_files_of_the_world_are_all_refused_with_a_reason(layouts: dict[str, Layout], key: bytes) -> None:
    """None of the collected corrupt, encrypted, bombed, misnamed and odd files is a return, and each is told why."""
    files = sorted(path for path in NASTY.rglob("*") if path.is_file())
    assert len(files) > 80
    results = read_forms([path.read_bytes() for path in files], layouts=layouts, key=key)
    assert [path.name for path, result in zip(files, results, strict=True) if not isinstance(result, Unreadable)] == []
    assert [result for result in results if isinstance(result, Unreadable) and not (result.message and result.fix)] == []


@needs_nasty_files
def test_the_reading_process_survives_them_without_the_preflight(blank: bytes) -> None:
    """Given the same files unchecked, the reader may refuse or die, but every good file in between is read."""
    files = sorted(path for path in NASTY.rglob("*") if path.suffix in {".xls", ".xlsb", ".ods", ".xlsx"})
    results = list(read_grids([content for path in files for content in (path.read_bytes(), blank)]))
    assert [result for result in results[1::2] if isinstance(result, Unreadable)] == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (Debian: apt-get install libreoffice-calc-nogui)")
def test_forms_saved_by_libreoffice_are_still_ours(
    filled: bytes, blank_actions: bytes, edited: Callable[..., bytes], layouts: dict[str, Layout], key: bytes, tmp_path: Path
) -> None:
    """An officer without Excel saves the form in LibreOffice: signature, rows, figures and texts of both kinds are the same."""
    sent = [
        edited(filled, {"L6": "Zoë’s team:\n5 < 6 & “so on”", "N6": "Yes", "J7": "Yes", "G7": None, "G8": "2,074", "M8": 0.1}),
        edited(blank_actions, {"G6": "Works began\nin April.", "H6": "Green", "I6": "None yet", "H7": "Purple"}),
    ]
    for number, content in enumerate(sent):
        (tmp_path / f"{number}.xlsx").write_bytes(content)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    files = [f"{tmp_path}/{number}.xlsx" for number in range(len(sent))]
    subprocess.run([*command, "--outdir", f"{tmp_path}/saved", *files], check=True, capture_output=True, timeout=120)
    saved = [(tmp_path / "saved" / f"{number}.xlsx").read_bytes() for number in range(len(sent))]
    results = read_forms([*sent, *saved], layouts=layouts, key=key)
    assert not any(isinstance(result, Unreadable) for result in results)
    assert results[2:] == results[:2]
