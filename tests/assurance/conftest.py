"""A council with the scorecards of a month and the papers of a quarter made, and what each of them was made from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assurance.finished import Finished, finish
from cycle.council import council_at


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """April's scorecards and the first quarter's papers of the sample council."""
    with pytest.MonkeyPatch.context() as patch:
        yield finish(council_at(tmp_path_factory.mktemp("assurance") / "home"), patch)
