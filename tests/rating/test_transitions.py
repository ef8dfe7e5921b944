"""Transitions are grouped as the committees' paper lists them, and every KPI counts once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.rating.transitions import Movement, TransitionKind, classify
from pmf.series.change import Verdict
from pmf.status import Status

GREEN, AMBER, RED, CONTEXTUAL = Status.GREEN, Status.AMBER, Status.RED, Status.CONTEXTUAL
IMPROVED, DECLINED, UNCHANGED = Verdict.IMPROVED, Verdict.DECLINED, Verdict.UNCHANGED


def movement(kpi_ref: str, previous: Status | None, current: Status, verdict: Verdict | None) -> Movement:
    return Movement(kpi_ref=kpi_ref, title=f"Indicator {kpi_ref}", previous=previous, current=current, verdict=verdict)


def test_the_quarter_2_report_is_reproduced() -> None:
    """Indicators 36 to 222 of the CCC quarter 2 report fall into its five groups, in its order, with its counts."""
    kpis = [
        *[movement(ref, GREEN, GREEN, IMPROVED) for ref in ("36", "37", "136", "137")],
        movement("138", GREEN, GREEN, DECLINED),
        movement("198", AMBER, GREEN, IMPROVED),
        movement("219", RED, GREEN, IMPROVED),
        movement("220", RED, RED, IMPROVED),
        movement("221", AMBER, GREEN, IMPROVED),
        movement("222", GREEN, GREEN, IMPROVED),
    ]
    printed = [(g.kind, g.previous, g.current, g.verdict, g.count, " ".join(m.kpi_ref for m in g.movements)) for g in classify(kpis)]
    assert printed == [
        (TransitionKind.REMAINED, GREEN, GREEN, IMPROVED, 5, "36 37 136 137 222"),
        (TransitionKind.REMAINED, RED, RED, IMPROVED, 1, "220"),
        (TransitionKind.MOVED, RED, GREEN, IMPROVED, 1, "219"),
        (TransitionKind.MOVED, AMBER, GREEN, IMPROVED, 2, "198 221"),
        (TransitionKind.REMAINED, GREEN, GREEN, DECLINED, 1, "138"),
    ]


def test_every_kind_has_its_group() -> None:
    """Contextual KPIs that moved, colours that came and went, and moves against the figures are groups of their own."""
    kpis = [
        movement("lost", GREEN, Status.AWAITING_DATA, None),
        movement("new", None, AMBER, None),
        movement("first target", CONTEXTUAL, RED, DECLINED),
        movement("context up", CONTEXTUAL, CONTEXTUAL, IMPROVED),
        movement("context down", CONTEXTUAL, CONTEXTUAL, DECLINED),
        movement("eased target", RED, GREEN, DECLINED),
        movement("steady", AMBER, AMBER, UNCHANGED),
        movement("slipped", GREEN, RED, DECLINED),
    ]
    assert [(group.kind.value, group.movements[0].kpi_ref) for group in classify(kpis)] == [
        ("not_rated", "context up"),
        ("moved", "eased target"),
        ("moved", "slipped"),
        ("newly_rated", "first target"),
        ("not_rated", "context down"),
        ("remained", "steady"),
        ("newly_rated", "new"),
        ("no_longer_rated", "lost"),
    ]


def test_a_kpi_given_twice_is_refused() -> None:
    """Counting one KPI twice is how a paper's numbers stop adding up."""
    with pytest.raises(ValueError, match="KPI 36 is given twice"):
        classify([movement("36", GREEN, GREEN, IMPROVED), movement("36", GREEN, RED, DECLINED)])


@given(
    st.lists(
        st.tuples(st.sampled_from([None, *Status]), st.sampled_from(Status), st.sampled_from([None, *Verdict])),
        max_size=40,
    )
)
def test_every_kpi_is_in_exactly_one_group(changes: list[tuple[Status | None, Status, Verdict | None]]) -> None:
    """Whatever happened, the groups' lists together are the KPIs given, each once, in the order given within a group."""
    kpis = [movement(str(number), *change) for number, change in enumerate(changes)]
    groups = classify(kpis)
    assert sorted((m for group in groups for m in group.movements), key=lambda m: int(m.kpi_ref)) == kpis
    assert sum(group.count for group in groups) == len(kpis)
    assert all([int(m.kpi_ref) for m in group.movements] == sorted(int(m.kpi_ref) for m in group.movements) for group in groups)
    assert classify(kpis) == groups
