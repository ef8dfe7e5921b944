"""The dataset before publication: what was found earlier and still stands, and what the finished files say that is not so."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pmf.finding import Scope, Severity
from pmf.validation.datasets.frame import to_frame
from pmf.validation.inputs import PublicationInputs, Row


@dataclass(frozen=True, kw_only=True)
class PublicationRow:
    """One row per finding of the earlier validations of a period that is not waived, and per problem of a finished file.

    ``stops`` is run (the validation failed, by its suite or by the council's choice), document (the papers that print the KPI),
    file (the document whose file says it) or nothing. File, place (``cell``), ``found`` and ``expected`` are those of a file's problem.
    """

    earlier_rule: str | None
    earlier_message: str
    earlier_fix: str
    kpi_ref: str | None
    service_id: str | None
    period_label: str
    stops: str
    file_name: str | None = None
    file_hash: str | None = None
    cell: str | None = None
    found: str | None = None
    expected: str | None = None


def publication_frame(inputs: PublicationInputs) -> pd.DataFrame:
    """Lay out what stands against publishing a period. One row per open finding or problem of a file; columns of ``PublicationRow``."""
    stop_on = {choice.rule for choice in inputs.register.profile.quality.stop_on}
    open_findings = [row for row in inputs.findings if not row["is_waived"]]
    rows = [_row(row, inputs.period.label, fails=row["rule_id"] in stop_on) for row in open_findings]
    return to_frame(PublicationRow, [*rows, *(_file_row(row, inputs.period.label) for row in inputs.linted)])


def _row(finding: Row, period_label: str, *, fails: bool) -> PublicationRow:
    stops_run = finding["severity"] == Severity.CRITICAL and (finding["scope"] == Scope.BATCH or fails)
    return PublicationRow(
        earlier_rule=finding["rule_id"],
        earlier_message=finding["message"],
        earlier_fix=finding["fix"],
        kpi_ref=finding["kpi_ref"],
        service_id=finding["service_id"],
        period_label=period_label,
        stops="run" if stops_run else "document" if finding["scope"] == Scope.PUBLICATION else "nothing",
    )


def _file_row(problem: Row, period_label: str) -> PublicationRow:
    return PublicationRow(
        earlier_rule=None,
        earlier_message=problem["message"],
        earlier_fix=problem["fix"],
        service_id=None,
        period_label=period_label,
        stops="file",
        **{name: problem[name] for name in ("kpi_ref", "file_name", "file_hash", "cell", "found", "expected")},
    )
