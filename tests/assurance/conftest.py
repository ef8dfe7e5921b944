"""A council with the scorecards of a month and the papers of a quarter made, and what each of them was made from."""

from __future__ import annotations

import pytest

from assurance.finished import Finished
from cycle.council import council_at
from cycle.quarterdone import QUARTER, quarter_done


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """April's scorecards and the first quarter's papers of the sample council; for reading, and for copying."""
    home, editions = quarter_done(tmp_path_factory)
    council = council_at(home)
    return Finished(council, council.teller.profile.export_at(QUARTER), editions)
