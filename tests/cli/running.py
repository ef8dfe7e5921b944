"""What running a command gives back."""

from __future__ import annotations

from collections.abc import Callable

from typer.testing import Result

from pmf.period import Month

APRIL = Month(2024, 4)
Run = Callable[..., Result]
