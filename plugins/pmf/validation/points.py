"""The points at which the cycle asks for validation: returns, ratings, publication; and a form before it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from pmf.finding import Finding, Scope
from pmf.form.model import ReturnedActions, ReturnedForm, ReturnedPanels
from pmf.period import Month, parse_month, parse_quarter
from pmf.register import Register
from pmf.register.collection import QualityTolerance
from pmf.validation.checks import Check, compile_checks
from pmf.validation.choices import choose, chosen_words
from pmf.validation.datasets.actions import ActionInputs, action_cell_frame, action_frame
from pmf.validation.datasets.commentary import commentary_frame
from pmf.validation.datasets.observations import observation_frame
from pmf.validation.datasets.panels import PanelInputs, panel_cell_frame, panel_frame
from pmf.validation.datasets.past import past_frame
from pmf.validation.datasets.publication import publication_frame
from pmf.validation.datasets.ratings import rating_frame
from pmf.validation.datasets.register import directorate_frame, register_frame
from pmf.validation.datasets.returns import cell_frame, file_frame, return_frame
from pmf.validation.gate import Decision, decide, is_waived
from pmf.validation.inputs import FORM, PublicationInputs, RatingInputs, ReturnInputs, Row
from pmf.validation.language import columns_not_checked, spelling_not_checked
from pmf.validation.run import NOTHING, SuiteResult, run_suite
from pmf.validation.suites import Rule, Suite, load_suite


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a validation found and decided.

    ``findings`` holds each problem once, waived ones included, in suite order. ``checks`` is the compiled table and
    ``results`` the outcome of every rule by suite, as plain JSON. ``due`` counts KPIs; the services are those a return
    is due from and those that sent one (0 where the point is not about returns). ``rules`` are those of the suites by id, in
    suite order, as the council asks them; ``chosen`` says of some what the council has chosen for them and why.
    """

    findings: tuple[Finding, ...]
    decision: Decision
    checks: tuple[Check, ...]
    results: dict[str, Any]
    due: int
    services_due: int = 0
    services_returned: int = 0
    waived: AbstractSet[tuple[str, str]] = frozenset()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that must be cleared or waived before what they are about is published."""
        return tuple(f for f in self.findings if f.scope is Scope.PUBLICATION and not is_waived(f, self.waived))


def check_returns(inputs: ReturnInputs, *, suites: Path, actions: ActionInputs | None = None, panels: PanelInputs | None = None) -> Checked:
    """Validate a month's returns and the register behind them, before anything is rated.

    ``suites`` is the folder of suites. A service that has not returned is flagged and its KPIs await data; a KPI whose
    figure cannot stand is withheld; no return at all fails the month. ``actions`` (None: none are reported on) is what
    was said of the plan actions of the quarter the month ends, ``panels`` (None: there are none) what was reported of risk,
    finance and change: they are about no KPI, and only ever flagged.

    Raises:
        SuiteError: when a suite is wrong.
    """
    returns = return_frame(inputs)
    frames = {
        "register": register_frame(inputs),
        "directorate": directorate_frame(inputs),
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
    if panels is not None:
        frames |= _panel_frames(panels)
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

    What comments cannot be read for with the lexicon there is, is not checked.

    Raises:
        SuiteError: when a suite is wrong.
    """
    return _check(
        {"rating": rating_frame(inputs), "commentary": commentary_frame(inputs)},
        suites=suites,
        register=inputs.register,
        month=inputs.period.months[-1],
        due=len(inputs.due),
        waived=inputs.waived,
        not_checked=columns_not_checked(inputs.lexicon),
        besides=spelling_not_checked(inputs.lexicon),
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
    not_checked: Mapping[str, str] = NOTHING,
    besides: Sequence[Finding] = (),
) -> Checked:
    quality = register.profile.quality
    asked = _suites(frames, suites, quality)
    checks, results = _run(frames, asked, register=register, month=month, not_checked=not_checked)
    findings = (*_distinct(results), *besides)
    stop_on = frozenset(choice.rule for choice in quality.stop_on)
    return Checked(
        findings=findings,
        decision=decide(findings, due=due, waived=waived, tolerance_pct=quality.withheld_share_max_pct, stop_on=stop_on),
        checks=checks,
        results={result.suite: result.results for result in results},
        due=due,
        services_due=services_due,
        services_returned=services_returned,
        waived=waived,
        rules={rule.rule_id: rule for suite in asked.values() for rule in suite.rules},
        chosen=chosen_words(quality),
    )


def _suites(names: Iterable[str], folder: Path, quality: QualityTolerance) -> dict[str, Suite]:
    """Load suites as the council asks them."""
    return choose({name: load_suite(folder / f"{name}.json") for name in names}, quality, folder=folder)


def _run(
    frames: Mapping[str, pd.DataFrame],
    suites: Mapping[str, Suite],
    *,
    register: Register,
    month: Month,
    not_checked: Mapping[str, str] = NOTHING,
) -> tuple[tuple[Check, ...], tuple[SuiteResult, ...]]:
    checks = compile_checks(register, month, suites.values())
    return checks, tuple(run_suite(suites[name], frame, checks, not_checked=not_checked) for name, frame in frames.items())


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
    _, results = _run(frames, _suites(frames, suites, register.profile.quality), register=register, month=month)
    return _distinct(results)


def check_actions_file(form: ReturnedActions, *, file_name: str, register: Register, suites: Path) -> tuple[Finding, ...]:
    """Validate one form of plan actions before it is sent, without the warehouse: what was said last quarter is not known.

    Raises:
        SuiteError: when a suite is wrong.
    """
    quarter = parse_quarter(form.period)
    deadline = register.profile.deadline(quarter.months[-1])
    place = {"file_hash": "", "service_id": form.service_id}
    file = place | {"file_name": file_name, "received_at": deadline, "is_late": False}
    said = [
        place | asdict(line) | {"sheet": form.sheet, "rag": line.rag.casefold() or None, "update_text": line.update} for line in form.lines
    ]
    inputs = ActionInputs(
        register=register,
        quarter=quarter,
        as_at=deadline,
        files=[file],
        in_force=[file],
        said=said,
        problems=[place | asdict(problem) for problem in form.problems],
        service_id=form.service_id,
    )
    frames = _action_frames(inputs)
    _, results = _run(frames, _suites(frames, suites, register.profile.quality), register=register, month=quarter.months[-1])
    return _distinct(results)


def check_panels_file(form: ReturnedPanels, *, file_name: str, register: Register, suites: Path) -> tuple[Finding, ...]:
    """Validate one form of panels before it is sent, without the warehouse: what was said last month is not known.

    Raises:
        SuiteError: when a suite is wrong.
    """
    month = parse_month(form.period)
    deadline = register.profile.deadline(month)
    place = {"file_hash": "", "service_id": form.service_id}
    file = place | {"file_name": file_name, "received_at": deadline, "is_late": False}
    inputs = PanelInputs(
        register=register,
        month=month,
        as_at=deadline,
        files=[file],
        in_force=[file],
        said=[place | asdict(line) | {"sheet": form.sheet, "rag": line.rag.casefold() or None} for line in form.lines],
        problems=[place | asdict(problem) for problem in form.problems],
        service_id=form.service_id,
    )
    frames = _panel_frames(inputs)
    _, results = _run(frames, _suites(frames, suites, register.profile.quality), register=register, month=month)
    return _distinct(results)


def _action_frames(inputs: ActionInputs) -> dict[str, pd.DataFrame]:
    return {"action": action_frame(inputs), "actioncell": action_cell_frame(inputs)}


def _panel_frames(inputs: PanelInputs) -> dict[str, pd.DataFrame]:
    return {"panel": panel_frame(inputs), "panelcell": panel_cell_frame(inputs)}
