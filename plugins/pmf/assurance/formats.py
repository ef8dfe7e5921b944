"""The formats of one document held against each other: what one says, all say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

from pmf.assurance.block import Block, Heading, squeezed, texts
from pmf.assurance.printing import words_agree
from pmf.assurance.problem import Kind, Mismatch, quoted

# Beyond so many differences a file is another document.
_MOST = 25


@dataclass(frozen=True)
class _Text:
    """The texts of one format, in reading order, each with the heading it stands under."""

    name: str
    texts: tuple[str, ...]
    places: tuple[str, ...]

    @property
    def compared(self) -> list[str]:
        """The texts without white space."""
        return [squeezed(text) for text in self.texts]


def format_mismatches(readings: Mapping[str, Sequence[Block]]) -> Iterator[tuple[str, Mismatch]]:
    """Compare formats text by text; yield those that differ from the first that has another like it, and how.

    Where no two are alike, all are held against the first.
    """
    read = [_text(name, blocks) for name, blocks in readings.items()]
    model = next((one for one in read if any(one.compared == other.compared for other in read if other is not one)), read[0])
    for other in read:
        if other.compared != model.compared:
            yield from ((other.name, mismatch) for mismatch in islice(_differences(model, other), _MOST))


def _text(name: str, blocks: Sequence[Block]) -> _Text:
    place, placed = "", []
    for block in blocks:
        place = block.text if isinstance(block, Heading) else place
        placed += [(text, place) for text in texts(block)]
    return _Text(name, tuple(text for text, _ in placed), tuple(place for _, place in placed))


def _differences(model: _Text, other: _Text) -> Iterator[Mismatch]:
    for what, low, high, start, end in SequenceMatcher(None, model.compared, other.compared, autojunk=False).get_opcodes():
        expected, found = model.texts[low:high], other.texts[start:end]
        if what == "equal" or (len(found) == len(expected) and all(map(_lacks_glyphs, found, expected))):
            continue
        place = other.places[min(start, len(other.places) - 1)] if other.places else ""
        yield Mismatch(
            Kind.FORMATS,
            place,
            quoted(" ".join(found)) if found else "nothing",
            f"{quoted(' '.join(expected))} as in the {model.name} file",
        )


def _lacks_glyphs(found: str, expected: str) -> bool:
    """Tell whether a text is another but for the letters that the PDF's fonts cannot show."""
    return "\N{REPLACEMENT CHARACTER}" in found and words_agree(found, expected)
