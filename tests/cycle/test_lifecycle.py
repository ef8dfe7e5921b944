"""A change of a KPI from its proposal to the committee's paper, through the verbs and the warehouse."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cycle import desk
from cycle.council import SLUG, Council, council_at
from cycle.governed import COMMITTEE, Governed, governed
from faults.small import small_council
from pmf.cycle.lifecycle import ChangeState, decide_change, find_change, list_changes, propose_change, take_step
from pmf.cycle.rate import rate_quarter
from pmf.cycle.report import export_papers
from pmf.period import Quarter
from pmf.register.lifecycle import ChangeKind, Decision, LifecycleError, Stage

DIRECTOR, TEAM, HEAD = "executive-director-of-strategy-and-partnerships", "governance-and-performance-team", "head-of-libraries"
MAY, DAY = datetime(2024, 5, 20, 9, tzinfo=UTC), timedelta(days=1)
CHANGE = "36-change-2024-06-15"
BEFORE_APPROVAL = (Stage.SCOPE, Stage.DRAFT, Stage.PLAN, Stage.CONSULT, Stage.REPORT)
OLD_TITLE, NEW_TITLE = "Number of active library users", "Number of active library members"


@pytest.fixture
def council(tmp_path: Path, warehouse_url: str) -> Council:
    """The sample council before its first month, on each of the two databases."""
    return council_at(tmp_path / "home", warehouse_url=warehouse_url)


@pytest.fixture
def place(council: Council, tmp_path: Path) -> Governed:
    """The same, its changes approved by a director and the KPI's committee."""
    return governed(council, tmp_path / "organisations")


def propose(place: Governed, **changes: Any) -> ChangeState:
    content: dict[str, Any] = {
        "kpi_ref": "36",
        "kind": ChangeKind.CHANGE,
        "level": None,
        "criteria": ["statutory"],
        "effective_from": date(2024, 6, 15),
        "rationale": "Members is what the library system counts.",
        "post": HEAD,
        "as_at": MAY,
    }
    return propose_change(SLUG, settings=place.settings, **(content | changes))


def step(place: Governed, stage: Stage, at: datetime, **changes: Any) -> ChangeState:
    return take_step(SLUG, CHANGE, stage, settings=place.settings, as_at=at, **({"post": TEAM, "note": "Done."} | changes))


def decide(place: Governed, by: str, at: datetime, decision: Decision = Decision.APPROVE, note: str = "Agreed.") -> ChangeState:
    return decide_change(SLUG, CHANGE, decision, by=by, note=note, as_at=at, settings=place.settings)


def up_to_approval(place: Governed, since: datetime = MAY, stages: tuple[Stage, ...] = BEFORE_APPROVAL) -> datetime:
    """Take the steps up to the decision, a day each, and give the day after the last."""
    for number, stage in enumerate(stages, start=1):
        step(place, stage, since + number * DAY)
    return since + (len(stages) + 1) * DAY


def test_a_change_goes_from_proposal_to_adoption(place: Governed) -> None:
    """Nine stages by named posts: each answer says what comes next and whose it is, and every step is kept with its day."""
    state = propose(place)
    assert (state.change_id, state.level, state.next_stage) == (CHANGE, "strategic", "scope")
    at = up_to_approval(place)
    assert find_change(SLUG, CHANGE, as_at=at, settings=place.settings).next_step == (
        "Executive Director of Strategy and Partnerships to approve or reject"
    )
    assert decide(place, "corporate-leadership-team", at).steps[-1].decision == "note"
    assert decide(place, DIRECTOR, at + DAY).next_step == "Communities, Social Mobility and Inclusion Committee to approve or reject"
    approved = decide(place, COMMITTEE, at + 2 * DAY)
    assert approved.next_stage == "adopt"
    assert approved.missing is not None
    with pytest.raises(
        LifecycleError, match=r"the register does not hold it\. kpis\.csv .* add a row for KPI 36 with valid_from 2024-06-15"
    ):
        step(place, Stage.ADOPT, at + 3 * DAY)
    redefine(place)
    adopted = step(place, Stage.ADOPT, at + 3 * DAY)
    assert (adopted.next_stage, adopted.review_due, adopted.missing) == ("review", "2025-05-29", None)
    assert [taken.on for taken in adopted.steps][:2] == ["2024-05-20", "2024-05-21"]


def redefine(place: Governed) -> None:
    """Write the change into the register: KPI 36 has another title from 15 June on."""
    line = next(line for line in (place.folder / "kpis.csv").read_text(encoding="utf-8").splitlines() if line.startswith("36,"))
    before = line.replace("36,2021-04-01,,", "36,2021-04-01,2024-06-15,")
    after = line.replace("36,2021-04-01,,", "36,2024-06-15,,").replace(OLD_TITLE, NEW_TITLE)
    assert len({line, before, after}) == 3
    place.edit("kpis.csv", f"{line}\n", f"{before}\n{after}\n")


def test_a_rejected_change_starts_again_from_its_draft(place: Governed) -> None:
    """A rejection needs a reason; what was approved before it counts no more."""
    propose(place)
    at = up_to_approval(place)
    decide(place, DIRECTOR, at)
    with pytest.raises(LifecycleError, match="say why it is rejected"):
        decide(place, COMMITTEE, at + DAY, Decision.REJECT, note=" ")
    assert decide(place, COMMITTEE, at + DAY, Decision.REJECT, note="Not clear who is a member.").next_stage == "draft"
    again = up_to_approval(place, at + DAY, BEFORE_APPROVAL[1:])
    with pytest.raises(LifecycleError, match=f"it is for {DIRECTOR} to decide now"):
        decide(place, COMMITTEE, again)


def test_a_stage_left_out_says_why(place: Governed) -> None:
    """Plan and Consult may be recorded as not needed, with the reason; without one nothing is recorded."""
    propose(place)
    step(place, Stage.SCOPE, MAY + DAY)
    step(place, Stage.DRAFT, MAY + 2 * DAY)
    with pytest.raises(LifecycleError, match="say why it is not needed"):
        step(place, Stage.PLAN, MAY + 3 * DAY, note="", is_needed=False)
    state = step(place, Stage.PLAN, MAY + 3 * DAY, note="The definition stays; only the name changes.", is_needed=False)
    assert (state.steps[-1].decision, state.next_stage) == ("not_needed", "consult")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"post": "nobody"}, "has no post 'nobody'"),
        ({"criteria": []}, "must meet 1 or more of its selection criteria"),
        ({"kpi_ref": "999", "kind": ChangeKind.NEW}, "say at which level it is to be, strategic, corporate, operational"),
        ({"kpi_ref": "AHC-O1"}, "nobody approves changes of operational KPIs"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused(place: Governed, changes: dict[str, Any], told: str) -> None:
    """An unknown post, too few criteria, a new KPI without a level or a level nobody approves for are refused, and nothing is kept."""
    with pytest.raises(LifecycleError, match=told):
        propose(place, **changes)
    assert list_changes(SLUG, as_at=MAY, settings=place.settings) == ()


def test_steps_are_taken_in_the_order_of_time(place: Governed) -> None:
    """A change proposed twice, a step dated before the last one and a decision by nobody known are refused."""
    propose(place)
    with pytest.raises(LifecycleError, match="has been proposed already"):
        propose(place, as_at=MAY + DAY)
    step(place, Stage.SCOPE, MAY + 2 * DAY)
    with pytest.raises(LifecycleError, match="took its last step at 09:00:00 on 22 May 2024"):
        step(place, Stage.DRAFT, MAY + DAY)
    with pytest.raises(LifecycleError, match="has no post, board or committee 'nobody'"):
        decide(place, "nobody", MAY + 3 * DAY)
    with pytest.raises(LifecycleError, match=f"there is no change 'x'; there are: {CHANGE}"):
        take_step(SLUG, "x", Stage.DRAFT, post=TEAM, note="Done.", as_at=MAY + 3 * DAY, settings=place.settings)


def test_a_list_shows_how_things_stood(place: Governed) -> None:
    """Asked for an earlier moment, a change stands as it stood then; a review that is overdue is said to be."""
    propose(place)
    at = up_to_approval(place)
    for body in (DIRECTOR, COMMITTEE):
        decide(place, body, at)
    redefine(place)
    step(place, Stage.ADOPT, at + DAY)
    stages = [list_changes(SLUG, as_at=moment, settings=place.settings)[0].next_stage for moment in (MAY, MAY + DAY, at + DAY)]
    assert stages == ["scope", "draft", "review"]
    (state,) = list_changes(SLUG, as_at=at + 400 * DAY, settings=place.settings)
    assert (state.review_due, state.is_review_overdue) == ("2025-05-27", True)


def test_the_committee_is_told_in_its_next_paper(tmp_path: Path) -> None:
    """The paper of the quarter tells its committee what was adopted, when and why; the other committees' papers do not."""
    council, quarter = small_council(tmp_path / "home", with_highways=True), Quarter(2024, 1)
    place = governed(council, tmp_path / "organisations")
    propose(place)
    at = up_to_approval(place)
    for body in (DIRECTOR, COMMITTEE):
        decide(place, body, at)
    redefine(place)
    step(place, Stage.ADOPT, at + DAY)
    issued_at = council.teller.profile.export_at(quarter)
    rate_quarter(SLUG, quarter, as_at=issued_at, settings=place.settings)
    export_papers(SLUG, quarter, as_at=issued_at, settings=place.settings)
    papers = council.settings.outbox / SLUG / quarter.key / "papers"
    told = {path.stem: NEW_TITLE in path.read_text(encoding="utf-8") for path in papers.glob("paper-*.json")}
    assert told == {f"paper-{COMMITTEE}": True, "paper-highways-and-transport": False}
    words = (papers / f"paper-{COMMITTEE}.html").read_text(encoding="utf-8")
    assert "Redefined from 15 June 2024 (title). Adopted on 27 May 2024. Reason: Members is what the library system counts." in words


def test_every_step_is_a_row_of_its_own(council: Council, place: Governed) -> None:
    """The warehouse keeps who did what when, with what the proposal was about beside it."""
    propose(place)
    step(place, Stage.SCOPE, MAY + DAY, note="For the committee.")
    rows = sorted(desk.table(council, "change_event"), key=lambda row: row["recorded_at"])
    assert [(row["stage"], row["post"], row["kpi_ref"], row["note"]) for row in rows] == [
        ("trigger", HEAD, "36", "Members is what the library system counts."),
        ("scope", TEAM, "36", "For the committee."),
    ]
