"""A damaged or tampered workbook is refused in words, or read as it stands: never a traceback."""

from __future__ import annotations

import random
from collections import Counter
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from pmf.register import load_register
from pmf.registerbook.incoming import UnusableFileError
from pmf.registerbook.writer import write_book
from registerbook.conftest import imported


def test_damaged_workbooks_end_in_words(council: Path) -> None:
    """Thirty seeded mutations, of the file's bytes and of its parts under right checksums: each has an outcome."""
    content, dice = write_book(load_register(council)), random.Random(3)  # noqa: S311 - damage, not secrets
    outcomes = Counter(_outcome(council, _flipped(content, dice) if number % 3 == 0 else _retyped(content, dice)) for number in range(30))
    assert sum(outcomes.values()) == 30
    assert outcomes["unusable"] > 0


def _outcome(council: Path, content: bytes) -> str:
    try:
        found = imported(council, content)
    except UnusableFileError:
        return "unusable"
    return "right" if found.is_right else "refused"


def _flipped(content: bytes, dice: random.Random) -> bytes:
    """Flip one bit."""
    damaged = bytearray(content)
    damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def _retyped(content: bytes, dice: random.Random) -> bytes:
    """Put another character somewhere into one part, and pack the workbook as a program would."""
    with ZipFile(BytesIO(content)) as archive:
        parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
    part = parts[dice.choice([name for name in parts if "sheet" in name or "Strings" in name])]
    part[dice.randrange(len(part))] = dice.randrange(32, 127)
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, bytes(text))
    return buffer.getvalue()
