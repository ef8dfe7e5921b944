"""Queries in the warehouse: opened by validations, answered in forms and by telephone, asked again, accepted, escalated."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cycle.asking import LARGE_MOVEMENT, TOO_LOW, a_finding, kinds, queries, validate
from cycle.chasing import chasing_council
from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, ask, drop, filled, mail, post_of, table
from pmf.cycle.admission import Arrival, admit
from pmf.cycle.answering import QueryError, accept, answer_for, ask_again, find_query
from pmf.cycle.boardlist import escalate_queries
from pmf.cycle.collect import scan_inbox
from pmf.cycle.figures import load_figures
from pmf.cycle.judging import JudgementError, judge, queries_to_judge
from pmf.cycle.querylist import steps_told
from pmf.cycle.validate import validate_returns
from pmf.cycle.waivers import WaivingError
from pmf.cycle.workspace import open_workspace
from pmf.finding import Scope, Severity
from pmf.form.item import Answer
from pmf.form.layout import FieldName
from pmf.form.model import ReturnedForm
from pmf.reporting.queries import QueryState
from pmf.warehouse.access import dump
from pmf.warehouse.engine import open_warehouse, reading

# 14 May 2024, a Tuesday, seven in the morning in Cambridge.
CYCLE = datetime(2024, 5, 14, 6, tzinfo=UTC)
DAY = timedelta(days=1)
TEAM, HEAD = "governance-and-performance-team", "head-of-libraries"


@pytest.fixture
def council(tmp_path: Path, warehouse_url: str) -> Council:
    """The sample council on each of the two databases, before anything has come in."""
    return council_at(tmp_path / "home", warehouse_url=warehouse_url)


@pytest.fixture
def asked(tmp_path: Path) -> Council:
    """A council on SQLite, with one failing and one flagged figure of April asked about; it has an escalation board."""
    council = chasing_council(tmp_path)
    validate(council, CYCLE, a_finding(), a_finding("37", LARGE_MOVEMENT))
    return council


def the_query(council: Council, at: datetime, subject: str = "36") -> QueryState:
    (state,) = (state for state in queries(council, at) if state.subject == subject)
    return state


def test_of_what_stays_inside_letters_tell_who_did_what_alone(asked: Council) -> None:
    """Of a KPI that is not public, or counts people, neither what was found nor what was said goes into letters."""
    register, state = open_workspace(SLUG, asked.settings).register, the_query(asked, CYCLE)
    assert steps_told(register, state, kpi_ref="36") == [step.sentence for step in state.steps]
    kpis = tuple(kpi.model_copy(update={"is_public": False}) for kpi in register.kpi_versions)
    inside = steps_told(replace(register, kpi_versions=kpis), state, kpi_ref="36")
    assert inside == ["14 May 2024, the checks asked"]


def answer_in_a_form(council: Council, at: datetime, query_id: str, words: str, **changes: Any) -> None:
    """Let in a form of libraries that answers a question beside no figures at all."""
    answer = Answer(query_id=query_id, text=words, sheet="Questions", cell="H9")
    content: dict[str, Any] = {"organisation": SLUG, "period": APRIL.key, "service_id": "libraries"}
    form = ReturnedForm(**(content | changes), form_version="1", sheet="Return", problems=(), lines=(), answers=(answer,))
    name = f"{words}{at}{changes}"
    arrival = Arrival(file_name="a.xlsx", content=b"x", file_hash=name, size_bytes=1, period=APRIL, sender=HEAD, read=form)
    admit(open_workspace(SLUG, council.settings), [arrival], as_at=at)


def test_a_validation_opens_queries_and_a_repeated_one_adds_nothing(council: Council) -> None:
    """Queries are saved with the findings; the same validation again, or one with an earlier clock, leaves them as they are."""
    validate(council, CYCLE, a_finding(), a_finding("37", LARGE_MOVEMENT))
    engine = open_warehouse(council.settings)
    saved = dump(engine)
    validate(council, CYCLE, a_finding(), a_finding("37", LARGE_MOVEMENT))
    assert dump(engine) == saved
    threads = [table(council, "query"), table(council, "query_event")]
    validate(council, CYCLE - DAY)
    assert [table(council, "query"), table(council, "query_event")] == threads
    assert [(state.subject, state.state, kinds(state)) for state in queries(council, CYCLE)] == [
        ("36", "open", ["asked"]),
        ("37", "open", ["asked"]),
    ]
    assert queries(council, CYCLE - timedelta(seconds=1)) == []


def test_the_view_says_what_the_list_says(council: Council) -> None:
    """What Power BI sees of a query's state is what the command line prints, escalated or not."""
    validate(council, CYCLE, a_finding("36"), a_finding("37"), a_finding("SP-01", LARGE_MOVEMENT))
    answer_in_a_form(council, CYCLE + DAY, the_query(council, CYCLE, "37").query_id, "It is right.")
    validate(council, CYCLE + 2 * DAY, a_finding("36"), a_finding("37"))
    with reading(open_warehouse(council.settings)) as connection:
        rows = connection.exec_driver_sql("SELECT subject, state, last_kind FROM v_query ORDER BY subject").all()
    assert [tuple(row) for row in rows] == [("36", "open", "asked"), ("37", "answered", "answered"), ("SP-01", "closed", "resolved")]
    assert {state.subject: state.state for state in queries(council, CYCLE + 3 * DAY)} == {subject: state for subject, state, _ in rows}


def test_an_answer_in_a_form_joins_the_thread(council: Council) -> None:
    """The sender's words, with the file and the cell they stand in, wait for the performance team; the next validation leaves them."""
    validate(council, CYCLE, a_finding())
    name = the_query(council, CYCLE).query_id
    answer_in_a_form(council, CYCLE + DAY, name, "The system was down.")
    validate(council, CYCLE + 2 * DAY, a_finding())
    state = the_query(council, CYCLE + 2 * DAY)
    assert (state.state, kinds(state), state.lies_with) == ("answered", ["asked", "answered"], "Performance team")
    assert (state.last.text, state.last.author, state.last.cell) == ("The system was down.", "Head of Libraries", "Questions!H9")


@pytest.mark.parametrize("changes", [{"service_id": "highways"}, {"period": "2024-05"}, {"query_id": "Q-ABCDEF"}])
def test_an_answer_to_no_question_of_the_service_is_a_problem_of_its_cell(asked: Council, changes: dict[str, str]) -> None:
    """An unknown query, another service's or another month's is not answered, and the sender is told where it stands."""
    name = changes.pop("query_id", the_query(asked, CYCLE).query_id)
    form = {"period": "2024-05"} if "period" in changes else changes
    answer = Answer(query_id=name, text="Yes.", sheet="Questions", cell="H9")
    content: dict[str, Any] = {"organisation": SLUG, "period": APRIL.key, "service_id": "libraries"} | form
    read = ReturnedForm(**content, form_version="1", sheet="Return", problems=(), lines=(), answers=(answer,))
    arrival = Arrival(file_name="a.xlsx", content=b"x", file_hash="b", size_bytes=1, period=None, sender=HEAD, read=read)
    admit(open_workspace(SLUG, asked.settings), [arrival], as_at=CYCLE + DAY)
    (problem,) = table(asked, "cell_problem")
    assert (problem["code"], problem["sheet"], problem["cell"], problem["found"]) == ("foreign_question", "Questions", "H9", name)
    assert {state.state for state in queries(asked, CYCLE + DAY)} == {"open"}


def test_what_was_answered_before_it_was_asked_again_is_no_new_answer(asked: Council) -> None:
    """A form sent in again with last week's words does not answer this week's question; new words do; a closed query takes none."""
    name = the_query(asked, CYCLE).query_id
    answer_in_a_form(asked, CYCLE + DAY, name, "It is right.")
    ask_again(SLUG, name, post=TEAM, words="Who counted?", as_at=CYCLE + 2 * DAY, settings=asked.settings)
    answer_in_a_form(asked, CYCLE + 3 * DAY, name, "It is right.")
    assert the_query(asked, CYCLE + 3 * DAY).state == "open"
    answer_in_a_form(asked, CYCLE + 4 * DAY, name, "The branches did.")
    assert the_query(asked, CYCLE + 4 * DAY).state == "answered"
    validate(asked, CYCLE + 5 * DAY)
    answer_in_a_form(asked, CYCLE + 6 * DAY, name, "Late words.")
    assert kinds(the_query(asked, CYCLE + 6 * DAY)) == ["asked", "answered", "asked again", "answered", "resolved"]


def test_asking_again_writes_to_the_service(asked: Council) -> None:
    """Holder and deputy are sent the performance team's words with the thread so far, and who asked is kept."""
    name = the_query(asked, CYCLE, "37").query_id
    state = ask_again(SLUG, name, post=TEAM, words="Is this the whole month?", user="ann", as_at=CYCLE + DAY, settings=asked.settings)
    assert (state.state, state.last.author) == ("open", "Governance and Performance Team (ann)")
    letters = mail(asked, "query")
    assert {letter.recipient for letter in letters} == {post_of(asked, HEAD), post_of(asked, "libraries-performance-officer")}
    assert letters[0].subject == f"Answer {name} about your April 2024 return – Libraries"
    words = " ".join(letters[0].text.split())
    assert "Governance and Performance Team (ann): Is this the whole month?" in words
    assert "14 May 2024, the checks asked: KPI 37 is 3, below the smallest figure that is plausible. (found: 3)" in words


def test_a_telephone_answer_is_recorded_for_who_gave_it(asked: Council) -> None:
    """The post that answered is the author; who wrote it down stands beside the words."""
    name = the_query(asked, CYCLE).query_id
    state = answer_for(
        SLUG, name.lower(), said_by=HEAD, words="Two branches closed.", post=TEAM, as_at=CYCLE + DAY, settings=asked.settings
    )
    assert (state.state, state.last.author) == ("answered", "Head of Libraries")
    assert state.last.text == "Two branches closed. (Recorded by Governance and Performance Team.)"


def test_a_flagged_figure_is_accepted_until_it_changes(asked: Council) -> None:
    """An accepted flag stays closed while just that figure is found, in whatever file; another figure opens it again."""
    name = the_query(asked, CYCLE, "37").query_id
    accept(SLUG, name, post=TEAM, reason="School holidays.", as_at=CYCLE + DAY, settings=asked.settings)
    same = a_finding("37", LARGE_MOVEMENT, file_hash="second")
    validate(asked, CYCLE + 2 * DAY, same)
    assert the_query(asked, CYCLE + 2 * DAY, "37").state == "closed"
    validate(asked, CYCLE + 3 * DAY, replace(same, found="4"))
    assert kinds(the_query(asked, CYCLE + 3 * DAY, "37")) == ["asked", "accepted", "reopened"]


def test_what_is_accepted_is_what_stands_now(asked: Council) -> None:
    """Answered in words about a figure that came with them, it is that figure which is accepted."""
    name = the_query(asked, CYCLE, "37").query_id
    answer_in_a_form(asked, CYCLE + DAY, name, "Five is right.")
    (file,) = table(asked, "received_file")
    five = a_finding("37", LARGE_MOVEMENT, file_hash=file["file_hash"], found="5")
    validate(asked, CYCLE + DAY, five)
    accept(SLUG, name, post=TEAM, reason="Plausible.", as_at=CYCLE + 2 * DAY, settings=asked.settings)
    validate(asked, CYCLE + 3 * DAY, five)
    assert kinds(the_query(asked, CYCLE + 3 * DAY, "37")) == ["asked", "answered", "accepted"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "its figure would stay withheld. Give the last day on which it is let through"),
        ({"scope": Scope.PUBLICATION, "severity": Severity.WARNING}, "the paper that prints it would stay blocked"),
    ],
)
def test_accepting_what_stays_withheld_is_refused(asked: Council, changes: dict[str, Any], told: str) -> None:
    """Nobody closes a query in the belief that its figure is then used: the refusal says what is needed."""
    validate(asked, CYCLE + DAY, a_finding(**changes))
    with pytest.raises(QueryError, match=told):
        accept(SLUG, the_query(asked, CYCLE).query_id, post=TEAM, reason="Fine.", as_at=CYCLE + DAY, settings=asked.settings)
    assert the_query(asked, CYCLE + DAY).state == "open"


def test_accepting_with_a_day_is_a_waiver_saved_with_it(council: Council) -> None:
    """The step and the waiver are one transaction; while it holds the query stays closed, and when it ends it opens again."""
    validate(council, CYCLE, a_finding())
    name = the_query(council, CYCLE).query_id
    until = date(2024, 5, 20)
    accept(SLUG, name, post=TEAM, reason="Checked.", let_through_until=until, as_at=CYCLE + DAY, settings=council.settings)
    (waiver,) = ask(council, "waivers_at", period=APRIL.key, as_at=CYCLE + DAY)
    assert (waiver["rule_id"], waiver["kpi_ref"], waiver["post"], waiver["reason"]) == (TOO_LOW, "36", TEAM, f"Checked. ({name})")
    validate(council, CYCLE + 2 * DAY, a_finding(), waived=[(TOO_LOW, "36")])
    assert the_query(council, CYCLE + 2 * DAY).state == "closed"
    validate(council, CYCLE + 10 * DAY, a_finding())
    assert kinds(the_query(council, CYCLE + 10 * DAY)) == ["asked", "accepted", "reopened"]


def answered_form(council: Council, query_id: str, words: str) -> bytes:
    """Take the form that came with the letter about findings, and type an answer beside a question."""
    (letter,) = (letter for letter in mail(council, "findings") if letter.recipient == post_of(council, HEAD))
    (content,) = letter.attachments.values()
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    rows = list(workbook["Questions"].iter_rows())
    (column,) = (cell.column for row in rows for cell in row if cell.value == "Your answer")
    (line,) = (row for row in rows if row[0].value == query_id)
    line[column - 1].value = words
    typed = io.BytesIO()
    workbook.save(typed)
    return typed.getvalue()


def test_an_accepted_explanation_lets_the_figure_through(sqlite_council: Council) -> None:
    """From form to use: withheld and asked about, answered in the form that came back, accepted until a day, used from then on."""
    council = sqlite_council
    council.open(APRIL)
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries", k36={FieldName.VALUE: "3"}))
    scan_inbox(SLUG, as_at=CYCLE - 5 * DAY, settings=council.settings)
    validate_returns(SLUG, APRIL, as_at=CYCLE, settings=council.settings)
    name = the_query(council, CYCLE).query_id
    drop(council, APRIL, "answered.xlsx", answered_form(council, name, "A flood closed all branches but one."))
    scanned = scan_inbox(SLUG, as_at=CYCLE + DAY, settings=council.settings)
    assert [due["period"] for due in scanned.cycles_due] == [APRIL.key]
    validate_returns(SLUG, APRIL, as_at=CYCLE + DAY, settings=council.settings)
    assert (the_query(council, CYCLE + DAY).state, the_query(council, CYCLE + DAY).is_failing) == ("answered", True)
    day = date(2024, 6, 14)
    accept(SLUG, name, post=TEAM, reason="A flood.", let_through_until=day, as_at=CYCLE + 2 * DAY, settings=council.settings)
    validate_returns(SLUG, APRIL, as_at=CYCLE + 3 * DAY, settings=council.settings)
    workspace = open_workspace(SLUG, council.settings)
    with reading(workspace.engine) as connection:
        figures = load_figures(workspace, connection, APRIL, as_at=CYCLE + 3 * DAY)
    assert (figures.points["36"][-1].period, figures.points["36"][-1].value) == (APRIL, Decimal(3))
    assert kinds(the_query(council, CYCLE + 3 * DAY)) == ["asked", "answered", "accepted"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"decision": "Accept"}, "its figure would stay withheld"),
        ({"decision": "Accept", "let_through_until": "next week"}, "'next week' is no day: write it like 2024-10-31"),
        ({"decision": "Ask again"}, "say what you ask"),
    ],
)
def test_a_decision_in_airflow_that_cannot_be_recorded_changes_nothing(asked: Council, said: dict[str, str], told: str) -> None:
    """Whatever is wrong with it is one kind of error, in words, and the query is as it was."""
    name = the_query(asked, CYCLE).query_id
    usual = {"words": "", "let_through_until": "", "user": "ann"}
    with pytest.raises(JudgementError, match=told):
        judge(SLUG, name, **(usual | said), as_at=CYCLE + DAY, settings=asked.settings)
    assert kinds(the_query(asked, CYCLE + DAY)) == ["asked"]


def test_only_what_was_answered_is_put_to_the_performance_team(asked: Council) -> None:
    """An open query lies with its service; an answered one is shown with its thread, in words no page obeys."""
    assert queries_to_judge(SLUG, as_at=CYCLE, settings=asked.settings).queries == ()
    name = the_query(asked, CYCLE, "37").query_id
    answer_in_a_form(asked, CYCLE + DAY, name, "See [here](x)")
    (shown,) = queries_to_judge(SLUG, as_at=CYCLE + DAY, settings=asked.settings).queries
    assert shown["query_id"] == name
    assert shown["subject"].startswith(f"{name}: 37 – ")
    assert "Head of Libraries answered\\: See \\[here\\]\\(x\\)" in shown["body"]
    left = judge(SLUG, name, decision="Leave for now", words="", let_through_until="", user="", as_at=CYCLE + DAY, settings=asked.settings)
    assert (left.state, the_query(asked, CYCLE + DAY, "37").state) == ("answered", "answered")


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (lambda _, with_: ask_again(SLUG, "Q-ABCDEF", post=TEAM, words="?", **with_), "has no query 'Q-ABCDEF'"),
        (lambda name, with_: ask_again(SLUG, name, post="nobody", words="?", **with_), "has no post 'nobody'"),
        (lambda name, with_: ask_again(SLUG, name, post=TEAM, words=" ", **with_), "say what you ask"),
        (lambda name, with_: answer_for(SLUG, name, said_by=HEAD, words="", post=TEAM, **with_), "say what was answered"),
        (lambda name, with_: answer_for(SLUG, name, said_by=HEAD, words="Yes.", post="x", **with_), "has no post 'x'"),
        (lambda name, with_: accept(SLUG, name, post=TEAM, reason="", **with_), "say why it is accepted"),
        (
            lambda name, with_: accept(SLUG, name, post=TEAM, reason="Fine.", let_through_until=date(2024, 5, 1), **with_),
            "would have expired",
        ),
    ],
)
def test_a_step_that_says_too_little_is_refused(asked: Council, step: Any, told: str) -> None:
    """Nothing is recorded without a query, a post and words, and it is said what is missing."""
    before = table(asked, "query_event")
    with pytest.raises((QueryError, WaivingError), match=told):
        step(the_query(asked, CYCLE).query_id, {"as_at": CYCLE + DAY, "settings": asked.settings})
    assert (table(asked, "query_event"), table(asked, "waiver")) == (before, [])


def test_a_closed_query_is_only_asked_again(asked: Council) -> None:
    """What is closed can be neither answered nor accepted; asked again it is open, and its days count anew."""
    name = the_query(asked, CYCLE).query_id
    validate(asked, CYCLE + DAY)
    with_: dict[str, Any] = {"as_at": CYCLE + 2 * DAY, "settings": asked.settings}
    with pytest.raises(QueryError, match=f"{name} is closed \\(resolved\\); ask again to open it"):
        accept(SLUG, name, post=TEAM, reason="Fine.", **with_)
    with pytest.raises(QueryError, match="is closed"):
        answer_for(SLUG, name, said_by=HEAD, words="Yes.", post=TEAM, **with_)
    state = ask_again(SLUG, name, post=TEAM, words="Is it really?", **with_)
    assert (state.state, kinds(state), state.since) == ("open", ["asked", "resolved", "reopened"], CYCLE + 2 * DAY)


def test_a_plan_action_is_accepted_without_a_day(asked: Council) -> None:
    """Nothing of a plan action is ever withheld, so there is nothing to let through."""
    june = APRIL.plus(2)
    at = datetime(2024, 7, 12, 6, tzinfo=UTC)
    validate(asked, at, a_finding(rule_id="action.overdue", kpi_ref=None, action_ref="A1"), period=june)
    state = the_query(asked, at, "A1")
    assert (state.period, state.period_label) == ("2024-25-Q1", "quarter 1 2024/25")
    with pytest.raises(QueryError, match="of which nothing is withheld"):
        accept(SLUG, state.query_id, post=TEAM, reason="Fine.", let_through_until=date(2024, 8, 1), as_at=at, settings=asked.settings)
    assert find_query(SLUG, state.query_id, as_at=at, settings=asked.settings) == state


def test_the_board_is_told_once_of_what_stays_unresolved(asked: Council) -> None:
    """Ten working days after it was asked an unresolved query is on the board's list; its post is written to once."""
    answer_in_a_form(asked, CYCLE + DAY, the_query(asked, CYCLE, "37").query_id, "It is right.")
    evening_before, due = datetime(2024, 5, 28, 20, tzinfo=UTC), datetime(2024, 5, 29, 6, tzinfo=UTC)  # the 27th is a bank holiday
    moments = [evening_before, due, due, due + DAY]
    told = [escalate_queries(SLUG, as_at=moment, settings=asked.settings) for moment in moments]
    assert [(each.unresolved, each.listed, each.newly_listed) for each in told] == [(2, 0, 0), (2, 2, 2), (2, 2, 0), (2, 2, 0)]
    (letter,) = mail(asked, "board_queries")
    assert (letter.recipient, letter.message["Date"]) == (post_of(asked, "corporate-leadership-team"), "Wed, 29 May 2024 06:00:00 +0000")
    words = " ".join(letter.text.split())
    assert "2 queries are still unresolved 10 working days after they were asked." in words
    assert "It lies with: Performance team" in words
    assert "The figure is withheld." in words
    assert "Head of Libraries answered: It is right." in words
    assert [state.is_on_board_list for state in queries(asked, due)] == [True, True]


def test_a_long_list_stays_within_what_mail_programs_show(asked: Council) -> None:
    """Of a hundred queries the letter counts all and tells of the first forty; the page has the rest."""
    refs = [kpi.kpi_ref for kpi in open_workspace(SLUG, asked.settings).register.kpis(APRIL)]
    validate(asked, CYCLE + DAY, *(a_finding(ref, rule) for ref in refs for rule in (TOO_LOW, LARGE_MOVEMENT)))
    told = escalate_queries(SLUG, as_at=datetime(2024, 6, 3, 6, tzinfo=UTC), settings=asked.settings)
    (letter,) = mail(asked, "board_queries")
    assert told.newly_listed > 100
    assert letter.subject.startswith(f"See to {told.newly_listed} unresolved queries")
    assert f"The other {told.newly_listed - 40} are on the performance team's page of queries." in letter.text
    html = letter.message.get_body(("html",))
    assert html is not None
    assert len(html.get_content()) < 100_000


def test_a_reopened_query_is_listed_anew(asked: Council) -> None:
    """Closed, a query leaves the list; reopened, it has the whole time again and is then told of again."""
    due = datetime(2024, 5, 29, 6, tzinfo=UTC)
    escalate_queries(SLUG, as_at=due, settings=asked.settings)
    validate(asked, due + DAY)
    assert escalate_queries(SLUG, as_at=due + DAY, settings=asked.settings).listed == 0
    validate(asked, due + 2 * DAY, a_finding())
    assert escalate_queries(SLUG, as_at=due + 5 * DAY, settings=asked.settings).listed == 0
    assert escalate_queries(SLUG, as_at=due + 16 * DAY, settings=asked.settings).newly_listed == 1
    assert len(mail(asked, "board_queries")) == 2


def test_nobody_is_told_on_a_day_the_council_does_not_work(asked: Council) -> None:
    """On a Saturday the list is as long as it is, and Monday's run writes the letter."""
    saturday, monday = datetime(2024, 6, 1, 6, tzinfo=UTC), datetime(2024, 6, 3, 6, tzinfo=UTC)
    assert [escalate_queries(SLUG, as_at=at, settings=asked.settings).newly_listed for at in (saturday, monday)] == [0, 2]
