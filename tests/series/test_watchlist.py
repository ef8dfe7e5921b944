"""Each KPI is put on the lists its colour and movement call for, and lists keep the order given."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.series.change import Verdict
from pmf.series.trend import Outlook
from pmf.series.watchlist import Standing, Watch, watch_lists, watches
from pmf.status import Status

STANDINGS = st.builds(
    Standing,
    previous=st.sampled_from([None, *Status]),
    current=st.sampled_from(Status),
    verdict=st.sampled_from([None, *Verdict]),
    outlook=st.sampled_from([None, *Outlook]),
    reds_in_a_row=st.sampled_from([None, 0, 1, 2]),
    is_deep_dive=st.booleans(),
)


def standing(current: Status, **said: Any) -> Standing:
    others = {"previous": None, "verdict": None, "outlook": None, "reds_in_a_row": None, "is_deep_dive": False}
    return Standing(current=current, **(others | said))


@pytest.mark.parametrize(
    ("where", "lists"),
    [
        (standing(Status.RED, previous=Status.RED, verdict=Verdict.IMPROVED, reds_in_a_row=2), "improving_red"),
        (standing(Status.RED, verdict=Verdict.IMPROVED, reds_in_a_row=4, is_deep_dive=True), "deep_dive improving_red"),
        (standing(Status.RED, previous=Status.GREEN, verdict=Verdict.DECLINED, reds_in_a_row=1), "newly_red"),
        (standing(Status.RED, previous=Status.AWAITING_DATA, reds_in_a_row=3, is_deep_dive=True), "deep_dive"),
        (standing(Status.GREEN, previous=Status.RED, verdict=Verdict.IMPROVED, reds_in_a_row=0), "red_to_green"),
        (standing(Status.BLUE, previous=Status.RED, verdict=Verdict.IMPROVED, reds_in_a_row=0), "red_to_green"),
        (standing(Status.GREEN, previous=Status.GREEN, verdict=Verdict.DECLINED, reds_in_a_row=0), "green_but_declining"),
        (standing(Status.GREEN, verdict=Verdict.IMPROVED, outlook=Outlook.GETTING_WORSE, reds_in_a_row=0), "green_getting_worse"),
        (standing(Status.AMBER, previous=Status.RED, verdict=Verdict.DECLINED, reds_in_a_row=0), ""),
        (standing(Status.CONTEXTUAL, verdict=Verdict.DECLINED, outlook=Outlook.GETTING_WORSE), ""),
        (standing(Status.UNDER_QUERY, previous=Status.RED), ""),
    ],
)
def test_a_standing_is_on_its_lists(where: Standing, lists: str) -> None:
    """A red that improves may be looked into too; what was silent does not make a red new; amber and no colour are on no list."""
    assert watches(where) == {Watch(name) for name in lists.split()}


@given(st.lists(STANDINGS, max_size=20))
def test_lists_hold_what_is_on_them_once_and_in_order(standings: list[Standing]) -> None:
    """Every list is there, empty or not, with exactly the items that are on it, as they came."""
    numbered = list(enumerate(standings))
    lists = watch_lists(numbered, lambda item: item[1])
    assert set(lists) == set(Watch)
    for watch, items in lists.items():
        assert list(items) == [item for item in numbered if watch in watches(item[1])]
