"""Back from exact fractions to the decimals that are stored and printed."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

# As for quotients: 28 significant digits are far beyond any boundary a target can name.
_CONTEXT = Context(prec=28)


def to_decimal(fraction: Fraction) -> Decimal:
    """Write a fraction as a decimal, rounded only where it has no end within 28 digits. Compare fractions, not this."""
    return _CONTEXT.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))
