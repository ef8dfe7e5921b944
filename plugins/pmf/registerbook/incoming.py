"""What comes in to change a register: rows of texts by field, from whatever file, each with the place it stands at."""

from __future__ import annotations

from dataclasses import dataclass, field

from pmf.registerbook.base import Base
from pmf.registerbook.columns import Table
from pmf.registerbook.refusal import Refusal


@dataclass(frozen=True)
class IncomingRow:
    """One row. ``texts`` holds what stands in each column there is; a field it does not name stays as it is.

    ``refusals`` are of cells that cannot be read at all, ``remarks`` what was read and should be looked at.
    """

    row: int
    texts: dict[str, str]
    refusals: tuple[Refusal, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """Everything one file brings. Tables that are not named in ``rows`` stay as they are.

    ``is_whole``: a row of the register that does not come in is taken out of it (a workbook of ours); else rows are only added
    and changed (another organisation's register). ``base``: what the files said when the workbook was written.
    ``refusals`` are of whole sheets, ``notes`` what was not read.
    """

    rows: dict[Table, tuple[IncomingRow, ...]]
    is_whole: bool
    base: Base = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()


class UnusableFileError(Exception):
    """The file cannot be read as a register at all; the message says why, and what to do."""
