"""Reminders of what is missing: who is told when, in one letter, never twice, and no longer than needed."""

from __future__ import annotations

import mailbox
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cycle import desk
from cycle.chasing import chasing_council, morning, mornings, open_collection, receive, release
from cycle.council import SLUG, Council
from cycle.desk import APRIL, MAY, mail
from pmf.cycle.asked import Asked
from pmf.cycle.chase import Call, Part, plan, steps_told
from pmf.cycle.collect import scan_inbox
from pmf.cycle.reminder import Reminder
from pmf.cycle.send import send_mail
from pmf.form.model import Kind
from pmf.period import Month, Quarter
from pmf.register import Profile, Register, load_register
from pmf.warehouse.tables import observation
from table_rows import row

# April's returns are due at 17:00 on Thursday 9 May 2024; Monday 6 May is a bank holiday.
LIBRARIES = ("head-of-libraries", "libraries-performance-officer", "service-director-of-communities")


def at(day: int, hour: int = 6, month: int = 5, year: int = 2024) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """April opened on SQLite; nothing returned."""
    council = chasing_council(tmp_path)
    open_collection(council, APRIL)
    return council


@pytest.fixture
def both(tmp_path: Path, warehouse_url: str) -> Council:
    """The same on each of the two databases."""
    council = chasing_council(tmp_path, warehouse_url=warehouse_url)
    open_collection(council, APRIL)
    return council


def return_all_but(council: Council, *service_ids: str, month: Month = APRIL) -> None:
    for service in council.teller.profile.services:
        if service.id not in service_ids:
            receive(council, month, service.id, council.teller.profile.opens_at(month) + timedelta(hours=1))


def told(council: Council) -> list[tuple[str, str]]:
    """Each reminder as its day and the name in its address."""
    return [(str(item.message["Date"].datetime.date()), item.recipient.partition("@")[0]) for item in mail(council, "chase")]


def listed(text: str) -> list[str]:
    """What a letter lists, line by line: "Libraries: April 2024 figures"."""
    return [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]


def test_each_step_tells_its_posts_on_its_day(both: Council) -> None:
    """Holder, deputy, head, director and board are told on their own working days, and nobody on any other day."""
    return_all_but(both, "libraries")
    mornings(both, at(6), 12)
    assert told(both) == [
        ("2024-05-07", "head-of-libraries"),
        ("2024-05-09", "head-of-libraries"),
        ("2024-05-10", "head-of-libraries"),
        ("2024-05-10", "libraries-performance-officer"),
        ("2024-05-14", "service-director-of-communities"),
        ("2024-05-15", "executive-director-of-strategy-and-partnerships"),
        ("2024-05-16", "corporate-leadership-team"),
    ]


def test_an_officer_gets_one_letter_for_all_services(council: Council) -> None:
    """Whoever heads three services reads about the three in one letter, with who was reminded of each and when."""
    return_all_but(council, "libraries", "adult-skills", "communities")
    mornings(council, at(7), 8)
    (letter,) = [item for item in mail(council, "chase") if item.recipient.startswith("service-director-of-communities")]
    assert letter.subject == "See to 3 missing returns for April 2024 – Cambridgeshire County Council"
    assert listed(letter.text) == [
        "Libraries: April 2024 figures",
        "Adult Skills: April 2024 figures",
        "Communities and Domestic Abuse: April 2024 figures",
    ]
    assert "Not returned: Strategy and Partnerships" in letter.text
    assert "Reminded: Head of Libraries on 7 May, 9 May and 10 May; Libraries Performance Officer on 10 May\r\n" in letter.text


def test_months_due_on_one_day_are_one_letter(tmp_path: Path) -> None:
    """An officer late with one month and due with the next reads about both in one letter."""

    def edit(profile: dict[str, Any]) -> None:
        profile["chase"] = [{"working_days": -2, "to": ["holder"]}, {"working_days": 20, "to": ["holder"]}]

    council = chasing_council(tmp_path, edit=edit)
    for month in (APRIL.previous, APRIL):
        open_collection(council, month)
        return_all_but(council, "libraries", month=month)
    morning(council, at(9))
    (letter,) = mail(council, "chase")
    assert letter.subject == "Overdue: return 2 forms for March 2024 and April 2024 – Cambridgeshire County Council"
    assert listed(letter.text) == ["Libraries: March 2024 figures", "Libraries: April 2024 figures"]
    assert "Deadline: 5pm Thursday 9 May 2024 (due today)" in letter.text
    assert "cambridgeshire-2024-03-libraries.xlsx, sent out on 2 April 2024" in letter.text
    assert mornings(council, at(10), 3)[-1].letters == 0


def test_nothing_is_told_twice(both: Council) -> None:
    """A step's run repeated at any later moment writes nothing, also when services have returned in between."""
    assert morning(both, at(10)).letters > 10
    before = told(both)
    receive(both, APRIL, "libraries", at(10, 8))
    assert [morning(both, moment).letters for moment in (at(10), at(10, 9), at(10, 20), at(13))] == [0, 0, 0, 0]
    assert told(both) == before


def test_an_earlier_step_is_not_told_after_a_later_one(council: Council) -> None:
    """A run whose clock is set back reminds nobody of what they know better by now."""
    morning(council, at(10))
    assert morning(council, at(7)).letters == 0


def test_a_missed_morning_is_made_up_for(council: Council) -> None:
    """When the first run comes late, everybody whom a step has named by then is told, once, by one letter each."""
    return_all_but(council, "libraries")
    morning(council, at(15))
    assert sorted(post for _, post in told(council)) == sorted((*LIBRARIES, "executive-director-of-strategy-and-partnerships"))
    assert mornings(council, at(16), 1)[0].letters == 1  # the board, on its own day


def test_it_stops_when_the_return_is_in(both: Council) -> None:
    """A service that has returned is asked about no more, however late it returned."""
    return_all_but(both, "libraries", "highways")
    morning(both, at(9))
    receive(both, APRIL, "libraries", at(9, 20))
    mornings(both, at(10), 10)
    assert {post for day, post in told(both) if day > "2024-05-09" and "librar" in post} == set()
    assert ("2024-05-10", "highways-performance-officer") in told(both)


def test_it_stops_when_every_step_is_used(council: Council) -> None:
    """A month opened long ago is not taken up again, not even by a council that begins to chase today."""
    assert sum(item.letters for item in mornings(council, at(1, month=7), 3)) == 0


def test_a_month_that_was_not_opened_is_not_chased(council: Council) -> None:
    """Nobody is reminded of a form that was never sent out."""
    assert sum(item.letters for item in mornings(council, at(6, month=6), 5)) == 0


def test_christmas_moves_the_steps(tmp_path: Path) -> None:
    """Steps skip bank holidays and closure days, and nobody is written to on one: what was missed waits for the new year."""

    def edit(profile: dict[str, Any]) -> None:
        profile["chase"] = [{"working_days": days, "to": ["holder"]} for days in (10, 11, 12)]
        profile["calendar"]["closure_days"] = ["2024-12-27", "2024-12-30", "2024-12-31"]

    november = Month(2024, 11)
    council = chasing_council(tmp_path, edit=edit)
    open_collection(council, november)
    return_all_but(council, "libraries", month=november)
    assert council.teller.profile.deadline(november).date() == date(2024, 12, 9)
    morning(council, at(23, month=12))
    mornings(council, at(25, month=12), 14)  # the run of Christmas Eve fails
    assert [day for day, _ in told(council)] == ["2024-12-23", "2025-01-02"]


def test_the_day_is_the_councils_own(council: Council) -> None:
    """Half past midnight in London is the day of the step, though it is the day before in Greenwich."""
    assert morning(council, datetime(2024, 5, 6, 22, 30, tzinfo=UTC)).letters == 0
    assert morning(council, datetime(2024, 5, 6, 23, 30, tzinfo=UTC)).letters > 0


def test_a_refused_file_is_missing_and_said_to_be(tmp_path: Path) -> None:
    """Who sent a form for the wrong month, or a file nobody can read, is asked again and pointed to our message."""
    council = chasing_council(tmp_path)
    for month in (APRIL, MAY):
        council.open(month)
    desk.drop(council, APRIL, "mine.xlsx", desk.filled(council, MAY, "libraries"))
    desk.drop(council, APRIL, "cambridgeshire-2024-04-highways.xlsx", b"no workbook")
    scan_inbox(SLUG, as_at=at(8, 12), settings=council.settings)
    morning(council, at(9))
    letters = {item.recipient.partition("@")[0]: item.text for item in mail(council, "chase")}
    for post in ("head-of-libraries", "head-of-highways"):
        assert "We could not use what you sent: see our message of 8 May 2024." in letters[post]
    assert "could not use" not in letters["head-of-education-and-inclusion"]


def test_a_return_that_waits_is_asked_of_whoever_releases_it(tmp_path: Path) -> None:
    """Once the return is in, its holder is left alone and the releasing post is reminded, until it has released it."""
    council = chasing_council(tmp_path, edit=lambda profile: profile.update(returns_released_by="head"))
    open_collection(council, APRIL)
    return_all_but(council, "libraries")
    file_hash = receive(council, APRIL, "libraries", at(7, 12), needs_release=True)
    assert mornings(council, at(9), 2)[0].as_dict() == {"missing": 0, "awaiting_release": 1, "incomplete": 0, "letters": 1}
    assert told(council) == [("2024-05-09", LIBRARIES[2]), ("2024-05-10", LIBRARIES[2])]
    letter = mail(council, "chase")[0]
    assert letter.subject == "Release the April 2024 figures – Libraries"
    assert listed(letter.text) == ["Libraries: April 2024 figures, received on 7 May 2024"]
    release(council, APRIL, file_hash, at(10, 12))
    mornings(council, at(11), 10)
    assert len(told(council)) == 2


def test_figures_that_came_another_way_are_not_asked_for(council: Council) -> None:
    """A service all of whose figures the performance team has keyed is asked for nothing; an import answers for nobody."""
    refs = [kpi.kpi_ref for kpi in register(council).due(APRIL, "highways")]
    file_hash = receive(council, APRIL, "highways", at(7), channel="entry:all")
    for number, ref in enumerate(refs):
        desk.insert(council, "observation", observed(ref, file_hash, "entry", number))
    for number, kpi in enumerate(register(council).due(APRIL, "libraries")):
        desk.insert(council, "observation", observed(kpi.kpi_ref, "import", "import", number))
    morning(council, at(9))
    posts = {post for _, post in told(council)}
    assert "head-of-highways" not in posts
    assert "head-of-libraries" in posts


def test_posts_that_share_an_address_are_one_officer(tmp_path: Path) -> None:
    """A team's mailbox that stands for holder and deputy gets one letter, as does a head who holds a service too."""

    def edit(profile: dict[str, Any]) -> None:
        for post in profile["posts"]:
            if post["id"] in LIBRARIES:
                post["email"] = "libraries@cambridgeshire.example"

    council = chasing_council(tmp_path, edit=edit)
    open_collection(council, APRIL)
    return_all_but(council, "libraries", "adult-skills")
    morning(council, at(14))
    (letter,) = [item for item in mail(council, "chase") if item.recipient == "libraries@cambridgeshire.example"]
    assert letter.subject == "Overdue: return your April 2024 figures – Libraries"
    assert listed(letter.text) == ["Libraries: April 2024 figures", "Adult Skills: April 2024 figures"]


def test_who_holds_and_heads_is_told_at_the_steps_of_both(tmp_path: Path) -> None:
    """An officer who is named again by a higher step is reminded again at it, still as the one who returns the form."""

    def edit(profile: dict[str, Any]) -> None:
        for directorate in profile["directorates"]:
            for service in directorate["services"]:
                service["head"] = service["holder"]

    council = chasing_council(tmp_path, edit=edit)
    open_collection(council, APRIL)
    return_all_but(council, "libraries")
    for day in (10, 14):
        morning(council, at(day))
    own = [item for item in mail(council, "chase") if item.recipient.startswith("head-of-libraries")]
    assert [item.subject for item in own] == ["Overdue: return your April 2024 figures – Libraries"] * 2


def test_plan_actions_are_chased_the_same_way(tmp_path: Path) -> None:
    """A quarter's form of plan actions is asked for beside the figures of its last month, until it is in."""
    council = chasing_council(tmp_path)
    actions = "action_ref,valid_from,title,service_id\nA1,2024-04-01,Open the new library,libraries\n"
    (council.settings.organisations / SLUG / "actions.csv").write_text(actions, encoding="utf-8")
    june, quarter = Month(2024, 6), Quarter(2024, 1)
    for period in (june, quarter):
        open_collection(council, period)
    return_all_but(council, "libraries", month=june)
    morning(council, at(5, month=7))
    assert listed(mail(council, "chase")[0].text) == ["Libraries: June 2024 figures", "Libraries: quarter 1 2024/25 plan actions"]
    receive(council, quarter, "libraries", at(5, 12, month=7), channel="actions")
    mornings(council, at(8, month=7), 4)
    last = mail(council, "chase")[-1]
    assert listed(last.text) == ["Libraries: June 2024 figures"]


def test_letters_are_sent_once(council: Council) -> None:
    """What is queued is delivered; sending after the same step again delivers nothing more."""
    for hour in (6, 7):
        letters = morning(council, at(7, hour)).letters
        assert send_mail(SLUG, as_at=at(7, hour), settings=council.settings).sent == letters
    assert len(mailbox.Maildir(council.settings.mail)) == len(told(council)) == 14


def test_the_trackers_are_renewed(council: Council) -> None:
    """The month's page says after a run that its services were chased, and leaves a row in the log book."""
    morning(council, at(9))
    page = (council.settings.outbox / SLUG / APRIL.key / "returns.html").read_text(encoding="utf-8")
    assert "Chased" in page
    assert [run["period"] for run in desk.table(council, "stage_run", stage="chase")] == [APRIL.key]


def test_a_run_repeated_leaves_the_same_rows_and_bytes(council: Council) -> None:
    """The same morning twice changes no row and no byte."""
    morning(council, at(10))
    before = council.state()
    morning(council, at(10))
    assert council.state() == before


def test_subjects_say_what_to_do(council: Council) -> None:
    """The subject tells one form due from one late."""
    return_all_but(council, "libraries")
    for day in (7, 10):
        morning(council, at(day))
    assert [item.subject for item in mail(council, "chase")][:2] == [
        "Return your April 2024 figures by 5pm Thursday 9 May 2024 – Libraries",
        "Overdue: return your April 2024 figures – Libraries",
    ]


SERVICES = ("libraries", "adult-skills", "communities", "highways")
PERIODS = (APRIL, MAY, Quarter(2024, 1))
DAYS = 30


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    return chasing_council(
        tmp_path_factory.mktemp("profile"), edit=lambda profile: profile.update(returns_released_by="head")
    ).teller.profile


def asked(profile: Profile, period: Month | Quarter, service_id: str, *, is_in: bool, is_waiting: bool) -> Asked:
    return Asked(
        service=profile.service(service_id),
        period=period,
        kind=Kind.KPIS if isinstance(period, Month) else Kind.ACTIONS,
        deadline=profile.deadline(period.months[-1]),
        due_refs=("1",),
        in_force={} if is_in else None,
        waiting={} if is_waiting else None,
        refused=None,
        arrived_at=None,
        answers={},
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    runs=st.lists(st.integers(0, 2), min_size=DAYS, max_size=DAYS),
    arrivals=st.lists(st.tuples(st.integers(0, DAYS + 9), st.integers(0, 9)), min_size=12, max_size=12),
)
def test_over_any_days_nobody_is_told_twice(profile: Profile, runs: list[int], arrivals: list[tuple[int, int]]) -> None:
    """Whatever days runs happen on and returns come in: no officer hears twice of a step, or of a service that has returned."""
    forms = [(period, service_id) for period in PERIODS for service_id in SERVICES]
    heard: list[Reminder] = []
    for day, count in enumerate(runs):
        today = date(2024, 5, 1) + timedelta(days=day)
        for _ in range(count):
            items = [
                asked(profile, *form, is_in=arrived + wait <= day, is_waiting=arrived <= day < arrived + wait)
                for form, (arrived, wait) in zip(forms, arrivals, strict=True)
            ]
            calls = plan(profile, items, today=today, told=steps_told(heard))
            assert_called_rightly(calls)
            heard += [
                Reminder(period, days, profile.post(post).email, datetime.combine(today, datetime.min.time(), tzinfo=UTC))
                for post, own in calls.items()
                for period, days in {(call.asked.period.key, call.working_days) for call in own}
            ]
    repeated = [key for key, times in Counter((item.recipient, item.period, item.working_days) for item in heard).items() if times > 1]
    assert repeated == []


def assert_called_rightly(calls: dict[str, list[Call]]) -> None:
    for post, own in calls.items():
        assert len({(call.asked.period, call.asked.service.id) for call in own}) == len(own)
        for call in own:
            assert call.asked.in_force is None
            assert (call.part is Part.RELEASE) == (call.asked.waiting is not None)
            assert call.part is not Part.RELEASE or post == call.asked.service.head


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    runs=st.lists(st.integers(0, 2), min_size=14, max_size=14),
    arrivals=st.lists(st.integers(0, 18), min_size=len(SERVICES), max_size=len(SERVICES)),
)
def test_the_letters_hold_to_it(tmp_path_factory: pytest.TempPathFactory, runs: list[int], arrivals: list[int]) -> None:
    """The same of the letters themselves: one of a step to an address, naming only services that have not returned."""
    council = chasing_council(tmp_path_factory.mktemp("letters"))
    open_collection(council, APRIL)
    return_all_but(council, *SERVICES)
    names = {council.teller.profile.service(service_id).name: arrived for service_id, arrived in zip(SERVICES, arrivals, strict=True)}
    for day, count in enumerate(runs):
        for service_id, arrived in zip(SERVICES, arrivals, strict=True):
            if arrived == day:
                receive(council, APRIL, service_id, at(5) + timedelta(days=day))
        for run in range(count):
            morning(council, at(5, 8 + run) + timedelta(days=day))
    letters = desk.table(council, "mail_queue", event="chase")
    subjects = Counter((letter["recipient"], letter["event_subject"]) for letter in letters)
    assert set(subjects.values()) <= {1}
    for letter in mail(council, "chase"):
        day = (letter.message["Date"].datetime.date() - date(2024, 5, 5)).days
        assert all(names[line.partition(":")[0]] > day for line in listed(letter.text))


def register(council: Council) -> Register:
    return load_register(council.settings.organisations / SLUG)


def observed(kpi_ref: str, file_hash: str, source: str, number: int) -> dict[str, Any]:
    return row(
        observation,
        organisation=SLUG,
        kpi_ref=kpi_ref,
        period=APRIL.key,
        version_id=f"{source}{number}",
        file_hash=file_hash,
        source=source,
        status="final",
        recorded_at=at(7),
        value=Decimal(1),
    )
