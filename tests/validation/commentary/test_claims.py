"""What a comment is taken to claim of its figure's movement, and above all what it is not."""

from __future__ import annotations

import csv
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.series.change import change
from pmf.validation.commentary.claims import claims_of
from pmf.validation.commentary.clause import About
from pmf.validation.commentary.movement import Moved, movement_against
from pmf.value import Direction

SETS = Path(__file__).parents[2] / "cases" / "movement"
MONTH = {"month": "September", "month_before": "August", "other_step": "quarter"}
SHARE = About(title="Complaints answered within 10 working days", unit="%", direction=Direction.HIGHER, **MONTH)
COUNT = About(title="Households in temporary accommodation", unit="number", direction=Direction.LOWER, **MONTH)
TIME = About(title="Average re-let time for council homes", unit="days", direction=Direction.LOWER, **MONTH)
VISITS = About(title="Visits to libraries", unit="number", direction=Direction.HIGHER, **MONTH)
FINES = About(title="Penalty charge notices issued", unit="number", direction=None, **MONTH)


def read(text: str, about: About) -> str:
    """Print the claims of a comment: "improved, not rose"."""
    return ", ".join(f"{'not ' if claim.is_denied else ''}{claim.sense}" for claim in claims_of(text, about))


@pytest.mark.parametrize(
    ("about", "text", "claims"),
    [
        (SHARE, "Performance improved.", "improved"),
        (SHARE, "Performance has not improved since last month.", "not improved"),
        (SHARE, "Performance did not improve.", "not improved"),
        (SHARE, "There was no improvement in performance.", "not improved"),
        (SHARE, "Performance isn't any better than in August.", "not improved"),
        (SHARE, "Performance is no better than in August.", "not improved"),
        (SHARE, "Performance has seen a dip this month.", "declined"),
        (SHARE, "Although slightly down on last month, this is within the usual range.", "fell"),
        (SHARE, "Performance dropped because two officers left.", "declined"),
        (SHARE, "Compared with last month, performance has dropped.", "declined"),
        (SHARE, "91%, up from 85% last month.", "rose"),
        (SHARE, "Performance was 91%, which is an improvement on last month.", "improved"),
        (SHARE, "4 percentage points higher than last month.", "rose"),
        (SHARE, "Performance remained the same as last month.", "unchanged"),
        (SHARE, "No significant change.", "unchanged"),
        (COUNT, "Performance dropped.", "declined"),
        (COUNT, "The number has increased to 212.", "rose"),
        (COUNT, "12 more households than last month.", "rose"),
        (COUNT, "An increase of 12 households.", "rose"),
        (COUNT, "The increase in temporary accommodation is due to a fire.", "rose"),
        (COUNT, "After a rise in July, numbers fell.", "fell"),
        (TIME, "Re-let times are three days longer than last month.", "rose"),
        (TIME, "Homes were re-let more quickly than last month.", "fell"),
        (VISITS, "Visits rose 4% on last month, helped by the sunshine.", "rose"),
        (VISITS, "Visits are down on August and fell again in the month.", "fell, fell"),
        (FINES, "PCNs were up on August.", "rose"),
        (SHARE, "The percentage has risen.", "rose"),
        (SHARE, "The rate crept back down in September.", "fell"),
        (SHARE, "We are pleased to report an improvement on last month.", "improved"),
        (SHARE, "A poorer result than last month.", "declined"),
        (SHARE, "The result is not as good as in August.", "declined"),
        (SHARE, "Response times have worsened.", "declined"),
        (SHARE, "Performnace has imporved since last month.", "improved"),
        (COUNT, "The list has got shorter.", "fell"),
        (COUNT, "Numbers fell in July. They rose again this month.", "rose"),
        (TIME, "Homes are taking longer to let.", "rose"),
        (VISITS, "Footfall rose.", "rose"),
        (VISITS, "Not as many visits as last month.", "fell"),
    ],
)
def test_what_is_said_of_the_figure_is_read(about: About, text: str, claims: str) -> None:
    """A statement about the KPI's own figure since the period before is a claim, and a denied one a claim denied."""
    assert read(text, about) == claims


@pytest.mark.parametrize(
    ("about", "text"),
    [
        (SHARE, "Call volumes rose. This is an increase on last month."),
        (SHARE, "We answered more complaints than last month."),
        (SHARE, "The number of complaints increased."),
        (SHARE, "Performance improved for adult social care."),
        (SHARE, "Performance improved in three of five directorates."),
        (SHARE, "The improvement plan is working."),
        (SHARE, "Improved processes are in place."),
        (SHARE, "Performance is expected to improve."),
        (SHARE, "Performance will improve if posts are filled."),
        (SHARE, "Performance had fallen in the spring."),
        (SHARE, "Performance has yet to improve."),
        (SHARE, "Performance is better than in September last year."),
        (SHARE, "Performance is 12% above last September."),
        (SHARE, "Performance has improved since April."),
        (SHARE, "Performance over the quarter improved."),
        (SHARE, "Performance is better than the national average."),
        (SHARE, "Performance is moving towards target."),
        (SHARE, "Letters were late because performance of the post room fell."),
        (SHARE, "Path to green: performance improved by weekly reviews."),
        (COUNT, "More households presented as homeless."),
        (COUNT, "The number of households approaching us has increased."),
        (COUNT, "The cost of temporary accommodation has fallen."),
        (COUNT, "Households dipped slightly."),
        (TIME, "Council homes needing major works increased."),
        (TIME, "The number of homes re-let rose."),
        (VISITS, "Visits to the mobile library fell."),
        (VISITS, "Visits fell at two branches."),
        (VISITS, "Visits fell short of what was planned."),
        (VISITS, "Visits by children rose."),
        (VISITS, "Staff at Rise Park ran more events."),
        (SHARE, "Performance is not the same as last month."),
        (SHARE, "More complaints were answered in time than last month."),
        (SHARE, "The rate is no different from that of other councils."),
        (SHARE, "The team took on two officers. It has improved."),
        (SHARE, "Answer times for telephone calls rose."),
        (COUNT, "Households moved up the waiting list."),
        (TIME, "Fewer homes were let than last month."),
        (TIME, "Contractors took longer to arrive than last month."),
    ],
)
def test_what_may_be_about_something_else_claims_nothing(about: About, text: str) -> None:
    """Parts, causes, plans, targets, other things and other times are no claim about the figure since the period before."""
    assert read(text, about) == ""


def moved(previous: str, value: str, direction: Direction | None = Direction.HIGHER) -> Moved:
    seen = change(Decimal(value), Decimal(previous), direction=direction)
    return Moved(previous=Decimal(previous), value=Decimal(value), verdict=seen.verdict, moved=seen.moved)


def test_who_tells_of_several_movements_is_not_accused_of_one() -> None:
    """A comment one of whose claims the figures bear out contradicts nothing."""
    text = "The rate fell early on. The share dropped, but the rate has increased."
    assert movement_against(text, SHARE, moved("80", "85")) is None
    assert movement_against("The share dropped.", SHARE, moved("80", "85")) == "The share dropped"


def test_without_a_direction_nothing_is_better_or_worse() -> None:
    """Whether a figure improved cannot be judged where neither way is better; whether it rose can."""
    assert movement_against("Performance has improved.", FINES, moved("80", "75", None)) is None
    assert movement_against("PCNs have risen.", FINES, moved("80", "75", None)) == "PCNs have risen"


def test_a_figure_that_stayed_contradicts_neither_way() -> None:
    """Where the figure is what it was, only what is plainly another movement could be questioned, and is not."""
    for text in ("Performance improved.", "Performance fell.", "Performance is unchanged."):
        assert movement_against(text, SHARE, moved("80", "80")) is None


@pytest.mark.parametrize(("value", "is_questioned"), [("105", False), ("95", False), ("105.1", True), ("94.9", True)])
def test_unchanged_leaves_room(value: str, *, is_questioned: bool) -> None:
    """What moved by a twentieth may be called stable; what moved by more may not."""
    assert (movement_against("Performance is stable.", SHARE, moved("100", value)) is not None) is is_questioned


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever stands in a comment, reading it ends with claims or none."""
    assert isinstance(claims_of(text, SHARE), list)


@pytest.mark.parametrize("words", ["a ", " 5", "get ", "about ", "more than ", "it is taking longer "])
def test_hostile_text_is_read_in_a_moment(words: str) -> None:
    """A cell full of the words a claim may begin with is read in seconds, not minutes."""
    full = ((words * 490)[:490] + ". ") * 66
    start = time.perf_counter()
    claims_of(full, TIME)
    assert time.perf_counter() - start < 15


@pytest.mark.parametrize("name", ["development.csv", "held_out.csv"])
def test_the_sets_seen_are_read_precisely(name: str) -> None:
    """Of the labelled sets seen nothing true is questioned, and most of what contradicts is found."""
    with (SETS / name).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, strict=True))
    found = {row["id"] for row in rows if movement_against(row["comment"], _about(row), _moved(row))}
    contradicting = {row["id"] for row in rows if row["contradicts"] == "yes"}
    assert found <= contradicting
    assert len(found) >= 0.9 * len(contradicting)


def _direction(row: dict[str, str]) -> Direction | None:
    return Direction(row["direction"]) if row["direction"] else None


def _about(row: dict[str, str]) -> About:
    return About(title=row["kpi_title"], unit=row["unit"], direction=_direction(row))


def _moved(row: dict[str, str]) -> Moved:
    return moved(row["previous"], row["value"], _direction(row))
