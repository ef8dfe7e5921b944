"""Whether a comment says another movement than its figures show.

Source: HDC framework Appendix C.2.2 (comments are sense-checked with the values), and rulings 11 and 12: commentary is held
against colour and movement, and never hides a figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pmf.series.change import Move, Verdict
from pmf.validation.commentary.claims import claims_of
from pmf.validation.commentary.clause import About, Claim
from pmf.validation.commentary.words import Sense

# A figure that moved by more than this share of the one before is not called unchanged; one that moved less may be.
_MATERIAL_PCT = 5

_SHOWN_BY: dict[Sense, str] = {
    Sense.IMPROVED: Verdict.IMPROVED,
    Sense.DECLINED: Verdict.DECLINED,
    Sense.ROSE: Move.UP,
    Sense.FELL: Move.DOWN,
}


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What two figures show. ``verdict`` and ``moved`` None: not known, or neither way is better."""

    previous: Decimal
    value: Decimal
    verdict: str | None
    moved: str | None

    @property
    def is_material(self) -> bool:
        """Tell whether the figure moved so far that nobody would call it unchanged."""
        return abs(self.value - self.previous) * 100 > abs(self.previous) * _MATERIAL_PCT

    def bears_out(self, claim: Claim) -> bool | None:
        """Tell whether the figures show what is claimed. None: they cannot tell."""
        if claim.sense is Sense.UNCHANGED:
            return not self.is_material
        shown = self.verdict if claim.sense in (Sense.IMPROVED, Sense.DECLINED) else self.moved
        if shown in (None, Verdict.UNCHANGED, Move.SAME):
            return None
        return (shown == _SHOWN_BY[claim.sense]) is not claim.is_denied


def movement_against(comment: str, about: About, moved: Moved) -> str | None:
    """Find the words of a comment that say another movement than the figures show.

    None where there are none, and where other words of it say what the figures show: who tells of several movements is not
    accused of one.
    """
    claims = claims_of(comment, about)
    borne_out = [moved.bears_out(claim) for claim in claims]
    if True in borne_out or False not in borne_out:
        return None
    return claims[borne_out.index(False)].said
