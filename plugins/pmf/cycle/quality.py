"""A validation's scores as rows of the warehouse, and its data-quality report as a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.documents import HTML, JSON, QUALITY_REPORT, Edition
from pmf.cycle.inforce import waivers_in_force
from pmf.cycle.workspace import Workspace
from pmf.finding import Dimension, Score, total
from pmf.period import Month, Quarter, parse_period
from pmf.register import Kpi
from pmf.register.kpi import StatusType
from pmf.reporting.quality.report import quality_report
from pmf.reporting.quality.setting import AskedRule, CheckedKpi, PastValidation, QualitySetting
from pmf.reporting.waiver import PrintedWaiver
from pmf.validation.checks import EVERY_ROW
from pmf.validation.gate import is_waived
from pmf.validation.points import Checked
from pmf.validation.scoring import OF_NO_KPI, Scored, score_kpis

# How a score over all dimensions is marked in table ``quality_score``.
ALL = "all"
_MONTHS_BACK, _QUARTERS_BACK = 12, 4
_NOT_COLLECTED = frozenset({StatusType.SUSPENDED, StatusType.IN_DEVELOPMENT})


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One validation with what its report and its scores need besides what it found.

    ``due`` are the KPIs a figure is due for and ``answered`` those of them with a figure or a reason for having none. ``history`` (rows of
    ``validation_history``, newest first), ``found_before`` (periods by KPI) and ``waivers`` are as known before it; ``queries``
    says of a KPI how an open query about it stands.
    """

    workspace: Workspace
    period: Month | Quarter
    point: str
    as_at: datetime
    checked: Checked
    due: tuple[Kpi, ...]
    answered: AbstractSet[str]
    history: tuple[Mapping[str, Any], ...] = ()
    found_before: Mapping[str, int] = field(default_factory=dict)
    waivers: tuple[PrintedWaiver, ...] = ()
    queries: Mapping[str, str] = field(default_factory=dict)


def load_past(workspace: Workspace, connection: Connection, period: Month | Quarter, point: str, *, as_at: datetime) -> dict[str, Any]:
    """Load the fields of ``Examined`` that tell of earlier validations."""
    history = workspace.read(connection, "validation_history", point=point, as_at=as_at)
    periods = [earlier.key for earlier in _periods_before(period)]
    found = workspace.read(connection, "kpis_found_before", point=point, periods=periods, as_at=as_at)
    return {"history": tuple(history), "found_before": {row["kpi_ref"]: row["periods"] for row in found}}


def load_waivers(
    workspace: Workspace, connection: Connection, period: Month | Quarter, checked: Checked, *, as_at: datetime
) -> tuple[PrintedWaiver, ...]:
    """Load the waivers in force for a period, told whether they let something through of what was found."""
    found = frozenset((item.rule_id, item.kpi_ref or EVERY_ROW) for item in checked.findings)
    return waivers_in_force(workspace, connection, period, found=found, as_at=as_at)


def score_all(examined: Examined) -> dict[str, dict[Dimension, Score]]:
    """Score every KPI due in every dimension."""
    checked = examined.checked
    skipped = _not_checked(checked)
    absent = frozenset(kpi.kpi_ref for kpi in examined.due) - examined.answered
    scored = Scored(
        services={kpi.kpi_ref: kpi.service_id for kpi in examined.due},
        absent=absent,
        missed=absent - {kpi.kpi_ref for kpi in examined.due if kpi.status_type in _NOT_COLLECTED},
        dimensions={rule_id: rule.meta.dimension for rule_id, rule in checked.rules.items() if rule_id not in skipped},
    )
    return score_kpis(scored, checked.checks, checked.findings)


def score_rows(scores: Mapping[str, Mapping[Dimension, Score]]) -> list[dict[str, Any]]:
    """Lay scores out for table ``quality_score``: one row for each dimension of a KPI and one over all of them."""
    return [
        {"kpi_ref": kpi_ref, "dimension": name, **asdict(score), "score_pct": score.pct}
        for kpi_ref, by_dimension in scores.items()
        for name, score in [*((item.value, score) for item, score in by_dimension.items()), (ALL, total(by_dimension.values()))]
    ]


def quality_edition(examined: Examined, scores: Mapping[str, Mapping[Dimension, Score]]) -> Edition:
    """Build the data-quality report of a validation, as a web page and as data."""
    checked, workspace = examined.checked, examined.workspace
    kpis = tuple(_kpi(examined, kpi, scores[kpi.kpi_ref]) for kpi in examined.due)
    setting = QualitySetting(
        profile=workspace.profile,
        subject=examined.point.capitalize(),
        period=examined.period,
        as_at=examined.as_at,
        outcome=checked.decision.outcome.value,
        reason=checked.decision.reason,
        kpis=kpis,
        rules=_rules(checked, due=len(examined.due)),
        findings=[asdict(item) | {"is_waived": is_waived(item, checked.waived)} for item in checked.findings],
        history=(*(_past(row) for row in reversed(examined.history)), _this(examined, total(kpi.score for kpi in kpis))),
        waivers=examined.waivers,
        earlier_periods=len(_periods_before(examined.period)),
        code_version=workspace.provenance["code_version"],
        register_digest=workspace.register.digest,
    )
    return Edition(f"{QUALITY_REPORT}{examined.point}", quality_report(setting), (HTML, JSON))


def _kpi(examined: Examined, kpi: Kpi, scores: Mapping[Dimension, Score]) -> CheckedKpi:
    return CheckedKpi(
        kpi_ref=kpi.kpi_ref,
        title=kpi.title,
        service_id=kpi.service_id,
        is_answered=kpi.kpi_ref in examined.answered,
        is_withheld=kpi.kpi_ref in examined.checked.decision.withheld_refs,
        scores=scores,
        found_before=examined.found_before.get(kpi.kpi_ref, 0),
        query=examined.queries.get(kpi.kpi_ref, ""),
    )


def _rules(checked: Checked, *, due: int) -> tuple[AskedRule, ...]:
    asked = Counter(check.rule_id for check in checked.checks if check.kpi_ref != EVERY_ROW)
    of_all = {check.rule_id for check in checked.checks if check.kpi_ref == EVERY_ROW}
    skipped = _not_checked(checked)
    return tuple(
        AskedRule(
            rule_id=rule_id,
            description=rule.description,
            dimension=rule.meta.dimension,
            verb=rule.severity.verb,
            kpis=None if rule_id.partition(".")[0] in OF_NO_KPI else due if rule_id in of_all else asked[rule_id],
            not_checked=skipped.get(rule_id, ""),
            chosen=checked.chosen.get(rule_id, ""),
        )
        for rule_id, rule in checked.rules.items()
    )


def _not_checked(checked: Checked) -> dict[str, str]:
    """Map the rules that could not be asked to the reasons."""
    entries = [entry for result in checked.results.values() for entry in result["results"]]
    reasons = ((entry["rule_id"], entry.get("not_checked") or entry["exception"]) for entry in entries)
    return {rule_id: str(reason) for rule_id, reason in reasons if reason}


def _past(row: Mapping[str, Any]) -> PastValidation:
    return PastValidation(
        label=parse_period(row["period"]).label,
        score=Score(checks=int(row["checks"]), failed=int(row["checks_failed"]), flagged=int(row["checks_flagged"])),
        **{name: row[name] for name in ("as_at", "outcome", "due", "withheld", "failed", "flagged")},
    )


def _this(examined: Examined, score: Score) -> PastValidation:
    decision = examined.checked.decision
    return PastValidation(
        label=examined.period.label,
        as_at=examined.as_at,
        outcome=decision.outcome.value,
        due=examined.checked.due,
        withheld=len(decision.withheld_refs),
        failed=decision.failed,
        flagged=decision.flagged,
        score=score,
    )


def _periods_before(period: Month | Quarter) -> list[Month | Quarter]:
    """List the year of periods before one, newest first."""
    earlier: list[Month | Quarter] = []
    for _ in range(_MONTHS_BACK if isinstance(period, Month) else _QUARTERS_BACK):
        period = period.previous
        earlier.append(period)
    return earlier
