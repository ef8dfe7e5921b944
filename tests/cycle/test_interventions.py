"""Interventions from the red that opens one to its end: the form, the inbox, approvals, progress, and what is refused."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import docx
import pytest
from sqlalchemy import text

from cycle.intervened import (
    COUNCILLOR,
    DIRECTOR,
    HEAD,
    HOLDER,
    INTERVENTION,
    JULY,
    JUNE,
    KPI,
    MAY,
    OCTOBER,
    SEPTEMBER,
    SLUG,
    Council,
    filled,
)
from pmf.assurance.linter import lint_looked_into
from pmf.assurance.lookedinto import load_looked_into
from pmf.cycle.collect import scan_inbox
from pmf.cycle.intervening import InterventionError, approve, close, list_interventions, plan, say_progress
from pmf.cycle.linting import lint_documents
from pmf.cycle.workspace import open_workspace
from pmf.period import Month
from pmf.register.assessment import Outcome
from pmf.reporting.intervention import InterventionState
from pmf.warehouse.engine import open_warehouse, reading

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the KPI is red for the second month, with its intervention opened; to be copied."""
    home = tmp_path_factory.mktemp("opened") / "home"
    _open(Council.at(home))
    return home


@pytest.fixture(scope="module")
def followed(opened: Path, tmp_path_factory: pytest.TempPathFactory) -> Council:
    """A council whose form is approved in part, as the July cycle printed it; to be read."""
    council = Council.at(Path(shutil.copytree(opened, tmp_path_factory.mktemp("followed") / "home")))
    planned(council)
    approve(SLUG, INTERVENTION, post=HEAD, **decide(council, 2))
    council.rate(JULY, "141", "red", reds_in_a_row=3)
    council.look_into(JULY)
    return council


@pytest.fixture
def council(opened: Path, tmp_path: Path) -> Council:
    """A council whose KPI is red for the second month, with its intervention opened."""
    return Council.at(Path(shutil.copytree(opened, tmp_path / "home")))


def _open(council: Council) -> None:
    council.rate(MAY, "134", "red", reds_in_a_row=1, is_deep_dive=False)
    council.rate(JUNE, "138", "red", reason="138 is beyond 130.")
    council.look_into(JUNE)


def the_state(council: Council, *, at: Month = JUNE, later: timedelta = 30 * DAY) -> InterventionState:
    (state,) = list_interventions(SLUG, as_at=council.at_cycle(at) + later, settings=council.settings)
    return state


def decide(council: Council, days: float) -> dict[str, object]:
    return {"as_at": council.at_cycle(JUNE) + days * DAY, "settings": council.settings}


def planned(council: Council) -> None:
    plan(SLUG, INTERVENTION, cause="", steps="", post=HOLDER, **decide(council, 1))


def approved(council: Council) -> None:
    planned(council)
    for post in (HEAD, DIRECTOR, COUNCILLOR):
        approve(SLUG, INTERVENTION, post=post, **decide(council, 2))


def test_a_form_is_opened_prefilled(tmp_path: Path, warehouse_url: str) -> None:
    """The second red running opens a form with everything known: figures, cause and steps from the comment, the months' targets."""
    council = Council.at(tmp_path / "home", warehouse_url=warehouse_url)
    _open(council)
    state = the_state(council)
    assert (state.intervention_id, state.state, state.lies_with) == (INTERVENTION, "to be planned", "Housing Needs Manager")
    assert (state.target, state.tolerance, state.actual) == ("110", "130", "138")
    assert (state.cause.words, state.steps.words) == (
        "The hostel is closed.",
        "Lease eight homes. Owner: Head of Housing. By 30 September 2025.",
    )
    assert [(month.label, month.target, month.actual) for month in state.progress] == [
        ("Month 1: July 2025", "110", "Not yet rated"),
        ("Month 2: August 2025", "110", "Not yet rated"),
        ("Month 3: September 2025", "110", "Not yet rated"),
    ]
    assert [approval.label for approval in state.approvals] == ["Head of Service", "Director", "Portfolio Holder"]


def test_the_form_is_word_page_pdf_and_workbook(council: Council) -> None:
    """Four files of one form lie in the month's folder, noted as documents; the Word file has the framework's own headings."""
    folder = council.settings.outbox / SLUG / JUNE.key / "interventions"
    assert sorted(path.suffix for path in folder.iterdir()) == [".docx", ".html", ".pdf", ".xlsx"]
    assert sorted(row["format"] for row in council.table("document")) == ["docx", "html", "pdf", "xlsx"]
    word = docx.Document(str(folder / f"intervention-{INTERVENTION}.docx"))
    assert word.paragraphs[0].text == "KPI Intervention Form"
    headings = [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings[1:3] == [
        "Please explain what has caused the KPI to exceed the tolerance level",
        "What steps will be taken to return this KPI to acceptable levels",
    ]
    pairs = [[cell.text for cell in row.cells] for row in word.tables[0].rows]
    assert pairs[:4] == [
        ["KPI Addressed", "PI-09 Households in temporary accommodation"],
        ["Month", "June 2025"],
        ["Portfolio Holder", "Executive Councillor for Communities and Housing"],
        ["KPI Holder", "Housing Needs Manager"],
    ]


def test_holder_and_board_are_written_to_once(council: Council) -> None:
    """The KPI's officers are asked for a plan and the board is told; the same cycle again asks nobody and changes no byte."""
    form, letters = council.form(), council.table("mail_queue")
    assert [to for to, _ in council.letters("intervention")] == ["housing-data-officer", HOLDER]
    assert [to for to, _ in council.letters("board_interventions")] == ["operations-performance-and-efficiency-board"]
    council.look_into(JUNE)
    assert council.form() == form
    assert council.table("mail_queue") == letters
    assert len(council.table("intervention_event")) == 3


def test_nothing_is_opened_while_one_is_open(council: Council) -> None:
    """A KPI that stays red keeps its intervention: the next month fills in its progress and asks how it went."""
    council.rate(JULY, "141", "red", reds_in_a_row=3)
    looked = council.look_into(JULY)
    assert (looked.opened, looked.open) == (0, 1)
    planned(council)
    assert the_state(council, at=JULY).progress[0].actual == "141"


def test_a_later_run_has_the_last_word(council: Council) -> None:
    """A cycle that is run again with an earlier clock leaves what a later one did as it is."""
    council.look_into(JUNE, later=2 * DAY)
    before = council.table("intervention_event"), council.form()
    assert council.look_into(JUNE, later=DAY).is_superseded
    assert (council.table("intervention_event"), council.form()) == before


def test_the_form_comes_back_through_the_inbox(council: Council) -> None:
    """The holder's form, sent back as it went out, is the plan; the approvers are then asked, and each approves from their own address."""
    row = council.send_in(council.form(), sender=HOLDER, at=council.at_cycle(JUNE) + DAY)
    assert (row["outcome"], row["channel"]) == ("accepted", "intervention")
    assert the_state(council).state == "awaiting approval"
    assert [to for to, subject in council.letters("intervention") if subject.startswith("Approve")] == [DIRECTOR, COUNCILLOR, HEAD]
    for days, (item, post) in enumerate({"head": HEAD, "director": DIRECTOR, "portfolio_holder": COUNCILLOR}.items(), start=2):
        form = filled(council.form(), council.settings, **{item: "Approved"})
        assert council.send_in(form, sender=post, at=council.at_cycle(JUNE) + days * DAY)["outcome"] == "accepted"
    assert the_state(council).state == "under way"
    assert the_state(council).approvals[0].on == "13 July 2025"


def test_an_approval_counts_from_its_own_post_only(council: Council) -> None:
    """A form in which somebody approves for another post is refused whole, and its sender told why."""
    planned(council)
    form = filled(council.form(), council.settings, head="Approved", cause="Something else.")
    row = council.send_in(form, sender=HOLDER, at=council.at_cycle(JUNE) + 2 * DAY)
    assert (row["outcome"], row["problem"]) == ("rejected", "intervention_form")
    assert "Head of Housing's to give" in row["message"]
    assert council.letters("unreadable")
    assert the_state(council).cause.words == "The hostel is closed."


def test_an_old_form_says_nothing_new(council: Council) -> None:
    """A form filled in before the plan was written anew does not bring the old words back."""
    old = council.form()
    plan(SLUG, INTERVENTION, cause="Two blocks were sold.", steps="", post=HOLDER, **decide(council, 1))
    council.send_in(old, sender=HEAD, at=council.at_cycle(JUNE) + 2 * DAY)
    assert the_state(council).cause.words == "Two blocks were sold."


def test_two_forms_at_once_both_count(council: Council) -> None:
    """Of two forms about one intervention that are taken in together, neither is lost."""
    planned(council)
    at = council.at_cycle(JUNE) + 2 * DAY
    for item, post in (("head", HEAD), ("director", DIRECTOR)):
        council.send_in(filled(council.form(), council.settings, **{item: "Approved"}), sender=post, at=at)
    assert [bool(approval.on) for approval in the_state(council).approvals] == [True, True, False]


def test_progress_in_the_form_begins_with_yes_or_no(council: Council) -> None:
    """What is said about a month is taken with its answer; an answer that is neither yes nor no is sent back."""
    council.send_in(
        filled(council.form(), council.settings, m2025_07="Yes, two more homes."), sender=HOLDER, at=council.at_cycle(JUNE) + DAY
    )
    assert the_state(council).progress[0].said == "Yes. two more homes."
    row = council.send_in(filled(council.form(), council.settings, m2025_07="Maybe"), sender=HOLDER, at=council.at_cycle(JUNE) + 2 * DAY)
    assert row["outcome"] == "rejected"
    assert "neither Yes nor No" in row["message"]


def test_the_month_of_the_form_is_not_run_again_for_it(council: Council) -> None:
    """An intervention form is no return: the month it is about has no file more, and its cycle is not due again."""
    council.send_in(council.form(), sender=HOLDER, at=council.at_cycle(JUNE) + DAY)
    scanned = scan_inbox(SLUG, as_at=council.at_cycle(JUNE) + 2 * DAY, settings=council.settings)
    assert scanned.cycles_due == ()


def test_there_is_nothing_to_approve_without_a_plan(council: Council) -> None:
    """Nobody can approve before cause and steps are put in, nor a post that is not asked, nor twice."""
    with pytest.raises(InterventionError, match="has no plan yet"):
        approve(SLUG, INTERVENTION, post=HEAD, **decide(council, 1))
    planned(council)
    with pytest.raises(InterventionError, match="nothing to approve"):
        approve(SLUG, INTERVENTION, post=HOLDER, **decide(council, 2))
    approve(SLUG, INTERVENTION, post=HEAD, **decide(council, 2))
    with pytest.raises(InterventionError, match="nothing to approve"):
        approve(SLUG, INTERVENTION, post=HEAD, **decide(council, 3))


def test_a_plan_that_changes_is_approved_anew(council: Council) -> None:
    """Approvals are of a plan: other steps make them void, and the approvers are asked again."""
    approved(council)
    plan(SLUG, INTERVENTION, cause="", steps="Lease twelve homes by 31 October 2025.", post=HOLDER, **decide(council, 5))
    state = the_state(council)
    assert (state.state, [approval.on for approval in state.approvals]) == ("awaiting approval", ["", "", ""])
    assert sum(subject.startswith("Approve") for _, subject in council.letters("intervention")) == 6


def _follow(council: Council, *statuses: str) -> None:
    for month, status in zip(JUNE.plus(1).up_to(SEPTEMBER), statuses, strict=True):
        council.rate(month, "125" if status == "amber" else "140", status)
        council.look_into(month)


def test_it_recovers(council: Council) -> None:
    """It closes as recovered once its months are rated and the last one is within its tolerance; its people are told."""
    approved(council)
    with pytest.raises(InterventionError, match="not rated yet"):
        close(SLUG, INTERVENTION, outcome=Outcome.RECOVERED, reason="Back.", post=HEAD, **decide(council, 3))
    _follow(council, "red", "red", "amber")
    at = {"as_at": council.at_cycle(SEPTEMBER) + DAY, "settings": council.settings}
    say_progress(SLUG, INTERVENTION, JULY, is_more_required=True, words="Four more homes.", post=HOLDER, **at)
    state = close(SLUG, INTERVENTION, outcome=Outcome.RECOVERED, reason="The hostel is open.", post=HEAD, **at)
    assert [month.actual for month in state.progress] == ["140", "140", "125"]
    assert state.closed == (
        "Closed on 14 October 2025 by Head of Housing, recovered: the KPI is back within its tolerance. The hostel is open."
    )
    closing = [to for to, subject in council.letters("intervention") if "is closed" in subject]
    assert {HOLDER, HEAD, DIRECTOR, COUNCILLOR} <= set(closing)
    with pytest.raises(InterventionError, match="is closed"):
        close(SLUG, INTERVENTION, outcome=Outcome.WITHDRAWN, reason="Again.", post=HEAD, **at)


def test_it_has_not_recovered_while_it_is_red(council: Council) -> None:
    """Nobody can call it recovered while its last month is red; renewed, the next red month opens another one."""
    approved(council)
    _follow(council, "red", "red", "red")
    at = {"as_at": council.at_cycle(SEPTEMBER) + DAY, "settings": council.settings}
    with pytest.raises(InterventionError, match="has not recovered"):
        close(SLUG, INTERVENTION, outcome=Outcome.RECOVERED, reason="Back.", post=HEAD, **at)
    close(SLUG, INTERVENTION, outcome=Outcome.RENEWED, reason="More is needed.", post=HEAD, **at)
    council.rate(OCTOBER, "144", "red")
    assert council.look_into(OCTOBER).opened == 1
    states = list_interventions(SLUG, as_at=council.at_cycle(OCTOBER) + DAY, settings=council.settings)
    assert [state.intervention_id for state in states] == ["PI-09-2025-10", INTERVENTION]


def test_closing_needs_a_reason_and_known_names(council: Council) -> None:
    """A close without a reason, an unknown intervention, post or month is refused, saying what there is."""
    with pytest.raises(InterventionError, match="say why"):
        close(SLUG, INTERVENTION, outcome=Outcome.WITHDRAWN, reason=" ", post=HEAD, **decide(council, 1))
    with pytest.raises(InterventionError, match="no intervention 'PI-99'"):
        close(SLUG, "PI-99", outcome=Outcome.WITHDRAWN, reason="x", post=HEAD, **decide(council, 1))
    with pytest.raises(InterventionError, match="no post 'nobody'"):
        plan(SLUG, INTERVENTION, cause="", steps="", post="nobody", **decide(council, 1))
    with pytest.raises(InterventionError, match="is followed in 2025-07, 2025-08 and 2025-09, not in 2025-06"):
        say_progress(SLUG, INTERVENTION, JUNE, is_more_required=False, words="", post=HEAD, **decide(council, 1))


def test_the_view_says_how_each_stands(tmp_path: Path, warehouse_url: str) -> None:
    """The read view has a row for each intervention with the plan as last put in and how it was closed, on both databases."""
    council = Council.at(tmp_path / "home", warehouse_url=warehouse_url)
    _open(council)
    planned(council)
    plan(SLUG, INTERVENTION, cause="", steps="Lease ten homes.", post=HOLDER, **decide(council, 2))
    close(SLUG, INTERVENTION, outcome=Outcome.WITHDRAWN, reason="Opened in error.", post=HEAD, **decide(council, 3))
    with reading(open_warehouse(council.settings)) as connection:
        (row,) = connection.execute(text("SELECT * FROM v_intervention")).mappings().all()
    found = (row["kpi_ref"], row["state"], row["steps"], row["outcome"], row["closed_because"])
    assert found == (KPI, "closed", "Lease ten homes.", "withdrawn", "Opened in error.")


def test_the_linter_finds_nothing_wrong_with_the_form(followed: Council) -> None:
    """Every format of a form says what the ratings and the record say."""
    linted = lint_documents(SLUG, JULY, as_at=followed.at_cycle(JULY) + DAY, settings=followed.settings)
    assert (linted.documents, linted.files, linted.problems) == (1, 3, ())


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("138", "118", "figure"),
        ("141", "114", "figure"),
        ("13 July 2025", "Not yet approved", "status"),
        ("Lease eight homes.", "Lease nine homes.", "commentary"),
    ],
)
def test_the_linter_catches_what_is_changed(followed: Council, before: str, after: str, kind: str) -> None:
    """A figure, an approval or a plan that is edited in the finished page is named."""
    page = (followed.settings.outbox / SLUG / JULY.key / "interventions" / f"intervention-{INTERVENTION}.html").read_text(encoding="utf-8")
    assert before in page
    workspace = open_workspace(SLUG, followed.settings)
    with reading(workspace.engine) as connection:
        known = load_looked_into(
            connection,
            workspace.register,
            JULY,
            document_id=f"intervention-{INTERVENTION}",
            as_at=followed.at_cycle(JULY),
            sql_root=followed.settings.sql,
        )
    assert known is not None
    problems = lint_looked_into({"html": page.replace(before, after).encode()}, known)
    assert kind in {problem.mismatch.kind.value for problem in problems}
