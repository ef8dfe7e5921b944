"""The lines of the risk, finance and change panels: what ``panels.csv`` may say, and who returns them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmf.period import Month, Quarter
from pmf.register import RegisterError, load_register
from pmf.register.load import REGISTER_FILES
from pmf.register.panel import Panel
from register.conftest import ORGANISATIONS

HEADER = "line_ref,valid_from,valid_to,panel,title,directorate_id,holder_post,target_score,budget,due_on"
RISK = "R-1,2024-04-01,,risk,A mobile library breaks down,people,head,8,,"
BUDGET = "F-1,2024-04-01,,finance,Libraries and archives,people,team,,1250000.50,"
PROJECT = "C-1,2024-04-01,,change,A new catalogue,people,head,,,2025-03-31"


def write_panels(folder: Path, *rows: str, service: str | None = "libraries") -> Path:
    """Give the small council panels, and let a service return them (None: nobody does)."""
    profile = folder / "organisation.yaml"
    text = profile.read_text(encoding="utf-8")
    if service:
        profile.write_text(text.replace("    director: team\n", f"    director: team\n    panels_service: {service}\n"), encoding="utf-8")
    (folder / "panels.csv").write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return folder


def problems(folder: Path) -> str:
    with pytest.raises(RegisterError) as refused:
        load_register(folder)
    return "\n".join(refused.value.problems)


def test_lines_come_in_the_order_of_the_panels(council: Path) -> None:
    """Whatever the order of the file, risks come before budgets and budgets before projects."""
    register = load_register(write_panels(council, PROJECT, BUDGET, RISK))
    lines = register.panel_items(Month(2024, 9))
    assert [(line.line_ref, line.panel) for line in lines] == [("R-1", Panel.RISK), ("F-1", Panel.FINANCE), ("C-1", Panel.CHANGE)]
    assert register.panel_items(Month(2024, 9), "libraries") == lines
    assert register.panel_items(Month(2024, 9), "another-service") == ()


def test_a_line_holds_between_its_days(council: Path) -> None:
    """A budget that is raised is a new row; a quarter has the lines of its last day."""
    before = BUDGET.replace("2024-04-01,,", "2024-04-01,2024-07-01,")
    after = BUDGET.replace("2024-04-01,,", "2024-07-01,,").replace("1250000.50", "1300000")
    register = load_register(write_panels(council, before, after))
    budgets = {
        str(period): [str(item.budget) for item in register.panel_items(period)]
        for period in (Month(2024, 3), Month(2024, 6), Month(2024, 7), Quarter(2024, 1))
    }
    assert list(budgets.values()) == [[], ["1250000.50"], ["1300000"], ["1250000.50"]]


def test_a_line_is_public_unless_it_says_no(council: Path) -> None:
    """Without the column, and with an empty cell, a line may be published; another word than yes or no is refused."""
    assert [line.is_public for line in load_register(write_panels(council, RISK)).panel_items(Month(2024, 9))] == [True]
    (council / "panels.csv").write_text(f"{HEADER},is_public\n{RISK},\n{PROJECT},no\n{BUDGET},yes\n", encoding="utf-8")
    register = load_register(council)
    assert {line.line_ref: line.is_public for line in register.panel_items(Month(2024, 9))} == {"R-1": True, "C-1": False, "F-1": True}
    assert register.internal_lines(Quarter(2024, 2)) == {"C-1"}
    (council / "panels.csv").write_text(f"{HEADER},is_public\n{RISK},perhaps\n", encoding="utf-8")
    assert "'perhaps' is neither yes nor no" in problems(council)


def test_panels_are_part_of_the_register(council: Path) -> None:
    """Another line is another register, whose digest every run stores."""
    first = load_register(write_panels(council, RISK)).digest
    assert "panels.csv" in REGISTER_FILES
    assert load_register(write_panels(council, RISK, PROJECT, service=None)).digest != first


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (RISK.replace(",8,", ",26,"), "26 is no score of a risk: write a whole number from 1 to 25"),
        (RISK.replace(",8,", ",7.5,"), "7.5 is no score of a risk"),
        (RISK.replace(",8,", ",,"), "a line of the risk panel needs a target_score"),
        (RISK.replace(",8,,", ",8,100,"), "budget says nothing of a line of the risk panel: leave it empty"),
        (BUDGET.replace("1250000.50", "lots"), "'lots' is not a figure"),
        (BUDGET.replace("1250000.50", ""), "a line of the finance panel needs a budget"),
        (PROJECT.replace(",change,", ",programme,"), "write one of 'risk', 'finance' or 'change'"),
        (RISK.replace("R-1", "R 1"), "is not a reference: write letters, digits, hyphens and underscores, like R-01"),
        (RISK.replace(",people,", ",places,"), "'places' is not a directorate of Smallshire Council; write one of people"),
        (RISK.replace(",head,", ",chief,"), "'chief' is not a post of Smallshire Council"),
    ],
)
def test_a_wrong_line_is_named_with_the_right_form(council: Path, row: str, said: str) -> None:
    """File, line and field are named, and what to write."""
    words = problems(write_panels(council, row))
    assert "panels.csv" in words
    assert said in words


def test_a_project_without_a_day_is_ongoing(council: Path) -> None:
    """Only risks and budgets must be held against something."""
    (line,) = load_register(write_panels(council, PROJECT.replace("2025-03-31", ""))).panel_items(Month(2024, 9))
    assert (line.due_on, line.panel.asks_for_figure) == (None, False)


def test_two_versions_may_not_hold_at_once(council: Path) -> None:
    """A budget that is raised needs an end of the old one."""
    assert "R-1: the version from 2024-04-01 still holds" in problems(write_panels(council, RISK, RISK.replace("2024-04-01", "2024-07-01")))


def test_somebody_returns_the_panels(council: Path) -> None:
    """A directorate with lines needs a service that returns them, and one of its own."""
    assert "line R-1: nobody returns the panels of People; name one of its services" in problems(write_panels(council, RISK, service=None))
    assert "directorates.people.panels_service names 'museums', which is no service of it" in problems(
        write_panels(council, RISK, service="museums")
    )


@pytest.mark.parametrize(("slug", "month"), [("cambridgeshire", Month(2024, 9)), ("huntingdonshire", Month(2025, 6))])
def test_the_samples_have_every_panel_in_every_directorate(slug: str, month: Month) -> None:
    """Each directorate of both councils has risks, a budget and a project."""
    register = load_register(ORGANISATIONS / slug)
    panels = {(line.directorate_id, line.panel) for line in register.panel_items(month)}
    assert panels == {(directorate.id, panel) for directorate in register.profile.directorates for panel in Panel}
