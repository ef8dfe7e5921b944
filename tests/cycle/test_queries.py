"""Which findings become queries, and what a validation adds to their threads: rules in the small, then whole histories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.cycle.queries import Problem, Seen, asking_rules, follow_up, problems_of
from pmf.cycle.querythread import Key, Kind, State, Thread, name_query
from pmf.finding import Dimension, Finding, Scope, Severity
from pmf.period import Month
from pmf.settings import read_settings

MONTH = Month(2024, 9)
KEY = Key("2024-09", "returns", "observation.below_minimum", "36")
NOON = datetime(2024, 10, 14, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TEAM = "performance-team"
FIRST_FILE, SECOND_FILE = "file-1", "file-2"


def a_finding(**changes: object) -> Finding:
    usual: dict[str, object] = {
        "rule_id": KEY.rule_id,
        "severity": Severity.CRITICAL,
        "scope": Scope.ROW,
        "dimension": Dimension.VALIDITY,
        "message": "The figure is below the smallest that is plausible.",
        "fix": "Correct it.",
        "kpi_ref": "36",
        "service_id": "libraries",
        "file_hash": FIRST_FILE,
        "sheet": "Return",
        "cell": "G7",
        "found": "3",
    }
    return Finding(**(usual | changes))  # type: ignore[arg-type]


def seen(at: datetime, *findings: Finding, waived: Mapping[Key, tuple[str, str]] | None = None, asked: bool = True) -> Seen:
    """What a validation saw that found just this."""
    problems: dict[Key, Problem] = {}
    for item in findings:
        key = KEY._replace(rule_id=item.rule_id, subject=str(item.kpi_ref))
        problems[key] = Problem(key, (*problems[key].findings, item) if key in problems else (item,))
    rules = {KEY.rule_id} if asked else set()
    return Seen(at=at, problems=problems, waived=waived or {}, asked=rules, senders={SECOND_FILE: "head-of-libraries"})


def after(*validations: Seen, threads: Iterable[Thread] = ()) -> Thread:
    """The one thread after some validations."""
    followed = list(threads)
    for validation in validations:
        followed = follow_up(followed, validation, lambda key: name_query("council", key, {}))
    (thread,) = followed
    return thread


def kinds(thread: Thread) -> list[str]:
    return [event.kind.value for event in thread.events]


ASKED = seen(NOON, a_finding())


def test_a_finding_opens_a_query() -> None:
    """The query says what was found, where, in which file and how gravely, and lies with the service."""
    thread = after(ASKED)
    (event,) = thread.events
    assert (thread.state, thread.kpi_ref, thread.service_id, thread.opened_at) == (State.OPEN, "36", "libraries", NOON)
    assert (event.kind, event.author, event.severity, event.found) == (Kind.ASKED, "pmf", Severity.CRITICAL, "3")
    assert (event.file_hash, event.cell, event.text) == (FIRST_FILE, "Return!G7", "The figure is below the smallest that is plausible.")


def test_queries_come_in_the_order_of_their_names_whatever_was_found_first() -> None:
    """What a validation opens and what the same validation, run again, finds opened already is told in one order."""
    found = [a_finding(kpi_ref=ref) for ref in ("36", "37", "138", "220", "221")]
    opened = follow_up([], seen(NOON, *found), lambda key: name_query("council", key, {}))
    again = follow_up(opened[::-1], seen(NOON, *found[::-1]), lambda key: name_query("council", key, {}))
    assert again == opened == sorted(opened, key=lambda thread: thread.query_id)


def test_the_same_problem_adds_nothing() -> None:
    """Found again in the same file, it is the same query with the same thread."""
    assert after(ASKED, seen(NOON + DAY, a_finding())) == after(ASKED)


def test_what_is_sent_in_again_and_still_wrong_is_answered_and_asked_again() -> None:
    """Another file with the problem is its sender's answer, and the question stands, with what was found now."""
    thread = after(ASKED, seen(NOON + DAY, a_finding(file_hash=SECOND_FILE, found="5")))
    assert kinds(thread) == ["asked", "answered", "asked_again"]
    assert (thread.events[1].author, thread.events[1].text) == ("head-of-libraries", "Sent in again: 5.")
    assert (thread.state, thread.evidence.found, thread.asked_at) == (State.OPEN, "5", NOON)
    unchanged = after(ASKED, seen(NOON + DAY, a_finding(file_hash=SECOND_FILE)))
    assert unchanged.events[1].text == "Sent in again, unchanged in this."


def test_what_is_no_longer_found_is_resolved_and_found_again_reopened() -> None:
    """Gone, the query is closed; back, it is open, and the days to the board's list count anew."""
    gone = seen(NOON + DAY)
    assert kinds(after(ASKED, gone)) == ["asked", "resolved"]
    assert after(ASKED, gone).state is State.CLOSED
    back = after(ASKED, gone, seen(NOON + 2 * DAY, a_finding()))
    assert kinds(back) == ["asked", "resolved", "reopened"]
    assert (back.state, back.asked_at) == (State.OPEN, NOON + 2 * DAY)


def test_a_rule_that_was_not_asked_resolves_nothing() -> None:
    """A check that could not run, or had no dictionary, says nothing of its queries."""
    assert after(ASKED, seen(NOON + DAY, asked=False)) == after(ASKED)


def test_words_in_answer_wait_to_be_judged() -> None:
    """An answer stands while just what it is about is found; another figure from another file is asked about again."""
    answered = after(ASKED).then(Kind.ANSWERED, author="head-of-libraries", text="It is right.", at=NOON + DAY, file_hash=SECOND_FILE)
    same_file = seen(NOON + 2 * DAY, a_finding(file_hash=SECOND_FILE, found="5"))
    same_figure = seen(NOON + 2 * DAY, a_finding(file_hash="file-3"))
    other = seen(NOON + 2 * DAY, a_finding(file_hash="file-3", found="7"))
    assert after(same_file, threads=[answered]).state is State.ANSWERED
    assert after(same_figure, threads=[answered]).state is State.ANSWERED
    assert kinds(after(other, threads=[answered])) == ["asked", "answered", "answered", "asked_again"]


def accepted(severity: Severity) -> Thread:
    return after(seen(NOON, a_finding(severity=severity))).then(
        Kind.ACCEPTED, author=TEAM, text="Checked by telephone.", at=NOON + DAY, severity=severity, found="3"
    )


def test_what_was_accepted_stays_accepted_until_the_figure_changes() -> None:
    """The same figure, even from another file, is not asked about again; another one is."""
    thread = accepted(Severity.WARNING)
    same = seen(NOON + 2 * DAY, a_finding(severity=Severity.WARNING, file_hash=SECOND_FILE))
    assert after(same, threads=[thread]) == thread
    other = seen(NOON + 2 * DAY, a_finding(severity=Severity.WARNING, found="4"))
    assert kinds(after(other, threads=[thread])) == ["asked", "accepted", "reopened"]


def test_a_waiver_closes_a_query_and_its_end_reopens_it() -> None:
    """Waived, a failing figure's query is accepted in the words of the waiver; once it stands again it is open again."""
    waived = seen(NOON + DAY, waived={KEY: (TEAM, "Waived: the system was down.")})
    thread = after(ASKED, waived)
    assert (kinds(thread), thread.last.author, thread.last.text) == (["asked", "accepted"], TEAM, "Waived: the system was down.")
    assert after(ASKED, waived, waived) == thread
    assert kinds(after(ASKED, waived, seen(NOON + 5 * DAY, a_finding()))) == ["asked", "accepted", "reopened"]


def test_several_cells_of_one_rule_are_one_query() -> None:
    """What one rule finds in two cells of a KPI is one question; the gravest decides whether it fails."""
    rules = asking_rules(read_settings({}).expectations)
    found = [
        a_finding(severity=Severity.WARNING, cell="H7", found="b", message="One."),
        a_finding(cell="I7", found="a", message="Two."),
    ]
    (problem,) = problems_of(found, rules, MONTH, "returns").values()
    assert (problem.text, problem.found, problem.severity, problem.first.cell) == ("One. Two.", "a; b", Severity.CRITICAL, "H7")
    assert problems_of(reversed(found), rules, MONTH, "returns")[KEY].found == "a; b"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, KEY),
        ({"rule_id": "action.overdue", "kpi_ref": None, "action_ref": "7"}, Key("2024-25-Q2", "returns", "action.overdue", "7")),
        ({"rule_id": "commentary.too_short"}, KEY._replace(rule_id="commentary.too_short")),
        ({"rule_id": "commentary.misspelt"}, None),
        ({"rule_id": "observation.withdrawn"}, None),
        ({"rule_id": "file.accepted", "kpi_ref": None}, None),
        ({"rule_id": "return.came_in", "kpi_ref": None}, None),
        ({"rule_id": "register.template_unsigned"}, None),
        ({"rule_id": "rating.status_known"}, None),
        ({"rule_id": "cell.row_known", "kpi_ref": None}, None),
    ],
)
def test_what_is_put_to_services(changes: dict[str, object], key: Key | None) -> None:
    """Findings about a figure, a comment or a plan action are; wording is only told, forms, templates and ratings are other people's."""
    rules = asking_rules(read_settings({}).expectations)
    assert list(problems_of([a_finding(**changes)], rules, MONTH, "returns")) == ([key] if key else [])


def test_a_name_is_short_and_never_given_twice() -> None:
    """A query's name is always the same, has no letter that is taken for a digit, and makes way where it is taken."""
    name = name_query("council", KEY, {})
    assert name == name_query("council", KEY, {name: KEY})
    assert (len(name), set("ILOU") & set(name)) == (8, set())
    other = name_query("council", KEY, {name: KEY._replace(subject="37")})
    assert other != name
    assert other == name_query("council", KEY, {name: KEY._replace(subject="37"), other: KEY})


@dataclass(frozen=True)
class Sight:
    """What one validation of a history sees of one KPI: nothing, or a figure out of bounds in some file."""

    figure: str | None
    file: str


SIGHTS = st.lists(st.builds(Sight, st.sampled_from([None, "3", "5"]), st.sampled_from([FIRST_FILE, SECOND_FILE])), min_size=1, max_size=6)


def run(history: Sequence[Sight], order: Iterable[int]) -> list[Thread]:
    """Run the validations of a history in some order, each as it does: from what is known at its moment, unless a later one has run."""
    threads: list[Thread] = []
    latest = -1
    for number in order:
        if number < latest:
            continue
        latest, sight = number, history[number]
        found = [a_finding(found=sight.figure, file_hash=sight.file)] if sight.figure else []
        threads = follow_up(threads, seen(NOON + number * DAY, *found), lambda key: name_query("council", key, {}))
    return threads


@given(history=SIGHTS, data=st.data())
def test_any_order_and_repetition_leaves_one_truthful_thread(history: list[Sight], data: st.DataObject) -> None:
    """However often and in whatever order a history is validated, the thread tells how the last validation found things, once."""
    numbers = range(len(history))
    order = [*data.draw(st.lists(st.sampled_from(numbers), max_size=10)), numbers[-1]]
    threads = run(history, order)
    assert threads == run(history, [*order, *order, *numbers])
    last = history[-1]
    if not threads:
        assert last.figure is None
        return
    (thread,) = threads
    assert (thread.state is State.CLOSED) == (last.figure is None)
    if last.figure:
        assert (thread.evidence.found, thread.evidence.file_hash) == (last.figure, last.file)
    moments = [(event.recorded_at, event.sequence) for event in thread.events]
    assert moments == sorted(set(moments))
    assert kinds(thread)[0] == "asked"
    assert kinds(thread).count("asked") == 1
    openings = [kind for kind in kinds(thread) if kind in ("asked", "resolved", "reopened")]
    assert all((first == "resolved") != (second == "resolved") for first, second in pairwise(openings))
