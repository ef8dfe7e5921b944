"""Numbers and lists as a clerk writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.reporting.wording import agree, count_or_dash, counted, listed, share


@pytest.mark.parametrize(("number", "words"), [(0, "0 indicators"), (1, "1 indicator"), (2, "2 indicators")])
def test_a_count_agrees_with_its_noun(number: int, words: str) -> None:
    """One takes the singular, anything else the plural."""
    assert counted(number, "indicator") == words
    assert counted(number, "KPI", "KPI") == f"{number} KPI"
    assert agree(number, "is", "are") == ("is" if number == 1 else "are")


@pytest.mark.parametrize(
    ("items", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (["a, b", "c"], "a, b and c")]
)
def test_a_list_reads_as_a_sentence(items: list[str], words: str) -> None:
    """Items are joined by commas, the last by "and"."""
    assert listed(items) == words


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_share_is_rounded_half_up(part: int, rest: int) -> None:
    """A share is in whole per cent, rounded half up; none of something, or of nothing, is a dash."""
    whole = part + rest
    assert share(part, whole) == (f"{(200 * part + whole) // (2 * whole)}%" if part else "-")


def test_nothing_is_a_dash() -> None:
    """The status table writes a dash for none."""
    assert (count_or_dash(0), count_or_dash(3)) == ("-", "3")
