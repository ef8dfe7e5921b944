"""Reds are counted back through the periods that have a colour, and no further than needed."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from pmf.register.assessment import Persistence
from pmf.series.reds import Reds, count_reds
from pmf.status import Status

THREE = Persistence()
STATUSES = st.lists(st.sampled_from(Status), max_size=12)


def test_no_more_is_read_than_the_answer_needs() -> None:
    """Judging a period takes time: of a KPI that is not red none is asked for, of a red one those up to the end of the run."""
    asked: list[Status] = []

    def earlier() -> Iterator[Status]:
        for status in (Status.RED, Status.AWAITING_DATA, Status.GREEN, Status.RED, Status.RED):
            asked.append(status)
            yield status

    assert count_reds(Status.GREEN, earlier(), limit=THREE) == Reds(in_a_row=0, is_deep_dive=False)
    assert asked == []
    assert count_reds(Status.RED, earlier(), limit=THREE) == Reds(in_a_row=2, is_deep_dive=False)
    assert asked == [Status.RED, Status.AWAITING_DATA, Status.GREEN]


@given(STATUSES, st.integers(0, 12), st.sampled_from([status for status in Status if not status.is_rated]))
def test_silence_changes_nothing(earlier: list[Status], place: int, silence: Status) -> None:
    """A period without a colour, put in anywhere, leaves the count as it was."""
    with_silence = [*earlier[:place], silence, *earlier[place:]]
    assert count_reds(Status.RED, earlier, limit=THREE) == count_reds(Status.RED, with_silence, limit=THREE)


@given(STATUSES, st.integers(1, 6), st.integers(0, 6))
def test_as_many_reds_in_a_row_are_always_looked_into(earlier: list[Status], reds: int, more: int) -> None:
    """A run as long as the council's number calls for a deep dive, whatever the number of periods it is looked for in."""
    found = count_reds(Status.RED, earlier, limit=Persistence(reds=reds, of=reds + more))
    assert found is not None
    assert found.in_a_row >= 1
    assert found.is_deep_dive or found.in_a_row < reds
    if more == 0:
        assert found.is_deep_dive == (found.in_a_row >= reds)
