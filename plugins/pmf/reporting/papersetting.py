"""What a committee paper needs besides its measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pmf.period import Quarter
from pmf.register import Committee, Profile
from pmf.register.changes import Change
from pmf.register.papertext import PaperText
from pmf.reporting.criteria import Fill
from pmf.reporting.memberquestion import MemberQuestion
from pmf.reporting.movements import MovementGroup
from pmf.reporting.panels import PanelLine
from pmf.reporting.planactions import ActionLine
from pmf.reporting.restatement import Restated
from pmf.reporting.waiver import PrintedWaiver


class Appendix(StrEnum):
    """The appendices a paper can have, in order, by what they hold."""

    DASHBOARD = "dashboard"
    ACTIONS = "actions of the corporate plan"
    PANELS = "risk and change"


@dataclass(frozen=True, kw_only=True)
class PaperSetting:
    """What a paper needs besides its measures.

    ``criteria`` are the printed sentences of the policy the paper names, in order, and ``fills`` what it gives a status to
    beyond its source; ``movements`` the groups of measures by how their status moved since the quarter before; ``meeting_date``
    None: not in the calendar yet. ``changes`` are those of the committee's indicators and targets that took effect or were
    adopted in the quarter, ``restated`` the figures reported before that are known otherwise now; ``questions`` are members' that
    are to be told of, ``actions`` those of the corporate plan that the body follows, ``panels`` the risks and projects of the
    directorates that report to it; ``waivers`` those in use that are about no KPI.
    """

    profile: Profile
    committee: Committee
    quarter: Quarter
    as_at: datetime
    words: PaperText
    criteria: tuple[str, ...]
    movements: tuple[MovementGroup, ...]
    meeting_date: date | None
    fills: tuple[Fill, ...] = ()
    changes: tuple[Change, ...] = ()
    restated: tuple[Restated, ...] = ()
    questions: tuple[MemberQuestion, ...] = ()
    actions: tuple[ActionLine, ...] = ()
    panels: tuple[PanelLine, ...] = ()
    waivers: tuple[PrintedWaiver, ...] = ()

    @property
    def body(self) -> str:
        """The body as it is called: Committee, Panel or Cabinet."""
        return self.committee.kind.value.capitalize()

    @property
    def appendices(self) -> Mapping[Appendix, str]:
        """Name the appendices there are by their numbers: the dashboard always, the others where there is something to tell."""
        present = {Appendix.DASHBOARD: True, Appendix.ACTIONS: bool(self.actions), Appendix.PANELS: bool(self.panels)}
        return {appendix: f"Appendix {number}" for number, appendix in enumerate((item for item in Appendix if present[item]), start=1)}
