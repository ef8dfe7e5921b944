"""What a rating policy gives a status to although its source does not: owned up to wherever its criteria are printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmf.page.document import Block, bullets, paragraph


@dataclass(frozen=True)
class Fill:
    """A band of a policy that its source does not have: ``words`` is its criterion, ``because`` says why it is there."""

    words: str
    because: str


def fill_words(fills: Sequence[Fill]) -> str:
    """Introduce the list of fills in a sentence; empty where there are none."""
    return "The policy's own text gives no status to some figures. In this report they are given one:" if fills else ""


def fill_items(fills: Sequence[Fill]) -> list[str]:
    """Say of each fill what it is and why."""
    return [f"{fill.words} {' '.join(fill.because.split())}" for fill in fills]


def fill_blocks(fills: Sequence[Fill]) -> Iterator[Block]:
    """Print the fills of a policy; nothing where it has none."""
    if fills:
        yield paragraph(fill_words(fills))
        yield bullets(*fill_items(fills))
