"""The twenty faults: what is injected, and which tests inject it, here and in the rooms that a fault belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A row: its number, what goes wrong, how it is made to, and the tests (files, or tests of them) that must then pass."""

    number: int
    name: str
    injected: str
    tests: tuple[str, ...]

    def is_tested_by(self, node: str) -> bool:
        """Tell whether a test, by its pytest node id, is one of this fault's."""
        return any(node == test or node.startswith((f"{test}::", f"{test}[")) for test in self.tests)


FAULTS: Sequence[Fault] = (
    Fault(
        1,
        "A finished month is run again",
        "each stage again by itself, the last first; then the whole month and its paper three times",
        (
            "tests/faults/test_again.py::test_what_is_done_again_changes_nothing",
            "tests/cycle/test_month.py::test_a_month_run_again_changes_nothing",
        ),
    ),
    Fault(
        2,
        "Killed in a stage",
        "kill -9 before commits, fsyncs, renames and links of all 15 stages, looking at the half-done state, on both databases",
        ("tests/faults/test_kills.py",),
    ),
    Fault(
        3,
        "Killed while publishing",
        "100 kills -9 at the writes of publications, beside a process that hashes the live site",
        (
            "tests/cycle/test_kill_publication.py",
            "tests/website/test_release.py",
            "tests/store/test_store.py::test_a_reader_never_sees_a_torn_file",
        ),
    ),
    Fault(
        4,
        "The disk is full",
        "files limited to twenty sizes (RLIMIT_FSIZE) in every stage; a full file system under a publication",
        ("tests/faults/test_disk_full.py", "tests/store/test_store.py::test_no_room_is_said_plainly_and_changes_nothing"),
    ),
    Fault(
        5,
        "The database goes away",
        "PostgreSQL killed -9 at commits; its connections dropped at statements of all 15 stages",
        (
            "tests/faults/test_database_lost.py",
            "tests/warehouse/test_engine.py::test_a_lost_connection_leaves_all_or_nothing",
            "tests/warehouse/test_engine.py::test_a_killed_server_leaves_all_or_nothing",
        ),
    ),
    Fault(
        6,
        "One file delivered 64 times at once",
        "64 names, 8 processes taking them in together, on both databases",
        (
            "tests/cycle/test_hostile.py::test_one_file_sixty_four_times_at_once_counts_once",
            "tests/store/test_store.py::test_processes_that_put_the_same_file_make_one",
        ),
    ),
    Fault(
        7,
        "Two runs of one period together",
        "every stage by two processes at the same moment, on both databases",
        ("tests/faults/test_again.py::test_two_runs_of_one_period_end_like_one",),
    ),
    Fault(
        8,
        "A return after deadline or publication",
        "business clock after the deadline; a figure for a period that is published",
        (
            "tests/cycle/test_collect.py::test_late_is_after_the_deadline_and_a_correction_of_a_return_in_time_is_not",
            "tests/cycle/test_collect.py::test_a_cycle_is_due_for_what_came_in_after_its_date",
            "tests/validation/test_returns.py::test_a_late_return_is_flagged_unless_replaced",
            "tests/cycle/test_publicsite.py::test_a_kpi_page_shows_what_was_published_and_how_it_was_corrected",
        ),
    ),
    Fault(
        9,
        "A past month is restated",
        "a second version of a workbook, and corrections entered by hand",
        (
            "tests/cycle/test_asof.py",
            "tests/cycle/test_collect.py::test_a_corrected_file_supersedes_and_the_past_can_be_asked_for",
            "tests/cycle/test_told.py::test_a_figure_corrected_since_the_paper_before_is_told_once",
        ),
    ),
    Fault(
        10,
        "Hostile and damaged files",
        "every file of `nasty_files/` (reference data) through the real inbox; 1,000 forms with flipped bytes, 150 garbled ones",
        (
            "tests/cycle/test_hostile.py::test_every_odd_file_ends_and_harms_no_other",
            "tests/form/test_damage.py",
            "tests/form/test_preflight.py",
            "tests/source/test_damage.py",
        ),
    ),
    Fault(
        11,
        "A form somebody has tampered with",
        "random edits as people make them: moved, copied, merged, renamed, in another unit, of another month",
        ("tests/form/test_edits.py", "tests/form/test_signature.py"),
    ),
    Fault(
        12,
        "Clocks and time zones",
        "five time zones of the machine, nights on which clocks change, leap days, a worker in New York",
        (
            "tests/faults/test_clocks.py::test_every_date_is_the_same_wherever_the_worker_stands",
            "tests/faults/test_clocks.py::test_a_month_lived_through_elsewhere_is_the_same",
            "tests/faults/test_clocks.py::test_the_hour_stays_the_hour_when_the_clocks_change",
            "tests/house/test_sources.py::test_only_the_edge_of_the_house_reads_the_clock",
            "tests/orchestration/test_timetables.py",
        ),
    ),
    Fault(
        13,
        "Bank holidays",
        "forty awkward dates of GOV.UK's list: Good Fridays, substitute days, one-off holidays",
        ("tests/faults/test_clocks.py::test_a_bank_holiday_is_no_working_day", "tests/cycle/test_chase.py::test_christmas_moves_the_steps"),
    ),
    Fault(
        14,
        "The mail server fails",
        "down, slow, busy, refusing one recipient, dying after DATA; the sender killed at any moment",
        ("tests/mail/test_smtp.py", "tests/mail/test_dispatch.py", "tests/cycle/test_send.py"),
    ),
    Fault(
        15,
        "Missing and extra data",
        "no return, half of one, unknown and retired KPIs, no target, no month before, zero denominators",
        (
            "tests/cycle/test_validate.py::test_a_service_that_returned_nothing_is_told_so",
            "tests/validation/test_returns.py",
            "tests/validation/test_observations.py",
            "tests/cycle/test_rate.py",
            "tests/rating/test_cases.py",
        ),
    ),
    Fault(
        16,
        "One document or check raises or hangs",
        "a renderer that raises, one that does not return, a check that breaks",
        ("tests/faults/test_hanging.py", "tests/validation/test_run.py"),
    ),
    Fault(
        17,
        "Small counts are worked out",
        "tables made at random against a solver; canaries searched for in every public byte",
        ("tests/reporting/disclosure", "tests/cycle/test_disclosure.py"),
    ),
    Fault(
        18,
        "Injection",
        "payloads in comments, titles, names and addresses, read back from pages, PDFs, workbooks and letters",
        ("tests/e2e/test_injection.py", "tests/cycle/test_collect.py::test_a_link_is_not_followed"),
    ),
    Fault(
        19,
        "State that was altered or lost",
        "releases deleted, edited, turned back; half a warehouse; an older one; a template gone",
        (
            "tests/faults/test_corrupted.py",
            "tests/cycle/test_verifying.py",
            "tests/cycle/test_publicsite.py::test_a_warehouse_older_than_the_site_publishes_nothing",
        ),
    ),
    Fault(
        20,
        "Load and soak",
        "the month's cycle over and over in one process (12 times; 200 in a full run)",
        ("tests/faults/test_soak.py",),
    ),
)
# The checker that all of this rests on is itself put to the test.
OF_THE_CHECKER = "tests/faults/test_invariants.py"
