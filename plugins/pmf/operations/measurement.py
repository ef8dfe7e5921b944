"""What a stage's summary says in numbers: measurements for whoever draws them on a wall. Pure; sending them is Airflow's business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a measurement adds up: counters are summed, gauges replaced, timings spread."""

    COUNTER = "counter"
    GAUGE = "gauge"
    TIMING = "timing"


@dataclass(frozen=True)
class Measurement:
    """One number under a name; ``tags`` say what of. A timing is in milliseconds, a share in per cent."""

    kind: Kind
    name: str
    value: float
    tags: Mapping[str, str] = field(default_factory=dict)


# What each count of a summary is measured as.
_COUNTED: Mapping[str, tuple[Kind, str, Mapping[str, str]]] = {
    "accepted": (Kind.COUNTER, "pmf.returns", {"outcome": "accepted"}),
    "rejected": (Kind.COUNTER, "pmf.returns", {"outcome": "rejected"}),
    "quarantined": (Kind.COUNTER, "pmf.returns", {"outcome": "quarantined"}),
    "failed": (Kind.GAUGE, "pmf.findings", {"severity": "critical"}),
    "flagged": (Kind.GAUGE, "pmf.findings", {"severity": "warning"}),
    "letters": (Kind.COUNTER, "pmf.mail.queued", {}),
    "sent": (Kind.COUNTER, "pmf.mail.sent", {}),
    "refused": (Kind.COUNTER, "pmf.mail.refused", {}),
    "overdue": (Kind.GAUGE, "pmf.overdue", {}),
}


def measurements(stage: str, summary: Mapping[str, Any], *, seconds: float) -> Iterator[Measurement]:
    """List what a stage measured: how long it took and, as far as its summary has them, returns, findings, withheld share and mail.

    What a summary lacks is not measured, and never an error: the work it tells of is done.
    """
    yield Measurement(Kind.TIMING, "pmf.stage.duration", seconds * 1000, {"stage": stage})
    for field_name, (kind, name, tags) in _COUNTED.items():
        if field_name in summary:
            yield Measurement(kind, name, summary[field_name], {"stage": stage, **tags})
    if summary.get("due") and "withheld" in summary:
        yield Measurement(Kind.GAUGE, "pmf.withheld_share", 100 * summary["withheld"] / summary["due"], {"stage": stage})
