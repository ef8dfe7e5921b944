"""How figures stand in the words of a finding."""

from __future__ import annotations

from decimal import Decimal
from typing import overload

from pmf.register import Kpi
from pmf.value import from_double, plain, printed

_UNITS = {
    "%": "per cent (95.5, not 0.955)",
    "£": "pounds (1200, not 1.2 for thousands)",
    "number": "single ones (1200, not 1.2 for thousands)",
}


def decimals_given(figure: Decimal) -> int:
    """Count the decimals of a figure as written, without trailing zeros."""
    return len(plain(figure).partition(".")[2].rstrip("0"))


@overload
def figure_text(figure: Decimal, kpi: Kpi) -> str: ...
@overload
def figure_text(figure: Decimal | None, kpi: Kpi) -> str | None: ...
def figure_text(figure: Decimal | None, kpi: Kpi) -> str | None:
    """Print a figure with its unit and the decimals it has, but no more than two beyond those its KPI is printed with."""
    return None if figure is None else printed(figure, unit=kpi.unit, decimals=min(decimals_given(figure), kpi.decimals + 2))


def unit_text(kpi: Kpi) -> str:
    """Say the unit a figure is to be typed in, with an example where it is often mistaken."""
    return _UNITS.get(kpi.unit, kpi.unit)


def estimate_text(figure: float, kpi: Kpi) -> str:
    """Print a figure that was worked out from others with its unit and the decimals its KPI is printed with."""
    return printed(from_double(figure), unit=kpi.unit, decimals=kpi.decimals)
