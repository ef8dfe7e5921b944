"""The statuses a KPI can have, with the word and the shape that go with each: colour is never the only sign.

Source: CCC framework (RAG definitions), CCC quarter 2 report 2024/25 paragraph 2.5 and its status table.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """A KPI's status. Only red, amber, green and blue are ratings; the others say why there is none.

    Nothing is ever rated confidential: public editions print that of what they leave out.
    """

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"
    BASELINE = "baseline"
    CONTEXTUAL = "contextual"
    IN_DEVELOPMENT = "in_development"
    SUSPENDED = "suspended"
    AWAITING_DATA = "awaiting_data"
    UNDER_QUERY = "under_query"
    NIL_RETURN = "nil_return"
    CONFIDENTIAL = "confidential"

    @property
    def is_rated(self) -> bool:
        return self in _RATED

    @property
    def label(self) -> str:
        """The word printed: "Red", "In Development"."""
        return self.value.replace("_", " ").title() if self in _TITLED else self.value.replace("_", " ").capitalize()

    @property
    def shape(self) -> str:
        """The shape printed beside the word of a rating; empty for statuses without a colour."""
        return _SHAPES.get(self, "")


_RATED = frozenset({Status.RED, Status.AMBER, Status.GREEN, Status.BLUE})
_TITLED = frozenset({Status.IN_DEVELOPMENT})
_SHAPES = {Status.RED: "▼", Status.AMBER: "◆", Status.GREEN: "●", Status.BLUE: "★"}

# The seven rows of the seed's status table, always printed; a dash stands for none.
STATUS_TABLE_ALWAYS = (
    Status.RED,
    Status.AMBER,
    Status.GREEN,
    Status.BASELINE,
    Status.CONTEXTUAL,
    Status.IN_DEVELOPMENT,
    Status.SUSPENDED,
)
# Printed when not zero.
STATUS_TABLE_WHEN_ANY = (Status.BLUE, Status.AWAITING_DATA, Status.NIL_RETURN, Status.UNDER_QUERY, Status.CONFIDENTIAL)
