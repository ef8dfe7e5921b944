"""The points at which the cycle asks for validation: returns, ratings, publication; and a form before it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pmf.finding import Finding, Scope
from pmf.form.model import ReturnedActions, ReturnedForm
from pmf.period import Month, parse_month, parse_quarter
from pmf.register import Register
from pmf.validation.checks import Check, compile_checks
from pmf.validation.datasets.actions import ActionInputs, action_cell_frame, action_frame
from pmf.validation.datasets.observations import observation_frame
from pmf.validation.datasets.past import past_frame
from pmf.validation.datasets.publication import publication_frame
from pmf.validation.datasets.ratings import commentary_frame, rating_frame
from pmf.validation.datasets.register import register_frame
from pmf.validation.datasets.returns import cell_frame, file_frame, return_frame
from pmf.validation.gate import Decision, decide, is_waived
from pmf.validation.inputs import FORM, PublicationInputs, RatingInputs, ReturnInputs, Row
from pmf.validation.run import SuiteResult, run_suite
from pmf.validation.suites import load_suite


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a validation found and decided.

    ``findings`` holds each problem once, waived ones included, in suite order. ``checks`` is the compiled table and
    ``results`` the outcome of every rule by suite, as plain JSON. ``due`` counts KPIs; the services are those a return
    is due from and those that sent one (0 where the point is not about returns).
    """

    findings: tuple[Finding, ...]
    decision: Decision
    checks: tuple[Check, ...]
    results: dict[str, Any]
    due: int
    services_due: int = 0
    services_returned: int = 0
    waived: AbstractSet[tuple[str, str]] = frozenset()

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that must be cleared or waived before what they are about is published."""
        return tuple(f for f in self.findings if f.scope is Scope.PUBLICATION and not is_waived(f, self.waived))


def check_returns(inputs: ReturnInputs, *, suites: Path, actions: ActionInputs | None = None) -> Checked:
    """Validate a month's returns and the register behind them, before anything is rated.

    ``suites`` is the folder of suites. A service that has not returned is flagged and its KPIs await data; a KPI whose
    figure cannot stand is withheld; no return at all fails the month. ``actions`` (None: none are reported on) is what
    was said of the plan actions of the quarter the month ends: they are about no KPI, and only ever flagged.

    Raises:
        SuiteError: when a suite is wrong.
    """
    returns = return_frame(inputs)
    frames = {
        "register": register_frame(inputs),
        "past": past_frame(inputs),
        "return": returns,
        "file": file_frame(inputs),
        "cell": cell_frame(inputs),
        "observation": observation_frame(inputs),
    }
    if not inputs.due:
        del frames["return"]  # that no return has come in is no failure where none is due
    if actions is not None:
        frames |= _action_frames(actions)
    return _check(
        frames,
        suites=suites,
        register=inputs.register,
        month=inputs.month,
        due=len(inputs.due),
        waived=inputs.waived,
        services_due=len(returns),
        services_returned=int(returns["returned"].sum()),
    )


def check_ratings(inputs: RatingInputs, *, suites: Path) -> Checked:
    """Validate a period's ratings, and its comments against the colours.

    Raises:
        SuiteError: when a suite is wrong.
    """
    frames = {"rating": rating_frame(inputs), "commentary": commentary_frame(inputs)}
    return _check(
        frames, suites=suites, register=inputs.register, month=inputs.period.months[-1], due=len(inputs.due), waived=inputs.waived
    )


def check_publication(inputs: PublicationInputs, *, suites: Path) -> Checked:
    """Say what still stands against publishing a period: a failed validation, or findings that block their documents.

    Raises:
        SuiteError: when a suite is wrong.
    """
    last = inputs.period.months[-1]
    return _check(
        {"publication": publication_frame(inputs)},
        suites=suites,
        register=inputs.register,
        month=last,
        due=len(inputs.register.due(last)),
        waived=inputs.waived,
    )


def _check(
    frames: Mapping[str, pd.DataFrame],
    *,
    suites: Path,
    register: Register,
    month: Month,
    due: int,
    waived: AbstractSet[tuple[str, str]],
    services_due: int = 0,
    services_returned: int = 0,
) -> Checked:
    checks, results = _run(frames, suites=suites, register=register, month=month)
    findings = _distinct(results)
    tolerance = register.profile.quality.withheld_share_max_pct
    return Checked(
        findings=findings,
        decision=decide(findings, due=due, waived=waived, tolerance_pct=tolerance),
        checks=checks,
        results={result.suite: result.results for result in results},
        due=due,
        services_due=services_due,
        services_returned=services_returned,
        waived=waived,
    )


def _run(
    frames: Mapping[str, pd.DataFrame], *, suites: Path, register: Register, month: Month
) -> tuple[tuple[Check, ...], tuple[SuiteResult, ...]]:
    loaded = {name: load_suite(suites / f"{name}.json") for name in frames}
    checks = compile_checks(register, month, loaded.values())
    return checks, tuple(run_suite(loaded[name], frame, checks) for name, frame in frames.items())


def _distinct(results: Iterable[SuiteResult]) -> tuple[Finding, ...]:
    """Keep each problem once, however often the rows show it: the warehouse knows a finding by its id."""
    return tuple({finding.finding_id: finding for result in results for finding in result.findings}.values())


def check_file(form: ReturnedForm, *, file_name: str, register: Register, suites: Path, history: Sequence[Row] = ()) -> tuple[Finding, ...]:
    """Validate one form before it is sent: its cells and figures against the register, without the warehouse.

    ``history`` (rows of ``observation``) is what earlier figures are compared with; without it those checks are left out.

    Raises:
        SuiteError: when a suite is wrong.
    """
    month = parse_month(form.period)
    deadline = register.profile.deadline(month)
    place = {"file_hash": "", "service_id": form.service_id}
    came_in = {"outcome": "accepted", "received_at": deadline, "sequence": 0, "channel": FORM, "is_released": True}
    file = place | came_in | {"file_name": file_name, "period": form.period}
    inputs = ReturnInputs(
        register=register,
        month=month,
        as_at=deadline,
        deadline=deadline,
        files=[file],
        lines=[place | {"sheet": form.sheet, "is_withdrawn": False} | asdict(line) for line in form.lines],
        problems=[place | asdict(problem) for problem in form.problems],
        history=history,
        service_id=form.service_id,
    )
    frames = {"cell": cell_frame(inputs), "observation": observation_frame(inputs)}
    _, results = _run(frames, suites=suites, register=register, month=month)
    return _distinct(results)


def check_actions_file(form: ReturnedActions, *, file_name: str, register: Register, suites: Path) -> tuple[Finding, ...]:
    """Validate one form of plan actions before it is sent, without the warehouse: what was said last quarter is not known.

    Raises:
        SuiteError: when a suite is wrong.
    """
    quarter = parse_quarter(form.period)
    place = {"file_hash": "", "service_id": form.service_id}
    file = place | {"file_name": file_name}
    said = [
        place | asdict(line) | {"sheet": form.sheet, "rag": line.rag.casefold() or None, "update_text": line.update} for line in form.lines
    ]
    inputs = ActionInputs(
        register=register,
        quarter=quarter,
        as_at=register.profile.deadline(quarter.months[-1]),
        files=[file],
        in_force=[file],
        said=said,
        problems=[place | asdict(problem) for problem in form.problems],
        service_id=form.service_id,
    )
    _, results = _run(_action_frames(inputs), suites=suites, register=register, month=quarter.months[-1])
    return _distinct(results)


def _action_frames(inputs: ActionInputs) -> dict[str, pd.DataFrame]:
    return {"action": action_frame(inputs), "actioncell": action_cell_frame(inputs)}
