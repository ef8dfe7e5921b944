"""A council with April's scorecards and the first quarter's papers made, and the documents they were rendered from: once for all tests."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import pytest

import pmf.cycle.report
from cycle.council import SLUG, council_at
from madeonce import made_once
from pmf.cycle.documents import Edition, FinishedFile, finish_files
from pmf.cycle.rate import rate_quarter
from pmf.cycle.report import export_papers
from pmf.cycle.validate import validate_ratings
from pmf.period import Month, Quarter

APRIL, QUARTER = Month(2024, 4), Quarter(2024, 1)


def quarter_done(factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Edition]]:
    """Give the council's home, to be copied, and every edition made in it by document_id."""
    folder = made_once(factory, "quarter", _make)
    return folder / "home", pickle.loads((folder / "editions").read_bytes())  # noqa: S301 - written below


def _make(folder: Path) -> None:
    editions: dict[str, Edition] = {}

    def remember(made: Sequence[Edition], *arguments: object) -> list[FinishedFile]:
        editions.update({edition.document_id: edition for edition in made})
        return finish_files(made, *arguments)

    council = council_at(folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pmf.cycle.report, "finish_files", remember)
        council.begin()
        council.whole_month(APRIL)
        at = council.teller.profile.export_at(QUARTER)
        for verb in (rate_quarter, validate_ratings, export_papers):
            verb(SLUG, QUARTER, as_at=at, settings=council.settings)
    (folder / "editions").write_bytes(pickle.dumps(editions))
