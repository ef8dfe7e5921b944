"""Comments that are there and say nothing."""

from __future__ import annotations

import pytest

from pmf.validation.commentary.emptiness import says_nothing


@pytest.mark.parametrize("comment", ["", " \n", "N/A", "n/a.", "-", "...", "None", "No comment", "As expected.", "TBC", "See  above!"])
def test_a_phrase_for_a_box_says_nothing(comment: str) -> None:
    """Blank cells, dashes and stock phrases say nothing, however they are written."""
    assert says_nothing(comment)


@pytest.mark.parametrize("comment", ["No change.", "As expected, visits fell.", "None of the three sites opened.", "Works."])
def test_a_short_statement_says_something(comment: str) -> None:
    """What is more than a stock phrase is a statement, if a short one."""
    assert not says_nothing(comment)
