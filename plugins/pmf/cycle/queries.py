"""What a validation asks of services: which findings open a query, what becomes of those that were open before.

Pure but for loading and saving: threads and findings in, threads out. A thread says what happened and no more: what is found
again unchanged adds nothing, so a validation can be repeated, and one that a later one has overtaken adds nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.querythread import PIPELINE, Key, Kind, State, Thread, asked_with, found_in, load_threads, name_query
from pmf.cycle.telling import kind_of, period_of
from pmf.cycle.workspace import Workspace
from pmf.finding import Finding, Severity
from pmf.period import Month, Quarter
from pmf.validation.checks import EVERY_ROW
from pmf.validation.gate import is_waived
from pmf.validation.points import Checked
from pmf.validation.suites import Rule, load_suite

# The suites whose findings are put to a service as queries. A form that is missing or cannot be used is chased, a template is
# signed, and what is wrong with the register or with a rating is no service's to answer.
ASKING_SUITES = ("cell", "observation", "commentary", "actioncell", "action", "panelcell", "panel")


@dataclass(frozen=True)
class Problem:
    """What one rule found of one KPI, plan action or line of a panel: usually one finding, sometimes one in each of several cells."""

    key: Key
    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding that stands for all."""
        return self.findings[0]

    @property
    def severity(self) -> Severity:
        """The gravest severity of its findings."""
        return max((item.severity for item in self.findings), key=lambda severity: severity is Severity.CRITICAL)

    @property
    def text(self) -> str:
        """What is wrong, in words."""
        return " ".join(dict.fromkeys(item.message for item in self.findings))

    @property
    def found(self) -> str | None:
        """What was found, printable."""
        return found_in(item.found for item in self.findings)

    @property
    def evidence(self) -> dict[str, Any]:
        """Say what was found, and where, for a step of the thread."""
        return {
            "severity": self.severity,
            "found": self.found,
            "file_hash": self.first.file_hash,
            "cell": self.first.where or None if self.first.cell else None,
        }


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a validation saw that matters to queries.

    ``problems`` are those that stand, ``waived`` says of those that are waived by which post and how; ``asked`` names the rules
    that were asked and answered: of any other nothing is known now. ``senders`` maps files to who sent them.
    """

    at: datetime
    problems: Mapping[Key, Problem]
    waived: Mapping[Key, tuple[str, str]]
    asked: AbstractSet[str]
    senders: Mapping[str, str]


def asking_rules(suites: Path) -> dict[str, Rule]:
    """Map the rules whose findings become queries to what the suites say of them, in the suites' order."""
    rules = (rule for name in ASKING_SUITES for rule in load_suite(suites / f"{name}.json").rules)
    return {rule.rule_id: rule for rule in rules if rule.meta.opens_query}


def problems_of(findings: Iterable[Finding], rules: Mapping[str, Rule], period: Month | Quarter, point: str) -> dict[Key, Problem]:
    """Gather the findings that are put to services by what they are about; a plan action's is about its quarter, a line's its month."""
    gathered: dict[Key, tuple[Finding, ...]] = {}
    for item in findings:
        subject = item.kpi_ref or item.action_ref
        if item.rule_id in rules and subject and item.service_id:
            of = period if item.kpi_ref else period_of(period.months[-1], kind_of(item.rule_id))
            key = Key(of.key, point, item.rule_id, subject)
            gathered[key] = (*gathered.get(key, ()), item)
    return {key: Problem(key, items) for key, items in gathered.items()}


def follow_up(threads: Sequence[Thread], seen: Seen, name: Callable[[Key], str]) -> list[Thread]:
    """Take every thread on to what a validation saw, and open one for each problem that has none; give all by query_id.

    The order is that in which they are loaded, so that a validation that is run again says the same in the same order.
    """
    known = {thread.key for thread in threads}
    opened = [_open(problem, seen.at, name(key)) for key, problem in seen.problems.items() if key not in known]
    followed = [*(_continue(thread, seen) for thread in threads), *opened]
    return sorted(followed, key=lambda thread: thread.query_id)


def _open(problem: Problem, at: datetime, query_id: str) -> Thread:
    first = problem.first
    thread = Thread(query_id=query_id, key=problem.key, kpi_ref=first.kpi_ref, service_id=str(first.service_id))
    return _ask(thread, Kind.ASKED, problem, at)


def _ask(thread: Thread, kind: Kind, problem: Problem, at: datetime) -> Thread:
    return thread.then(kind, author=PIPELINE, text=problem.text, at=at, **problem.evidence)


def _continue(thread: Thread, seen: Seen) -> Thread:
    problem, waived = seen.problems.get(thread.key), seen.waived.get(thread.key)
    if thread.state is State.CLOSED:
        return _ask(thread, Kind.REOPENED, problem, seen.at) if problem and _reopens(thread, problem) else thread
    if problem is not None:
        return _still_found(thread, problem, seen)
    if waived is not None:
        return thread.then(Kind.ACCEPTED, author=waived[0], text=waived[1], at=seen.at)
    if thread.key.rule_id in seen.asked:
        return thread.then(Kind.RESOLVED, author=PIPELINE, text="No longer found.", at=seen.at)
    return thread


def _reopens(thread: Thread, problem: Problem) -> bool:
    """Tell whether a problem opens a closed query again: an accepted one only with another figure, or when its waiver has ended."""
    if thread.last.kind is not Kind.ACCEPTED:
        return True
    return problem.found != thread.evidence.found or problem.severity is Severity.CRITICAL


def _still_found(thread: Thread, problem: Problem, seen: Seen) -> Thread:
    """Go on with a query whose problem stands: what was sent in since, and that it was asked again."""
    before, file_hash = thread.evidence, problem.first.file_hash
    is_another_file = file_hash is not None and before.file_hash is not None and file_hash != before.file_hash
    is_changed = (problem.found, problem.severity) != (before.found, before.severity)
    if thread.state is State.ANSWERED and (thread.last.file_hash == file_hash or problem.found == before.found):
        return thread  # the answer is about just this, and waits to be judged
    if is_another_file:
        sender = seen.senders.get(str(file_hash), PIPELINE)
        words = f"Sent in again: {problem.found}." if is_changed and problem.found else "Sent in again, unchanged in this."
        thread = thread.then(Kind.ANSWERED, author=sender, text=words, at=seen.at, file_hash=file_hash)
    elif not is_changed:
        return thread
    return _ask(thread, Kind.ASKED_AGAIN, problem, seen.at)


def load_followed_up(
    workspace: Workspace, connection: Connection, *, period: Month | Quarter, point: str, at: datetime, checked: Checked
) -> tuple[list[Thread], Mapping[Key, Problem]]:
    """Take the queries of a period on to what a validation of it found; give all their threads, and the problems that stand."""
    rules = asking_rules(workspace.settings.expectations)
    standing = [item for item in checked.findings if not is_waived(item, checked.waived)]
    problems = problems_of(standing, rules, period, point)
    threads = load_threads(workspace, connection, as_at=at, periods=asked_with(period.key))
    names = {row["query_id"]: Key(*(row[name] for name in Key._fields)) for row in workspace.read(connection, "query_names")}
    seen = Seen(
        at=at,
        problems=problems,
        waived=_waived(workspace, connection, period, problems_of(checked.findings, rules, period, point), problems, at),
        asked=_asked(checked),
        senders=_senders(workspace, connection, problems.values()),
    )

    def name(key: Key) -> str:
        query_id = name_query(workspace.organisation, key, names)
        names[query_id] = key
        return query_id

    # A month's ratings say nothing of the quarter's; of the quarter only the plan actions are looked at with a month.
    own = [t for t in threads if t.key.point == point and (t.key.period == period.key or t.kpi_ref is None)]
    return follow_up(own, seen, name), problems


def _waived(
    workspace: Workspace,
    connection: Connection,
    period: Month | Quarter,
    found: Mapping[Key, Problem],
    standing: Mapping[Key, Problem],
    at: datetime,
) -> dict[Key, tuple[str, str]]:
    """Say of each problem that is waived which post waived it, and with what words."""
    rows = workspace.read(connection, "waivers_at", period=period.key, as_at=at)
    by_rule = {(row["rule_id"], row["kpi_ref"]): row for row in rows}
    waived = {}
    for key, problem in found.items():
        row = by_rule.get((key.rule_id, problem.first.kpi_ref or EVERY_ROW))
        if key not in standing and row is not None:
            waived[key] = (row["post"], f"Waived: {row['reason']}")
    return waived


def _asked(checked: Checked) -> frozenset[str]:
    """Name the rules that gave an answer: one that could not run, or was not asked for want of a tool, has cleared nothing."""
    rules = (rule for suite in checked.results.values() for rule in suite["results"])
    return frozenset(rule["rule_id"] for rule in rules if rule["success"] is not None and not rule["exception"])


def _senders(workspace: Workspace, connection: Connection, problems: Iterable[Problem]) -> dict[str, str]:
    hashes = sorted({problem.first.file_hash for problem in problems if problem.first.file_hash})
    rows = workspace.read(connection, "senders_of_files", file_hashes=hashes) if hashes else []
    return {row["file_hash"]: row["sender"] for row in rows if row["sender"]}
