"""The colours of the statuses, the same on the web, in the PDF, in Word and on a chart.

A status is printed as shape and word in near-black (#0b0c0c) on a pale ``fill`` beside a strong ``bar``: the words reach a contrast of
14:1 and the bar 3:1 (WCAG 2.2, 1.4.3 and 1.4.11), and nothing depends on telling red from green.
"""

from __future__ import annotations

from dataclasses import dataclass

from pmf.status import Status


@dataclass(frozen=True)
class Tint:
    """A pale background and the strong bar beside it, as "#rrggbb"."""

    fill: str
    bar: str


NEUTRAL = Tint(fill="#f0f1f2", bar="#6f777b")
_RATED = {
    Status.RED: Tint(fill="#fbe3de", bar="#d4351c"),
    Status.AMBER: Tint(fill="#fff1cc", bar="#b58840"),
    Status.GREEN: Tint(fill="#daeee2", bar="#00703c"),
    Status.BLUE: Tint(fill="#dbe9f6", bar="#1d70b8"),
}
TINTS = {status: _RATED.get(status, NEUTRAL) for status in Status}
