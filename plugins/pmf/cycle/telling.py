"""How a finding is told in a letter: under which heading, with which query, whose turn it is, and without which figures.

Figures of KPIs and lines that are not for publication, or of KPIs that count people, stay out of letters, which travel and are
forwarded; the attached form and the data-quality report have them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from pmf.cycle.querythread import State, Thread
from pmf.finding import Finding
from pmf.form.model import Kind
from pmf.period import Month, Period, Quarter
from pmf.register import Register

# Findings about plan actions, panels and their forms come from these suites.
_OF_KIND = {"action": Kind.ACTIONS, "actioncell": Kind.ACTIONS, "panel": Kind.PANELS, "panelcell": Kind.PANELS}
# A fix that begins with a name is addressed to that name, else to the service.
_ADDRESSED = re.compile(r"^(Data engineers|Performance team|Service manager|Whoever releases it): ")
_OTHERS = ("Data engineers", "Performance team")
# What a finding is about that is about no KPI, action or line, by its suite; ``{file}`` is the file's name.
_ABOUT = {
    "file": "The file {file}",
    "cell": "The file {file}",
    "actioncell": "The file {file}",
    "panelcell": "The file {file}",
    "return": "The return",
    "action": "The form of plan actions",
    "panel": "The form of panels",
    "register": "The register of KPIs",
    "directorate": "The register of KPIs",
    "past": "The register of KPIs",
    "validation": "The checks themselves",
}
# What came in late is told; nobody can do anything about it any more.
_DONE_WITH = frozenset({"file.in_time", "action.in_time", "panel.in_time"})
ABSENT = frozenset({"return.came_in", "action.came_in", "panel.came_in"})
_NO_FIGURES = 'Not met: "{check}" {why}, so its figures are not in this message.'
_INTERNAL_KPI, _INTERNAL_LINE = "The KPI is not for publication, or counts people", "The line is not for publication"


@dataclass(frozen=True)
class KeptBack:
    """The KPIs and lines of panels whose figures letters do not carry: KPIs that are not public or count people, and internal lines."""

    kpis: AbstractSet[str]
    lines: AbstractSet[str]

    @classmethod
    def of(cls, register: Register, period: Period) -> KeptBack:
        """Give those of a period."""
        kpis = frozenset(kpi.kpi_ref for kpi in register.kpis(period) if kpi.is_about_people or not kpi.is_public)
        return cls(kpis, register.internal_lines(period))

    def has(self, rule_id: str, kpi_ref: str | None, action_ref: str | None) -> bool:
        """Tell whether what a rule found is about one of them; a plan action may have an internal line's reference."""
        return kpi_ref in self.kpis or (kind_of(rule_id) is Kind.PANELS and action_ref in self.lines)

    def words(self, check: str, kpi_ref: str | None) -> str:
        """Say in the place of what was found which check is not met."""
        return _NO_FIGURES.format(check=check, why=_INTERNAL_KPI if kpi_ref in self.kpis else _INTERNAL_LINE)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What it takes to put findings into letters.

    ``titles`` are those of KPIs, plan actions and lines of panels, ``descriptions`` those of the rules; ``threads`` are the queries,
    by rule and what they are about.
    """

    titles: Mapping[tuple[Kind, str], str]
    descriptions: Mapping[str, str]
    kept_back: KeptBack
    threads: Mapping[tuple[str, str], Thread]

    def told(self, item: Finding, *, is_new: bool) -> dict[str, Any]:
        """Lay a finding out for a letter."""
        thread = self._thread(item)
        is_kept_back = self.kept_back.has(item.rule_id, item.kpi_ref, item.action_ref)
        return {
            "about": self._about(item.rule_id, item.kpi_ref, item.action_ref, item.file_name),
            "where": item.where if item.cell else "",
            "message": self._message(item.rule_id, item.kpi_ref, item.action_ref, item.message),
            "fix": item.fix,
            "found": None if is_kept_back else item.found,
            "expected": None if is_kept_back else item.expected,
            "severity_label": item.severity.verb,
            "is_new": is_new,
            "query_id": thread.query_id if thread else None,
            "is_answered": bool(thread and thread.state is State.ANSWERED),
            "acts": addressee(item),
            "service_id": item.service_id,
        }

    def told_resolved(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Lay out a finding of the validation before that is gone (a row of ``finding``)."""
        return {
            "about": self._about(row["rule_id"], row["kpi_ref"], row["action_ref"], row["file_name"]),
            "message": self._message(row["rule_id"], row["kpi_ref"], row["action_ref"], row["message"]),
        }

    def asks_the_service(self, item: Finding) -> bool:
        """Tell whether it is a service's turn: it can still do something about it and has not answered yet."""
        thread = self._thread(item)
        is_answered = thread is not None and thread.state is not State.OPEN
        return item.rule_id not in _DONE_WITH and addressee(item) not in _OTHERS and not is_answered

    def _thread(self, item: Finding) -> Thread | None:
        return self.threads.get((item.rule_id, item.kpi_ref or item.action_ref or ""))

    def _about(self, rule_id: str, kpi_ref: str | None, action_ref: str | None, file_name: str | None) -> str:
        if ref := kpi_ref or action_ref:
            kind = Kind.KPIS if kpi_ref else kind_of(rule_id)
            return " – ".join(part for part in (ref, self.titles.get((kind, ref))) if part)
        return _ABOUT.get(rule_id.partition(".")[0], "The checks").format(file=file_name or "that came in")

    def _message(self, rule_id: str, kpi_ref: str | None, action_ref: str | None, message: str) -> str:
        if not self.kept_back.has(rule_id, kpi_ref, action_ref):
            return message
        return self.kept_back.words(self.descriptions.get(rule_id, rule_id), kpi_ref)


def kind_of(rule_id: str) -> Kind:
    """Say which kind of form a rule's findings are answered on."""
    return _OF_KIND.get(rule_id.partition(".")[0], Kind.KPIS)


def period_of(month: Month, kind: Kind) -> Month | Quarter:
    """Say what the forms of a kind that go out with a month are about: the month, or the quarter it is of."""
    return month.quarter if kind is Kind.ACTIONS else month


def addressee(item: Finding) -> str | None:
    """Name who is to act on a finding. None: the service itself."""
    match = _ADDRESSED.match(item.fix)
    return match[1] if match else None
