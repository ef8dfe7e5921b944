"""Who is told what a validation found: each service its own findings, the performance team and engineers a digest.

A service has a letter about its figures, another about its plan actions and one about the panels it returns: each comes with
its own form to send back. The same findings are never announced twice: a letter's version is what it says. New, still open
and resolved findings are told apart by the validation before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from pmf.cycle.feedback import Sent, feedback_form, guidelines
from pmf.cycle.letters import Occasion, correction_deadline, digest_of, printed_moment, write_letters
from pmf.cycle.querythread import Thread
from pmf.cycle.questions import titles_of
from pmf.cycle.telling import ABSENT, KeptBack, Telling, addressee, kind_of, period_of
from pmf.cycle.workspace import Workspace
from pmf.finding import Finding, Outcome, Scope, Severity
from pmf.form.model import Kind, Question
from pmf.mail import Attachment, Letter
from pmf.period import Month, Quarter
from pmf.register import Service

# A mail program cuts a message off at 100 kB: what is beyond these many findings is in the workbook or the data-quality report.
_MOST_TOLD = 50
_VERBS = {"return.released": "release"}


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A validation and what it found. ``earlier`` are the open findings of the validation before (rows of ``finding``).

    ``questions`` are the open queries of each service, by its id, ``threads`` all queries of the period, and ``descriptions``
    those of the rules. ``sent`` is what services' forms say already. ``run_link`` is the run's own address in Airflow (None:
    there is none); it is in no letter's version, so that a repeated run tells nobody again.
    """

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
    sent: Sent
    questions: Mapping[str, tuple[Question, ...]] = field(default_factory=dict)
    threads: tuple[Thread, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    run_link: str | None = None

    @property
    def resolved(self) -> list[Mapping[str, Any]]:
        """The findings of the validation before that are gone."""
        present = {_problem(asdict(item)) for item in self.findings}
        return [row for row in self.earlier if _problem(row) not in present]

    @property
    def correct_by(self) -> datetime:
        """By when services are to answer."""
        return correction_deadline(self.as_at, self.workspace.profile)

    @cached_property
    def telling(self) -> Telling:
        """How findings are told."""
        register = self.workspace.register
        return Telling(
            titles=titles_of(register, self.period),
            descriptions=self.descriptions,
            kept_back=KeptBack.of(register, self.period),
            threads={(thread.key.rule_id, thread.key.subject): thread for thread in self.threads},
        )

    def told(self, items: Sequence[Finding]) -> list[dict[str, Any]]:
        """Lay findings out for a letter, the graver first."""
        earlier = {_problem(row) for row in self.earlier}
        in_order = sorted(items, key=lambda item: item.severity is not Severity.CRITICAL)
        return [self.telling.told(item, is_new=_problem(asdict(item)) not in earlier) for item in in_order]


@dataclass(frozen=True, kw_only=True)
class _Matter:
    """What one letter to a service is about: its figures, its plan actions or the panels it returns."""

    service: Service
    kind: Kind
    findings: tuple[Finding, ...]
    earlier: tuple[Mapping[str, Any], ...]
    resolved: tuple[Mapping[str, Any], ...]


def alert_letters(alert: Alert) -> list[Letter]:
    """Write to every service whose findings are not those of the validation before, and a digest if anybody's are not."""
    matters = [_matter(alert, service, kind) for service in alert.workspace.profile.services for kind in Kind]
    letters = [letter for matter in matters if _is_news(matter.findings, matter.earlier) for letter in _service_letters(alert, matter)]
    if _is_news(alert.findings, alert.earlier):
        letters += _digest_letters(alert)
    return letters


def _matter(alert: Alert, service: Service, kind: Kind) -> _Matter:
    def own(rows: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
        return tuple(row for row in rows if row["service_id"] == service.id and kind_of(row["rule_id"]) is kind)

    findings = tuple(item for item in alert.findings if item.service_id == service.id and kind_of(item.rule_id) is kind)
    return _Matter(service=service, kind=kind, findings=findings, earlier=own(alert.earlier), resolved=own(alert.resolved))


def _is_news(findings: Sequence[Finding], earlier: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether there is anything to say; the same problem in another file is: its sender waits for an answer."""
    return {item.finding_id for item in findings} != {row["finding_id"] for row in earlier}


def _service_letters(alert: Alert, matter: _Matter) -> list[Letter]:
    workspace, findings = alert.workspace, matter.findings
    # A service's letter knows nothing of how the others stand: another's correction must not send it again.
    outcome = Outcome.FAIL if any(item.severity is Severity.CRITICAL for item in findings) else Outcome.FLAG
    period = alert.period if matter.kind is Kind.KPIS else period_of(alert.period.months[-1], matter.kind)
    subject = matter.service.id if matter.kind is Kind.KPIS else f"{matter.service.id}:{matter.kind}"
    occasion = _occasion(alert, "findings", subject, period=period, outcome=outcome, findings=findings, resolved=matter.resolved)
    questions = [question for question in alert.questions.get(matter.service.id, ()) if question.kind is matter.kind]
    form = _form(alert, matter, questions)
    kpi_refs = {item.kpi_ref for item in findings if item.kpi_ref}
    return write_letters(
        workspace.profile,
        workspace.settings,
        occasion=occasion,
        recipients=workspace.register.answering_posts(matter.service, alert.period, kpi_refs),
        template="findings",
        context=_words(alert, matter, period)
        | {
            "withheld": [_headed(alert, ref) for ref in _withheld_of(alert, findings)],
            "findings": alert.told(findings)[:_MOST_TOLD],
            "left_out": max(len(findings) - _MOST_TOLD, 0),
            "resolved": [alert.telling.told_resolved(row) for row in matter.resolved],
            "form_file_name": form.name if form else None,
            "has_questions": bool(form and questions),
            "is_filled_in": bool(alert.sent.answers(matter.service.id, matter.kind)),
        },
        attachments=(form,) if form else (),
    )


def _words(alert: Alert, matter: _Matter, period: Month | Quarter) -> dict[str, Any]:
    profile = alert.workspace.profile
    return {
        "service_name": matter.service.name,
        "period_label": period.label,
        "what": _what(matter.kind, period),
        "is_actions": matter.kind is Kind.ACTIONS,
        "is_figures": matter.kind is Kind.KPIS,
        "task": _task(alert, matter.findings),
        "deadline": printed_moment(alert.correct_by, profile),
        "due": printed_moment(profile.deadline(period.months[-1]), profile),
        "guidelines": guidelines(alert.workspace, [matter.kind]) if matter.findings else [],
    }


def _what(kind: Kind, period: Month | Quarter) -> str:
    if kind is Kind.ACTIONS:
        return f"Corporate Plan Actions, {period.label[:1].upper()}{period.label[1:]}"
    return f"{period.label} {'figures' if kind is Kind.KPIS else 'risk, finance and change panels'}"


def _task(alert: Alert, findings: Sequence[Finding]) -> str:
    """Say what a service is to do: ``return`` its form, ``correct`` it, ``release`` or ``check`` it; ``none``: nothing now; ``done``."""
    if not findings:
        return "done"
    asking = [item for item in findings if alert.telling.asks_the_service(item)]
    if not asking:
        return "none"
    if any(item.rule_id in ABSENT for item in asking):
        return "return"
    if any(item.severity is Severity.CRITICAL for item in asking):
        return "correct"
    verbs = {_VERBS.get(item.rule_id, "check") for item in asking}
    return verbs.pop() if len(verbs) == 1 else "check"


def _form(alert: Alert, matter: _Matter, questions: Sequence[Question]) -> Attachment | None:
    """Write the form that goes with a letter. None: there is nothing to send back, or no form of this kind to do it on.

    What waits to be released went out with its own letter, and does not count yet: an empty form beside it would mislead.
    """
    if not questions and _task(alert, matter.findings) in ("done", "none", "release"):
        return None
    return feedback_form(
        alert.workspace, matter.service, matter.kind, alert.sent, questions=questions, deadline=alert.correct_by, as_at=alert.as_at
    )


def _digest_letters(alert: Alert) -> list[Letter]:
    profile = alert.workspace.profile
    names = {service.id: service.name for service in profile.services}
    told = [entry | {"service_name": names.get(entry["service_id"] or "", "")} for entry in alert.told(alert.findings)]
    new, resolved = sum(entry["is_new"] for entry in told), alert.resolved
    standing = (("New findings", new), ("Still open", len(told) - new), ("Resolved", len(resolved)))
    return write_letters(
        profile,
        alert.workspace.settings,
        occasion=_occasion(
            alert, "digest", alert.point, period=alert.period, outcome=alert.outcome, findings=alert.findings, resolved=resolved
        ),
        recipients=(profile.performance_team, profile.data_engineers),
        template="digest",
        context={
            "period_label": alert.period.label,
            "outcome": alert.outcome.value,
            "outcome_sentence": alert.reason,
            "counts": (*alert.counts, *standing),
            "services": _service_lines(alert),
            "for_engineers": sum(addressee(item) == "Data engineers" for item in alert.findings),
            "findings": told[:_MOST_TOLD],
            "resolved": [alert.telling.told_resolved(row) for row in resolved[:_MOST_TOLD]],
            "left_out": max(len(told) - _MOST_TOLD, 0) + max(len(resolved) - _MOST_TOLD, 0),
            "report_path": alert.report_path,
            "run_link": alert.run_link,
        },
    )


def _occasion(
    alert: Alert,
    event: str,
    subject: str,
    *,
    period: Month | Quarter,
    outcome: Outcome,
    findings: Sequence[Finding],
    resolved: Sequence[Mapping[str, Any]],
) -> Occasion:
    version = digest_of([outcome.value, *sorted(item.finding_id for item in findings), "|", *sorted(row["finding_id"] for row in resolved)])
    return Occasion(event=event, period=period.key, subject=f"{alert.point}:{subject}", version=version, at=alert.as_at)


def _problem(finding: Mapping[str, Any]) -> tuple[Any, ...]:
    """Name a problem across corrected returns: a row's is the same in the next file, another file's refusal is not."""
    file_hash = finding["file_hash"] if finding["rule_id"].startswith("file.") else None
    return (file_hash, *(finding[name] for name in ("rule_id", "kpi_ref", "action_ref", "service_id", "sheet", "cell", "found")))


def _headed(alert: Alert, kpi_ref: str) -> dict[str, str]:
    return {"kpi_ref": kpi_ref, "title": alert.telling.titles.get((Kind.KPIS, kpi_ref), "")}


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
                    "state_label": _state_label(own),
                    "failed": failed,
                    "flagged": len(own) - failed,
                    "withheld": len(_withheld_of(alert, own)),
                }
            )
    return lines


def _state_label(findings: Sequence[Finding]) -> str:
    if any(item.severity is Severity.CRITICAL for item in findings):
        return "to correct"
    return "not returned" if any(item.rule_id in ABSENT for item in findings) else "to look at"
