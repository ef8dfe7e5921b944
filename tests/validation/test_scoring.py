"""Scores: what counts as a check made of a KPI, and what a score may never do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.finding import Dimension, Finding, Scope, Score, Severity, total
from pmf.validation.checks import EVERY_ROW, Check
from pmf.validation.scoring import OF_EVERY_KPI, OF_NO_KPI, OF_WHAT_CAME_IN, Scored, score_kpis
from validation.samples import SUITES

RULES = {
    "register.signed": Dimension.COMPLETENESS,
    "return.came_in": Dimension.TIMELINESS,
    "file.in_time": Dimension.TIMELINESS,
    "observation.answered": Dimension.COMPLETENESS,
    "observation.minimum": Dimension.ACCURACY,
    "observation.maximum": Dimension.ACCURACY,
    "action.came_in": Dimension.TIMELINESS,
}
SERVICES = {"36": "libraries", "37": "libraries", "91": "highways"}


def a_check(rule_id: str, kpi_ref: str = EVERY_ROW) -> Check:
    return Check(rule_id=rule_id, kpi_ref=kpi_ref, parameters={}, severity=Severity.WARNING)


CHECKS = [
    *(a_check(rule_id) for rule_id in RULES if rule_id != "observation.minimum" and rule_id != "observation.maximum"),
    a_check("observation.minimum", "36"),
    a_check("observation.maximum", "36"),
    a_check("observation.maximum", "91"),
    a_check("observation.maximum", "not due"),
    a_check("observation.answered", "36"),
    a_check("cell.never_asked"),
]


def a_finding(
    rule_id: str, kpi_ref: str | None = None, *, service_id: str | None = None, severity: str = "warning", found: str = ""
) -> Finding:
    return Finding(
        rule_id=rule_id,
        severity=Severity(severity),
        scope=Scope.ROW,
        dimension=RULES.get(rule_id, Dimension.VALIDITY),
        message="Something is wrong.",
        fix="Put it right.",
        kpi_ref=kpi_ref,
        service_id=service_id,
        found=found,
    )


def scored(
    *findings: Finding, absent: tuple[str, ...] = (), asked_nothing: frozenset[str] = frozenset()
) -> dict[str, dict[Dimension, Score]]:
    return score_kpis(
        Scored(services=SERVICES, absent=frozenset(absent) | asked_nothing, missed=frozenset(absent), dimensions=RULES), CHECKS, findings
    )


def counts(score: Score) -> tuple[int, int, int]:
    return score.checks, score.failed, score.flagged


def test_a_check_is_a_rule_asked_of_a_kpi() -> None:
    """Rules for every row count once for every KPI, others for those they were compiled for, and those never asked for none."""
    found = scored()
    assert {ref: {item.value: score.checks for item, score in scores.items() if score.checks} for ref, scores in found.items()} == {
        "36": {"completeness": 2, "timeliness": 2, "accuracy": 2},
        "37": {"completeness": 2, "timeliness": 2},
        "91": {"completeness": 2, "timeliness": 2, "accuracy": 1},
    }
    assert found["37"][Dimension.ACCURACY].pct is None
    assert total(found["36"].values()).pct == 100


def test_a_fault_counts_once_by_its_gravest_finding() -> None:
    """Three findings of one rule on one KPI are one failed check; another KPI's score does not know of it."""
    findings = [
        a_finding("observation.minimum", "36", severity=severity, found=str(n))
        for n, severity in enumerate(["warning", "critical", "warning"])
    ]
    found = scored(*findings)
    assert counts(found["36"][Dimension.ACCURACY]) == (2, 1, 0)
    assert found["36"][Dimension.ACCURACY].pct == 50
    assert found["91"][Dimension.ACCURACY].pct == 100


def test_a_flag_counts_half() -> None:
    """A figure that is used but doubted has passed half its check."""
    assert scored(a_finding("observation.minimum", "36"))["36"][Dimension.ACCURACY].pct == 75


def test_what_is_found_of_a_return_is_found_of_each_of_its_kpis() -> None:
    """A late return is late for every KPI of its service; what is about no service is about all; plan actions about none."""
    late = scored(a_finding("file.in_time", service_id="libraries"), a_finding("action.came_in", service_id="highways"))
    assert {ref: late[ref][Dimension.TIMELINESS].flagged for ref in SERVICES} == {"36": 1, "37": 1, "91": 0}
    assert {
        ref: scores[Dimension.COMPLETENESS].flagged for ref, scores in scored(a_finding("observation.answered")).items()
    } == dict.fromkeys(SERVICES, 1)


def test_a_kpi_without_an_answer_scores_no_better_for_it() -> None:
    """The checks of its figure were not made; it fails one of completeness, and its return's fault is a failed check of timeliness."""
    found = scored(a_finding("return.came_in", service_id="highways"), absent=("91",))["91"]
    assert {item.value: counts(score) for item, score in found.items() if score.checks} == {
        "completeness": (2, 1, 0),
        "timeliness": (1, 1, 0),
    }
    assert total(found.values()).pct == Decimal(100) / 3


def test_a_kpi_nothing_is_wanted_of_yet_misses_nothing() -> None:
    """While a KPI is in development only what the register says of it is checked, and it fails nothing for want of a figure."""
    found = scored(a_finding("return.came_in", service_id="highways"), asked_nothing=frozenset({"91"}))["91"]
    assert {item.value: counts(score) for item, score in found.items() if score.checks} == {
        "completeness": (1, 0, 0),
        "timeliness": (1, 0, 1),
    }


def test_a_refused_file_is_a_failed_check_of_what_it_should_have_held() -> None:
    """Where nothing came in, what is found of a file is a check more that failed."""
    found = scored(a_finding("file.in_time", service_id="highways"), absent=("91",))["91"]
    assert counts(found[Dimension.TIMELINESS]) == (2, 1, 0)


def test_an_unsigned_template_stays_a_flag_whatever_is_returned() -> None:
    """What the register lacks is no graver for want of a return."""
    assert counts(scored(a_finding("register.signed", "91"), absent=("91",))["91"][Dimension.COMPLETENESS]) == (2, 1, 1)


def test_every_shipped_suite_is_known_to_look_at_kpis_or_not() -> None:
    """A new suite must be said to be about KPIs or not before it is scored."""
    assert {path.stem for path in SUITES.glob("*.json")} == OF_WHAT_CAME_IN | OF_EVERY_KPI | OF_NO_KPI
    assert not (OF_WHAT_CAME_IN | OF_EVERY_KPI) & OF_NO_KPI


FINDINGS = st.builds(
    a_finding,
    st.sampled_from([*RULES, "validation.check_could_not_run"]),
    st.sampled_from([*SERVICES, None, "not due"]),
    service_id=st.sampled_from([None, "libraries", "highways", "nobody"]),
    severity=st.sampled_from(["warning", "critical"]),
    found=st.sampled_from(["1", "2"]),
)
SITUATION = {"findings": st.lists(FINDINGS, max_size=12), "absent": st.lists(st.sampled_from([*SERVICES]), unique=True)}


@given(**SITUATION)
def test_scores_stay_in_bounds_and_add_up(findings: list[Finding], absent: list[str]) -> None:
    """Every score is from 0 to 100 or none where nothing was checked, and the whole is weighted by the checks of its dimensions."""
    for scores in scored(*findings, absent=tuple(absent)).values():
        whole = total(scores.values())
        for score in (*scores.values(), whole):
            assert 0 <= score.failed + score.flagged <= score.checks
            assert score.pct is None if not score.checks else 0 <= score.pct <= 100
        assert whole.pct is not None
        weighted = sum((score.pct * score.checks for score in scores.values() if score.pct is not None), Decimal(0))
        assert abs(weighted - whole.pct * whole.checks) < Decimal("1e-20")


@given(**SITUATION, new=FINDINGS)
def test_a_new_finding_never_raises_a_score(findings: list[Finding], absent: list[str], new: Finding) -> None:
    """Whatever else is found, no KPI's score of any dimension, nor its whole, goes up."""
    before, after = (scored(*some, absent=tuple(absent)) for some in (findings, [*findings, new]))
    for kpi_ref, scores in before.items():
        pairs: list[tuple[Any, Any]] = [(scores[item].pct, after[kpi_ref][item].pct) for item in Dimension]
        pairs.append((total(scores.values()).pct, total(after[kpi_ref].values()).pct))
        assert all(then is None or now <= then for then, now in pairs)


@given(**SITUATION)
def test_the_order_of_findings_changes_no_score(findings: list[Finding], absent: list[str]) -> None:
    """Scores do not depend on which finding came first."""
    assert scored(*findings, absent=tuple(absent)) == scored(*reversed(findings), absent=tuple(absent))


@pytest.mark.parametrize(("score", "pct"), [(Score(), None), (Score(checks=3, failed=1), Decimal(200) / 3), (Score(checks=1, failed=1), 0)])
def test_a_score_is_the_share_passed(score: Score, pct: Decimal | None) -> None:
    """Of three checks one failed: two thirds passed, unrounded; of none there is no share."""
    assert score.pct == pct
