"""How the last validations ended: three lines to see at a glance, and a row for each validation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from pmf.page.document import Block, Cell, Column, Table, paragraph
from pmf.reporting.quality.scores import printed_score
from pmf.reporting.quality.setting import OUTCOMES, PastValidation, QualitySetting
from pmf.reporting.wording import counted
from pmf.status import Status
from pmf.value import printed, quotient


def _withheld(past: PastValidation) -> Decimal:
    return quotient(Decimal(past.withheld), Decimal(past.due), multiplier=100) or Decimal(0)


_LOOKS = {"pass": Status.GREEN, "flag": Status.AMBER, "fail": Status.RED}
_LINES: tuple[tuple[str, Callable[[PastValidation], float | None], Callable[[PastValidation], str]], ...] = (
    ("Score", lambda past: None if past.score.pct is None else float(past.score.pct), lambda past: printed_score(past.score)),
    ("Share of figures withheld", lambda past: float(_withheld(past)), lambda past: printed(_withheld(past), unit="%", decimals=1)),
    ("Findings", lambda past: float(past.failed + past.flagged), lambda past: str(past.failed + past.flagged)),
)


def history_blocks(setting: QualitySetting) -> Iterable[Block]:
    """Print the validations of this point, this one among them, newest first."""
    history = setting.history
    if len(history) < 2:
        yield paragraph(f"This is the first validation of {setting.subject.lower()} there is.")
        return
    yield Table(
        f"The last {counted(len(history), 'validation')} at a glance",
        (Column("Measure", width=1.6), Column("Oldest to newest", width=3.0)),
        tuple(_line(label, history, figure, words) for label, figure, words in _LINES),
    )
    columns = (
        Column("Validated", width=1.8),
        Column("Outcome", width=1.1),
        Column("Withheld", is_number=True, width=1.1),
        Column("Findings that fail", is_number=True),
        Column("Findings that flag", is_number=True),
        Column("Score", is_number=True, width=0.8),
    )
    zone = ZoneInfo(setting.profile.timezone)
    yield Table(f"The last {counted(len(history), 'validation')}, newest first", columns, tuple(_row(past, zone) for past in history[::-1]))


def _line(
    label: str,
    history: Iterable[PastValidation],
    figure: Callable[[PastValidation], float | None],
    words: Callable[[PastValidation], str],
) -> tuple[Cell, Cell]:
    told = [words(past) for past in history]
    return Cell(label), Cell(f"{label}: {', '.join(told)}", points=tuple(figure(past) for past in history), note=f"{told[0]} to {told[-1]}")


def _row(past: PastValidation, zone: ZoneInfo) -> tuple[Cell, ...]:
    return (
        Cell(past.label, note=f"as at {past.as_at.astimezone(zone):%-d %B %Y, %H:%M}"),
        Cell(OUTCOMES[past.outcome], status=_LOOKS[past.outcome]),
        Cell(f"{past.withheld} of {past.due}"),
        Cell(str(past.failed)),
        Cell(str(past.flagged)),
        Cell(printed_score(past.score)),
    )
