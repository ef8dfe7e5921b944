"""Check one filled-in form before it is sent: the same rules as the month's validation, without the month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pmf.cycle.figures import earlier_figures
from pmf.cycle.keyring import earlier_keys
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.finding import Dimension, Finding, Scope, Severity
from pmf.form.layout import load_layouts
from pmf.form.model import CellProblem, Returned, ReturnedActions, ReturnedIntervention, ReturnedPanels, Unreadable
from pmf.form.reader import read_form
from pmf.period import Month, parse_month, parse_period
from pmf.settings import Settings
from pmf.store import load_signing_key
from pmf.validation.points import check_actions_file, check_file, check_panels_file
from pmf.warehouse.engine import reading


class FileChecked(StrEnum):
    """What a check comes to."""

    CLEAN = "clean"
    FAILING = "failing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class CheckedReturn:
    """A checked file. ``unreadable`` says why it is no return (then nothing else is known); None: it is one."""

    file_name: str
    form: Returned | None
    findings: tuple[Finding, ...]
    unreadable: Unreadable | None = None

    @property
    def verdict(self) -> FileChecked:
        """Clean (flags or nothing), failing, or unreadable."""
        if self.unreadable is not None:
            return FileChecked.UNREADABLE
        fails = any(item.severity is Severity.CRITICAL for item in self.findings)
        return FileChecked.FAILING if fails else FileChecked.CLEAN


def check_return(
    path: Path, *, organisation: str | None, month: Month | None, settings: Settings, as_at: datetime | None = None
) -> CheckedReturn:
    """Check a file against the register of the council it names, and against what was returned for earlier months.

    ``organisation`` and ``month`` None: whatever the form itself says. ``as_at`` None: a form of any age will do.

    Raises:
        OSError: when there is no such file.
        RegisterError: when the council's register is wrong.
        StoreError: when this installation has no signing key, and so has sent out no forms.
    """
    content = path.read_bytes()
    key, earlier = load_signing_key(settings.signing_key_path), earlier_keys(settings, as_at=as_at)
    read = read_form(content, layouts=load_layouts(settings.forms), key=key, earlier=earlier)
    if isinstance(read, Unreadable):
        return CheckedReturn(path.name, None, (), read)
    wrong = _wrong_subject(read, path.name, organisation, month)
    if wrong:
        return CheckedReturn(path.name, read, tuple(wrong))
    workspace = open_workspace(read.organisation, settings)
    place: dict[str, Any] = {"file_name": path.name, "register": workspace.register, "suites": settings.expectations}
    if isinstance(read, ReturnedActions):
        return CheckedReturn(path.name, read, check_actions_file(read, **place))
    if isinstance(read, ReturnedPanels):
        return CheckedReturn(path.name, read, check_panels_file(read, **place))
    if isinstance(read, ReturnedIntervention):
        return CheckedReturn(path.name, read, tuple(_cell_finding(problem, path.name) for problem in read.problems))
    history = _history(workspace, parse_month(read.period))
    return CheckedReturn(path.name, read, check_file(read, history=history, **place))


def _history(workspace: Workspace, month: Month) -> list[dict[str, Any]]:
    with reading(workspace.engine) as connection:
        return earlier_figures(workspace, connection, month, as_at=datetime.max.replace(tzinfo=UTC))


def _wrong_subject(form: Returned, file_name: str, organisation: str | None, month: Month | None) -> list[Finding]:
    wrong = []
    if organisation is not None and form.organisation != organisation:
        wrong.append(_mismatch("return.wrong_council", file_name, "council", found=form.organisation, expected=organisation))
    if month is not None and form.period not in (month.key, month.quarter.key):
        wrong.append(_mismatch("return.wrong_month", file_name, "month", found=parse_period(form.period).label, expected=month.label))
    return wrong


def _cell_finding(problem: CellProblem, file_name: str) -> Finding:
    """Say what keeps an intervention form from being taken: no suite looks at it."""
    return Finding(
        rule_id=f"cell.{problem.code}",
        severity=Severity.CRITICAL,
        scope=Scope.BATCH,
        dimension=Dimension.VALIDITY,
        message=problem.message,
        fix=problem.fix,
        file_name=file_name,
        sheet=problem.sheet,
        cell=problem.cell,
        found=problem.found,
    )


def _mismatch(rule_id: str, file_name: str, what: str, *, found: str, expected: str) -> Finding:
    return Finding(
        rule_id=rule_id,
        severity=Severity.CRITICAL,
        scope=Scope.BATCH,
        dimension=Dimension.VALIDITY,
        message=f"The form is for the {what} {found}, not {expected}.",
        fix=f"Fill in the form that was sent out for {expected}.",
        file_name=file_name,
        found=found,
        expected=expected,
    )
