"""Selections of measures: a count and the list it counts are always made from the same one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pmf.register.assessment import Persistence
from pmf.reporting.dataquality import is_doubted
from pmf.reporting.measure import Measure
from pmf.reporting.waiver import PrintedWaiver
from pmf.series.change import Verdict
from pmf.series.trend import Outlook
from pmf.series.watchlist import Standing, Watch, watch_lists
from pmf.status import Status

_ABSENCES = (
    (Status.UNDER_QUERY, "withheld, because the figure returned failed a data-quality check"),
    (Status.AWAITING_DATA, "not yet returned"),
    (Status.NIL_RETURN, "returned as not available, with a reason given by the service"),
    (Status.CONFIDENTIAL, "left out of this public edition so that nobody can be recognised"),
)


@dataclass(frozen=True)
class Watched:
    """Measures on one list: ``heading`` names it, ``why`` says in a few words what that means."""

    heading: str
    why: str
    measures: tuple[Measure, ...]


def watched(measures: Sequence[Measure], rule: Persistence) -> Iterator[Watched]:
    """Put the measures on the lists a reader should look at first; lists without a measure are left out."""
    lists = watch_lists(measures, _standing)
    running = f"Red {rule.reds} times running or more" if rule.reds == rule.of else f"Red {rule.reds} times out of the last {rule.of}"
    everything = (
        Watched("Red", "by the criteria below", tuple(with_status(measures, Status.RED))),
        Watched("Newly red", "red for the first time, or again after another colour", lists[Watch.NEWLY_RED]),
        Watched("Red but improving", "better than the period before", lists[Watch.IMPROVING_RED]),
        Watched(running, "due a deep dive", lists[Watch.DEEP_DIVE]),
        Watched("Green but deteriorating", "worth a look before they turn", lists[Watch.GREEN_BUT_DECLINING]),
        Watched("Green with a trend for the worse", "more than one period's ups and downs", lists[Watch.GREEN_GETTING_WORSE]),
        Watched(
            "Unusual, for the worse",
            "beyond its usual ups and downs",
            tuple(measure for measure in measures if measure.rating["variation"] == "concerning"),
        ),
        Watched("A check of the data not met", "read the figure with care", tuple(filter(is_doubted, measures))),
        *(Watched(status.label, why, tuple(with_status(measures, status))) for status, why in _ABSENCES),
    )
    yield from (item for item in everything if item.measures)


def celebrated(measures: Sequence[Measure]) -> Iterator[Watched]:
    """Put the measures on the lists of what has gone well; lists without a measure are left out."""
    on_target = [measure for measure in measures if measure.status in (Status.GREEN, Status.BLUE)]
    everything = (
        Watched("Back on target", "red the period before", watch_lists(measures, _standing)[Watch.RED_TO_GREEN]),
        Watched(
            "Unusual, for the better",
            "on target, beyond its usual ups and downs",
            tuple(measure for measure in on_target if measure.rating["variation"] == "improving"),
        ),
        Watched(
            "In the best quarter",
            "of all whose figures it is compared with",
            tuple(measure for measure in measures if any(row["quartile"] == 1 for row in measure.comparisons)),
        ),
    )
    yield from (item for item in everything if item.measures)


def _standing(measure: Measure) -> Standing:
    row = measure.rating
    return Standing(
        previous=Status(row["previous_status"]) if row["previous_status"] else None,
        current=measure.status,
        verdict=Verdict(measure.change) if measure.change else None,
        # The row has the trend in words; what it means for better or worse ends them.
        outlook=next((outlook for outlook in Outlook if row["trend"].endswith(f", {outlook.value}")), None),
        reds_in_a_row=row["reds_in_a_row"],
        is_deep_dive=bool(row["is_deep_dive"]),
    )


def with_status(measures: Iterable[Measure], status: Status) -> list[Measure]:
    """Select the measures of one status, in their order."""
    return [measure for measure in measures if measure.status is status]


def rated(measures: Sequence[Measure]) -> list[Measure]:
    """Select the measures that have a colour."""
    return [measure for measure in measures if measure.status.is_rated]


def waiver_lines(measures: Iterable[Measure], general: Iterable[PrintedWaiver]) -> list[str]:
    """Say of each measure what of it stands under a waiver, then of the waivers that are about no KPI."""
    return [f"{measure.name}. {measure.waived}" for measure in measures if measure.waivers] + [waiver.words for waiver in general]
