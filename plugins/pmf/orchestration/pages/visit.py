"""One look at a council's desk: whose it is, when, at which period, and how the answer is dressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.responses import HTMLResponse

from pmf.cycle.desk.glance import month_in_hand
from pmf.cycle.workspace import Workspace, view_workspace
from pmf.orchestration.pages.access import SettingsDep, readable_council, readable_councils
from pmf.page.document import Document
from pmf.page.web import Navigation, render_html
from pmf.period import Month, Period, parse_month, parse_period
from pmf.reporting.desk.address import Place

_OF_A_MONTH = (Place.MONTH, Place.RETURNS, Place.FINDINGS)


def clock() -> datetime:
    """Read the time of day: what is shown is as known now."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Visit:
    """What a visitor looks at. ``period`` None: the visitor names none. ``has_others``: there are more councils the visitor may look at."""

    workspace: Workspace
    now: datetime
    period: Period | None
    has_others: bool

    @property
    def month(self) -> Month:
        """The month to show: the one asked for, else the one in hand. Raises HTTPException for another kind of period, and other times."""
        if self.period is None:
            return month_in_hand(self.workspace, as_at=self.now)
        if not isinstance(self.period, Month):
            raise HTTPException(HTTPStatus.BAD_REQUEST, f"{self.period.key} is no month: write it like 2024-09.")
        if not parse_month(self.workspace.profile.first_month) <= self.period <= Month.of(self.now.date()):
            raise HTTPException(HTTPStatus.NOT_FOUND, f"There is nothing to see of {self.period.label}.")
        return self.period

    def show(self, document: Document, place: Place) -> HTMLResponse:
        """Answer with a page of the desk, with links to the others above it."""
        links = [("Councils", "../")] if self.has_others else []
        links += [(item.label, self._address(item)) for item in Place]
        navigation = Navigation(tuple(links), place.label)
        return HTMLResponse(render_html(document, templates=self.workspace.settings.templates, navigation=navigation))

    def _address(self, place: Place) -> str:
        """Keep to the month that is shown where the other page is about a month too."""
        return place.of(self.period) if isinstance(self.period, Month) and place in _OF_A_MONTH else place.value


def visit(
    council: Annotated[str, Depends(readable_council)],
    councils: Annotated[Sequence[str], Depends(readable_councils)],
    settings: SettingsDep,
    now: Annotated[datetime, Depends(clock)],
    period: str | None = None,
) -> Visit:
    """Admit a visitor to a council's desk."""
    return Visit(view_workspace(council, settings), now, read_period(period) if period else None, len(councils) > 1)


def read_period(text: str) -> Period:
    """Read a period of an address. Raises HTTPException when it is none."""
    try:
        return parse_period(text)
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, str(error)) from error


VisitDep = Annotated[Visit, Depends(visit)]
