"""What a validation leaves behind: findings, compiled checks, outcome, report and letters, saved together, and a summary."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.alerts import Alert, alert_letters
from pmf.cycle.documents import FinishedFile, document_rows, finish_files, place_files, quality_folder
from pmf.cycle.feedback import load_sent
from pmf.cycle.quality import Examined, load_past, load_waivers, quality_edition, score_all, score_rows
from pmf.cycle.queries import Problem, load_followed_up
from pmf.cycle.querythread import Key, State, Thread, save_threads
from pmf.cycle.questions import questions_for
from pmf.cycle.workspace import Summary, Workspace
from pmf.finding import Finding, Severity
from pmf.mail import Letter, queue_rows
from pmf.period import Month, Quarter
from pmf.register import Kpi
from pmf.reporting.wording import agree, listed
from pmf.validation.gate import is_waived
from pmf.validation.points import Checked
from pmf.warehouse.access import append_new, replace_partition
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import compiled_check, document, finding, mail_queue, quality_score, validation_run

RETURNS, RATINGS = "returns", "ratings"


@dataclass(frozen=True)
class Validated(Summary):
    """How a validation ended. ``labels`` name each service with open findings; counts are of KPIs and of findings."""

    outcome: str
    reason: str
    labels: tuple[str, ...]
    due: int
    returned: int
    withheld: int
    failed: int
    flagged: int
    report: str


@dataclass(frozen=True)
class Occasion:
    """A validation of one period at one point, with what was known before it.

    ``due`` are the KPIs a figure is due for and ``answered`` those of them with a figure or a reason for having none;
    ``returned`` is their number as it is reported; ``earlier`` are the open findings of the validation before. ``run_link`` is
    the address of the run in Airflow (None: there is none).
    """

    workspace: Workspace
    period: Month | Quarter
    point: str
    as_at: datetime
    due: tuple[Kpi, ...]
    answered: AbstractSet[str]
    returned: int
    earlier: tuple[Mapping[str, Any], ...]
    run_link: str | None = None

    @property
    def key(self) -> dict[str, Any]:
        """The partition this occasion owns in the warehouse."""
        return {"organisation": self.workspace.organisation, "period": self.period.key, "point": self.point, "as_at": self.as_at}


def conclude(occasion: Occasion, checked: Checked) -> Validated:
    """Save findings, checks, outcome, report and letters in one transaction, and sum up."""
    workspace, decision = occasion.workspace, checked.decision
    still_open = [item for item in checked.findings if not is_waived(item, checked.waived)]
    with reading(workspace.engine) as connection:
        later = workspace.read(connection, "later_validations", period=occasion.period.key, point=occasion.point, as_at=occasion.as_at)
        threads, problems = load_followed_up(
            workspace, connection, period=occasion.period, point=occasion.point, at=occasion.as_at, checked=checked
        )
        examined = _examine(occasion, connection, checked, threads)
    scores = score_all(examined)
    files = finish_files([quality_edition(examined, scores)], quality_folder(workspace.organisation, occasion.period), workspace.settings)
    letters: list[Letter] = []
    if later:  # people have already been told, and asked, how things stand since
        threads = []
    else:
        place_files(files, workspace.settings)
        if still_open or occasion.earlier:  # else there is nobody to tell anything
            letters = _letters(occasion, checked, still_open, threads, problems, report_path=str(files[0].path))
    summary = Validated(
        outcome=decision.outcome.value,
        reason=decision.reason,
        labels=_labels(workspace, still_open),
        due=checked.due,
        returned=occasion.returned,
        withheld=len(decision.withheld_refs),
        failed=decision.failed,
        flagged=decision.flagged,
        report=str(files[0].path),
    )
    with workspace.engine.begin() as connection:
        _save(connection, occasion, checked, files, letters)
        replace_partition(connection, quality_score, occasion.key, [occasion.key | row for row in score_rows(scores)])
        save_threads(connection, workspace.organisation, threads)
        workspace.finish(
            connection, f"validate_{occasion.point}", occasion.period, as_at=occasion.as_at, summary={"outcome": decision.outcome.value}
        )
    return summary


def _examine(occasion: Occasion, connection: Connection, checked: Checked, threads: Iterable[Thread]) -> Examined:
    workspace, as_at = occasion.workspace, occasion.as_at
    queries: dict[str, list[str]] = {}
    for thread in threads:
        if thread.kpi_ref and thread.state is not State.CLOSED:
            queries.setdefault(thread.kpi_ref, []).append(f"{thread.query_id} {thread.state.value}")
    return Examined(
        workspace=workspace,
        period=occasion.period,
        point=occasion.point,
        as_at=as_at,
        checked=checked,
        due=occasion.due,
        answered=occasion.answered,
        waivers=load_waivers(workspace, connection, occasion.period, checked, as_at=as_at),
        queries={kpi_ref: f"{agree(len(states), 'query', 'queries')} {listed(states)}" for kpi_ref, states in queries.items()},
        **load_past(workspace, connection, occasion.period, occasion.point, as_at=as_at),
    )


def _letters(
    occasion: Occasion,
    checked: Checked,
    still_open: Sequence[Finding],
    threads: Sequence[Thread],
    problems: Mapping[Key, Problem],
    *,
    report_path: str,
) -> list[Letter]:
    workspace = occasion.workspace
    with reading(workspace.engine) as connection:
        sent = load_sent(workspace, connection, occasion.period.months[-1], as_at=occasion.as_at)
    questions = questions_for(workspace, occasion.period, threads, problems)
    told = {"threads": tuple(threads), "questions": questions, "sent": sent, "report_path": report_path}
    return alert_letters(_alert(occasion, checked, still_open, **told))


def _alert(occasion: Occasion, checked: Checked, still_open: Sequence[Finding], **more: Any) -> Alert:
    """Put together what people are told; ``more`` are the fields of ``Alert`` that are neither the occasion's nor the outcome's."""
    decision = checked.decision
    return Alert(
        workspace=occasion.workspace,
        period=occasion.period,
        point=occasion.point,
        as_at=occasion.as_at,
        outcome=decision.outcome,
        reason=decision.reason,
        findings=tuple(still_open),
        earlier=occasion.earlier,
        withheld_refs=decision.withheld_refs,
        counts=(("KPIs due", checked.due), ("Answered", occasion.returned), ("Withheld", len(decision.withheld_refs))),
        descriptions={rule_id: rule.description for rule_id, rule in checked.rules.items()},
        run_link=occasion.run_link,
        **more,
    )


def _save(connection: Connection, occasion: Occasion, checked: Checked, files: Sequence[FinishedFile], letters: Sequence[Letter]) -> None:
    workspace, key, decision = occasion.workspace, occasion.key, checked.decision
    replace_partition(connection, finding, key, [key | _finding_row(item, is_waived(item, checked.waived)) for item in checked.findings])
    replace_partition(
        connection,
        validation_run,
        key,
        [
            key
            | {
                "outcome": decision.outcome.value,
                "reason": decision.reason,
                "due": checked.due,
                "returned": occasion.returned,
                "withheld": len(decision.withheld_refs),
                "failed": decision.failed,
                "flagged": decision.flagged,
                "withheld_refs": json.dumps(sorted(decision.withheld_refs)),
                "results": json.dumps(checked.results, sort_keys=True, ensure_ascii=False),
                "register_digest": workspace.register.digest,
            }
        ],
    )
    if occasion.point == RETURNS:
        moment = {name: key[name] for name in ("organisation", "period", "as_at")}
        replace_partition(connection, compiled_check, moment, [moment | _check_row(check) for check in checked.checks])
    document_key = {"organisation": key["organisation"], "period": key["period"], "document_id": files[0].edition.document_id}
    rows = document_rows(workspace, files, occasion.period, as_at=occasion.as_at, policy_digest="")
    replace_partition(connection, document, document_key | {"as_at": occasion.as_at}, rows)
    append_new(connection, mail_queue, queue_rows(letters))


def _finding_row(item: Finding, waived: bool) -> dict[str, Any]:
    return asdict(item) | {"finding_id": item.finding_id, "is_waived": waived}


def _check_row(check: Any) -> dict[str, Any]:
    return {
        "rule_id": check.rule_id,
        "kpi_ref": check.kpi_ref,
        "parameters": json.dumps(check.parameters, sort_keys=True, ensure_ascii=False),
        "severity": check.severity.value,
    }


def _labels(workspace: Workspace, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Say who has what, for the squares of the grid: "Libraries: 2 flagged"."""
    names = {service.id: service.name for service in workspace.profile.services}
    counts: Counter[tuple[str, Severity]] = Counter((names.get(item.service_id or "", "All services"), item.severity) for item in findings)
    parts: dict[str, list[str]] = {}
    for severity in (Severity.CRITICAL, Severity.WARNING):
        for (name, found), number in sorted(counts.items()):
            if found is severity:
                parts.setdefault(name, []).append(f"{number} {'failed' if severity is Severity.CRITICAL else 'flagged'}")
    return tuple(f"{name}: {', '.join(words)}" for name, words in sorted(parts.items()))
