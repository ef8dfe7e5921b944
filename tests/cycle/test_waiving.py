"""Waivers: who gives them, what they let through, and until when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cycle import desk
from cycle.council import SLUG, Council, council_at
from pmf.cycle.validate import validate_returns
from pmf.cycle.waivers import WaivingError
from pmf.cycle.waiving import Waived, waive
from pmf.period import Month

APRIL = Month(2024, 4)
UNSIGNED, TEAM = "register.template_unsigned", "governance-and-performance-team"
# 14 May 2024, ten in the morning in Cambridge.
NOW = datetime(2024, 5, 14, 9, tzinfo=UTC)


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """The sample council before its first month: no template is signed."""
    return council_at(tmp_path / "home")


def give(council: Council, **changes: Any) -> Waived:
    content: dict[str, Any] = {
        "rule_id": UNSIGNED,
        "kpi_ref": "36",
        "post": TEAM,
        "reason": "The service's manager is away until June.",
        "until": date(2024, 5, 20),
        "as_at": NOW,
    }
    return waive(SLUG, APRIL, settings=council.settings, **(content | changes))


def waived_at(council: Council, moment: datetime) -> list[str]:
    """Validate April at a moment and list the KPIs whose unsigned template is waived."""
    validate_returns(SLUG, APRIL, as_at=moment, settings=council.settings)
    rows = desk.ask(council, "findings_at", period=APRIL.key, point="returns", as_at=moment)
    return [row["kpi_ref"] for row in rows if row["rule_id"] == UNSIGNED and row["is_waived"]]


def test_a_waiver_holds_through_its_last_day_and_no_longer(council: Council) -> None:
    """A finding is waived until midnight of the day named, by the council's clock; a second later it stands again."""
    assert give(council) == Waived(UNSIGNED, "36", "2024-04", "2024-05-20")
    midnight = datetime(2024, 5, 20, 23, tzinfo=UTC)
    moments = (NOW - timedelta(seconds=1), NOW, midnight - timedelta(seconds=1), midnight)
    assert [waived_at(council, moment) for moment in moments] == [[], ["36"], ["36"], []]


def test_a_waived_finding_is_printed_as_waived(council: Council) -> None:
    """The data-quality report marks the finding and prints post, reason and last day; the others of its rule are not marked."""
    give(council)
    waived_at(council, NOW)
    report = council.settings.outbox / SLUG / APRIL.key / "data-quality" / "data-quality-returns.json"
    words = report.read_text(encoding="utf-8")
    assert words.count('"waived"') == 1
    for printed in (
        council.teller.profile.post(TEAM).title,
        "The service's manager is away until June.",
        "20 May 2024",
        "Lets a finding through",
    ):
        assert printed in words


def test_a_waiver_is_kept_with_post_and_reason(council: Council) -> None:
    """Who waived what, when and why stays in the warehouse after it has expired; given again it is a row of its own."""
    give(council)
    give(council, as_at=NOW + timedelta(hours=1))
    rows = desk.table(council, "waiver")
    assert len(rows) == 2
    assert {(row["post"], row["reason"], row["rule_id"]) for row in rows} == {(TEAM, "The service's manager is away until June.", UNSIGNED)}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rule_id": "register.template_lost"}, "there is no rule 'register.template_lost'; there are: register.template_missing, "),
        ({"kpi_ref": "999"}, r"has no KPI '999'; write \* for a finding that is about no KPI"),
        ({"post": "nobody"}, "has no post 'nobody'"),
        ({"reason": " "}, "say why it is waived"),
        ({"until": date(2024, 5, 13)}, "a waiver until 13 May 2024 would have expired before it is given"),
    ],
)
def test_a_waiver_that_says_too_little_is_refused(council: Council, changes: dict[str, Any], told: str) -> None:
    """A rule, KPI or post nobody has, no reason, or a day gone by: nothing is waived, and it is said why."""
    with pytest.raises(WaivingError, match=told):
        give(council, **changes)
    assert desk.table(council, "waiver") == []


def test_a_finding_about_no_kpi_is_waived_with_a_star(council: Council) -> None:
    """A whole return may be waived as well, for one day if need be."""
    assert give(council, rule_id="return.any_came_in", kpi_ref="*", until=date(2024, 5, 14)).until == "2024-05-14"
