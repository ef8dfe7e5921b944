"""Who is told what a validation found: each service its own findings, the performance team and engineers a digest.

The same findings are never announced twice: a letter's version is what it says. New, still open and resolved findings
are told apart by the validation before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pmf.cycle.letters import Occasion, digest_of, printed_moment, write_letters
from pmf.cycle.workspace import Workspace
from pmf.finding import Finding, Outcome, Scope, Severity
from pmf.mail import Letter
from pmf.period import Month, Quarter
from pmf.register import Service

# Working days a service has to correct a figure.
_DAYS_TO_CORRECT = 3


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A validation and what it found. ``earlier`` are the open findings of the validation before (rows of ``finding``)."""

    workspace: Workspace
    period: Month | Quarter
    point: str
    as_at: datetime
    outcome: Outcome
    reason: str
    findings: tuple[Finding, ...]
    earlier: tuple[Mapping[str, Any], ...]
    withheld_refs: frozenset[str]
    counts: tuple[tuple[str, int], ...]
    report_path: str

    @property
    def titles(self) -> dict[str, str]:
        """KPI titles by reference."""
        return {kpi.kpi_ref: kpi.title for kpi in self.workspace.register.kpis(self.period)}

    @property
    def resolved(self) -> list[Mapping[str, Any]]:
        """The findings of the validation before that are gone."""
        present = {_problem(asdict(item)) for item in self.findings}
        return [row for row in self.earlier if _problem(row) not in present]


def alert_letters(alert: Alert) -> list[Letter]:
    """Write to every service whose findings are not those of the validation before, and a digest if anybody's are not."""
    letters = []
    for service in alert.workspace.profile.services:
        own = [item for item in alert.findings if item.service_id == service.id]
        if _is_news(own, [row for row in alert.earlier if row["service_id"] == service.id]):
            letters += _service_letters(alert, service, own, [row for row in alert.resolved if row["service_id"] == service.id])
    if _is_news(alert.findings, alert.earlier):
        letters += _digest_letters(alert)
    return letters


def _is_news(findings: Sequence[Finding], earlier: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether there is anything to say; the same problem in another file is: its sender waits for an answer."""
    return {item.finding_id for item in findings} != {row["finding_id"] for row in earlier}


def _service_letters(alert: Alert, service: Service, own: Sequence[Finding], resolved: Sequence[Mapping[str, Any]]) -> list[Letter]:
    profile = alert.workspace.profile
    # A service's letter knows nothing of how the others stand: another's correction must not send it again.
    outcome = Outcome.FAIL if any(item.severity is Severity.CRITICAL for item in own) else Outcome.FLAG
    titles = alert.titles
    return write_letters(
        profile,
        alert.workspace.settings,
        occasion=_occasion(alert, "findings", service.id, outcome=outcome, findings=own, resolved=resolved),
        recipients=alert.workspace.register.answering_posts(service, alert.period, {item.kpi_ref for item in own if item.kpi_ref}),
        template="findings",
        context={
            "service_name": service.name,
            "period_label": alert.period.label,
            "outcome": outcome.value,
            "deadline": _correct_by(alert),
            "withheld": [{"kpi_ref": ref, "title": titles.get(ref, "")} for ref in _withheld_of(alert, own)],
            "findings": [_told(alert, item) for item in own],
            "resolved": [_told_resolved(row, titles) for row in resolved],
        },
    )


def _digest_letters(alert: Alert) -> list[Letter]:
    profile, settings = alert.workspace.profile, alert.workspace.settings
    names = {service.id: service.name for service in profile.services}
    return write_letters(
        profile,
        settings,
        occasion=_occasion(alert, "digest", alert.point, outcome=alert.outcome, findings=alert.findings, resolved=alert.resolved),
        recipients=(profile.performance_team, profile.data_engineers),
        template="digest",
        context={
            "period_label": alert.period.label,
            "outcome": alert.outcome.value,
            "outcome_sentence": alert.reason,
            "counts": alert.counts,
            "services": _service_lines(alert),
            "findings": [_told(alert, item) | {"service_name": names.get(item.service_id or "", "")} for item in alert.findings],
            "resolved": [_told_resolved(row, alert.titles) for row in alert.resolved],
            "report_path": alert.report_path,
            "run_link": settings.run_link_base,
        },
    )


def _occasion(
    alert: Alert, event: str, subject: str, *, outcome: Outcome, findings: Sequence[Finding], resolved: Sequence[Mapping[str, Any]]
) -> Occasion:
    version = digest_of([outcome.value, *sorted(item.finding_id for item in findings), "|", *sorted(row["finding_id"] for row in resolved)])
    return Occasion(event=event, period=alert.period.key, subject=f"{alert.point}:{subject}", version=version, at=alert.as_at)


def _problem(finding: Mapping[str, Any]) -> tuple[Any, ...]:
    """Name a problem across corrected returns: a row's is the same in the next file, another file's refusal is not."""
    file_hash = finding["file_hash"] if finding["rule_id"].startswith("file.") else None
    return (file_hash, *(finding[name] for name in ("rule_id", "kpi_ref", "service_id", "sheet", "cell", "found")))


def _told(alert: Alert, item: Finding) -> dict[str, Any]:
    earlier = {_problem(row) for row in alert.earlier}
    return {
        "kpi_ref": item.kpi_ref,
        "title": alert.titles.get(item.kpi_ref or "", ""),
        "where": item.where,
        "message": item.message,
        "fix": item.fix,
        "found": item.found,
        "expected": item.expected,
        "severity_label": item.severity.verb,
        "is_new": _problem(asdict(item)) not in earlier,
    }


def _told_resolved(row: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    return {"kpi_ref": row["kpi_ref"], "title": titles.get(row["kpi_ref"] or "", ""), "message": row["message"]}


def _withheld_of(alert: Alert, findings: Sequence[Finding]) -> list[str]:
    refs = dict.fromkeys(item.kpi_ref for item in findings if item.kpi_ref in alert.withheld_refs and item.scope is Scope.ROW)
    return [ref for ref in refs if ref]


def _service_lines(alert: Alert) -> list[dict[str, Any]]:
    lines = []
    for service in alert.workspace.profile.services:
        own = [item for item in alert.findings if item.service_id == service.id]
        if own:
            failed = sum(item.severity is Severity.CRITICAL for item in own)
            lines.append(
                {
                    "name": service.name,
                    "state_label": "to correct" if failed else "to look at",
                    "failed": failed,
                    "flagged": len(own) - failed,
                    "withheld": len(_withheld_of(alert, own)),
                }
            )
    return lines


def _correct_by(alert: Alert) -> str:
    profile = alert.workspace.profile
    zone = ZoneInfo(profile.timezone)
    day = profile.working_calendar.add_working_days(alert.as_at.astimezone(zone).date(), _DAYS_TO_CORRECT)
    return printed_moment(datetime.combine(day, time(17), tzinfo=zone), profile)
