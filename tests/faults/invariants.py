"""Seven promises, checked by a program that knows nothing of pmf: it reads the database in plain SQL, and files.

I1 every accepted file counts exactly once; I2 what is published is whole, and each document of it from one run; I3 the same
inputs give the same bytes; I4 nothing unapproved or suppressed is public; I5 every figure that is published traces to its cell,
its file and the rules it was rated by; I6 every file received ends accepted, or refused with a reason told; I7 one letter at most
for a person, an event and a version.

``check`` looks at one state, at rest or half-way; ``fingerprint`` names a state, so that two can be compared (the other half of I3).
No module of the package is imported here, and none may be: a test looks.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
_HALF_WRITTEN = ".tmp-"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Checked:
    """What was looked at (how many, by what) and every breach, with its invariant before it."""

    counts: Row
    breaches: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in a line."""
        looked = ", ".join(f"{count} {what}" for what, count in self.counts.items() if count)
        return f"{looked or 'nothing yet'}: {'; '.join(self.breaches) or 'I1-I7 hold'}"


@dataclass(frozen=True)
class State:
    """An installation as it lies there: its home folder, and every table read once."""

    home: Path
    tables: dict[str, list[Row]]

    def rows(self, table: str, **where: Any) -> list[Row]:
        """List a table's rows that have these values."""
        return [row for row in self.tables.get(table, ()) if all(row[name] == value for name, value in where.items())]

    def stored(self, digest: str) -> Path:
        """Name the file of the store with this hash."""
        return self.home / "store" / digest[:2] / digest[2:]


def check(home: Path, url: str, *, at_rest: bool = True) -> Checked:
    """Hold an installation against the seven promises. ``at_rest`` False: tasks may be half-way, so nothing has had to be done yet."""
    state = State(home, read_tables(url))
    rules = [counted_once, published_whole, named_by_their_bytes, approved_and_public, traced, told_once]
    breaches = [f"I{number} {what}" for rule in rules for number, what in rule(state)]
    if at_rest:
        breaches += [f"I{number} {what}" for number, what in ended(state)]
    counts = {
        "files received": len(state.rows("received_file")),
        "figures": len(state.rows("observation", source="return")),
        "documents": len({(row["period"], row["document_id"], row["as_at"]) for row in state.rows("document")}),
        "releases": len(state.rows("site_release")),
        "letters": len(state.rows("mail_queue")),
    }
    return Checked(counts, tuple(breaches))


def fingerprint(home: Path, url: str, *, but_for: Collection[str] = ()) -> dict[str, str]:
    """Name every table and every file by what it holds, but for columns that may differ; what is half-written is left out.

    The databases' own files are left out too.
    """
    left_out = dict.fromkeys(but_for)
    tables = {
        f"table {name}": _digest("\n".join(sorted(json.dumps(row | left_out, sort_keys=True, default=str) for row in rows)).encode())
        for name, rows in read_tables(url).items()
    }
    return tables | {f"file {path.relative_to(home)}": _digest(path.read_bytes()) for path in _files(home)}


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Name what is not in both states, or not the same in both."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


Breaches = Iterator[tuple[int, str]]


def counted_once(state: State) -> Breaches:
    """I1: an accepted file is accepted once, and states one figure a KPI, of one of its own lines."""
    accepted = Counter((row["organisation"], row["file_hash"]) for row in state.rows("received_file", outcome="accepted"))
    for (_, file_hash), count in accepted.items():
        if count > 1:
            yield 1, f"{_short(file_hash)} was accepted {count} times"
    stated = Counter((row["organisation"], row["file_hash"], row["kpi_ref"], row["period"]) for row in _returned(state))
    for (_, file_hash, kpi_ref, period), count in stated.items():
        if count > 1:
            yield 1, f"{_short(file_hash)} counts {count} times for {kpi_ref} in {period}"
    lines = defaultdict(list)
    for row in state.rows("returned_line"):
        lines[row["organisation"], row["file_hash"], row["kpi_ref"]].append(row)
    for row in _returned(state):
        key = row["organisation"], row["file_hash"], row["kpi_ref"]
        if key[:2] not in accepted or len(lines[key]) != 1:
            yield 1, f"the figure of {row['kpi_ref']} for {row['period']} is of no accepted line of {_short(row['file_hash'])}"
    figured = {(row["organisation"], row["file_hash"], row["kpi_ref"]) for row in state.rows("observation")}
    for key, own in lines.items():
        if key not in figured and any(row["value"] is not None for row in own) and _form_of_services(state, own[0]):
            yield 1, f"{_short(key[1])} gives a figure for {key[2]} that counts nowhere"


def _returned(state: State) -> list[Row]:
    return state.rows("observation", source="return")


def _form_of_services(state: State, line: Row) -> bool:
    """Tell whether a line's file came in as a form: what a declared source gives of other KPIs is nobody's figure."""
    return any(row["channel"] == "form" for row in state.rows("received_file", file_hash=line["file_hash"], outcome="accepted"))


def published_whole(state: State) -> Breaches:
    """I2: the live release is exactly what its manifest says, the last one recorded, and each document in it is of one run."""
    for site in sorted((state.home / "published").glob("*")):
        recorded = {row["digest"]: row for row in state.rows("site_release", organisation=site.name)}
        yield from ((2, what) for what in _chain(site.name, recorded))
        link = site / "current"
        if not link.is_symlink():
            continue
        folder = link.resolve()
        if not (folder / "manifest.json").is_file():
            yield 2, f"{site.name}: what is live has no manifest"
            continue
        yield from ((2, f"{site.name}: {what}") for what in _torn(folder))
        if folder.name not in recorded:
            yield 2, f"{site.name}: what is live is recorded nowhere"
        for item in json.loads((folder / "manifest.json").read_bytes())["publications"]:
            runs = _runs_with(state, site.name, item)
            if not runs:
                yield 2, f"{site.name}: {item['document_id']} of {item['period']} is not the work of one run"


def _torn(folder: Path) -> Iterator[str]:
    manifest = (folder / "manifest.json").read_bytes()
    if _digest(manifest) != folder.name:
        yield f"the release {folder.name[:12]} is not named after its manifest"
    listed = {file["path"]: file["sha256"] for file in json.loads(manifest)["files"]}
    found = {str(path.relative_to(folder)): _digest(path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
    found.pop("manifest.json")
    for path in sorted(listed.keys() | found.keys()):
        if listed.get(path) != found.get(path):
            yield f"{path} is not as it was published"


def _chain(organisation: str, recorded: dict[str, Row]) -> Iterator[str]:
    before = None
    for number, row in enumerate(sorted(recorded.values(), key=lambda row: row["number"]), start=1):
        manifest = json.loads(row["manifest"])
        if (row["number"], manifest["previous"], _digest(row["manifest"].encode())) != (number, before, row["digest"]):
            yield f"{organisation}: the chain of releases is broken at {row['digest'][:12]}"
        before = row["digest"]


def _runs_with(state: State, organisation: str, item: Row) -> list[str]:
    """List the runs that made exactly this edition, all its formats."""
    runs: dict[str, dict[str, str]] = defaultdict(dict)
    for row in state.rows("document", organisation=organisation, period=item["period"], document_id=item["document_id"]):
        runs[row["as_at"]][row["format"]] = row["content_hash"]
    return [as_at for as_at, hashes in runs.items() if hashes == item["hashes"]]


def named_by_their_bytes(state: State) -> Breaches:
    """I3: every file of the store holds the bytes it is named after, and every finished document is there."""
    for path in _files(state.home / "store"):
        if _digest(path.read_bytes()) != path.parent.name + path.name:
            yield 3, f"{_short(path.parent.name + path.name)} of the store holds other bytes"
    for row in state.rows("document"):
        if not state.stored(row["content_hash"]).exists():
            yield 3, f"{row['document_id']}.{row['format']} of {row['period']} is not in the store"


def approved_and_public(state: State) -> Breaches:
    """I4: what is published was signed off as it is, beforehand, and tells nothing that was suppressed or is internal."""
    internal = _internal_kpis(state)
    for site in sorted((state.home / "published").glob("*")):
        live = (site / "current").resolve()
        if not (live / "manifest.json").is_file():
            continue
        for item in json.loads((live / "manifest.json").read_bytes())["publications"]:
            if not _is_signed(state, site.name, item):
                yield 4, f"{item['document_id']} of {item['period']} went out without a sign-off"
            if item["document_id"].endswith("-internal"):
                yield 4, f"{item['document_id']} is internal"
            for kpi_ref, figure in _suppressed(state, site.name, item):
                if any(_tells(state, digest, kpi_ref, figure) for name, digest in item["hashes"].items() if name == "csv"):
                    yield 4, f"{item['document_id']} tells the suppressed figure of {kpi_ref}"
        for kpi_ref in sorted(internal[site.name]):
            if (live / "kpi" / f"{kpi_ref}.html").exists():
                yield 4, f"{kpi_ref} is internal and has a public page"


def _is_signed(state: State, organisation: str, item: Row) -> bool:
    named = "\x1f".join(sorted(f"{name}:{digest}" for name, digest in item["hashes"].items()))
    own = state.rows("sign_off", organisation=organisation, period=item["period"], document_id=item["document_id"])
    published = _moment(item["published_at"])
    return any(row["content_digest"] == _digest(named.encode())[:16] and _moment(row["signed_at"]) <= published for row in own)


def _suppressed(state: State, organisation: str, item: Row) -> Iterator[tuple[str, Decimal]]:
    """Give what a run left out of its public editions: the KPI, and the figure that nobody may read there."""
    made_at = _moment(item["made_at"])
    for row in state.rows("suppression", organisation=organisation, period=item["period"], part="value"):
        if _moment(row["as_at"]) == made_at:
            rated = state.rows("rating", organisation=organisation, period=item["period"], kpi_ref=row["kpi_ref"], as_at=row["as_at"])
            yield from ((row["kpi_ref"], Decimal(found["value"])) for found in rated if found["value"] is not None)


def _tells(state: State, digest: str, kpi_ref: str, figure: Decimal) -> bool:
    """Tell whether a table about a KPI, or its line of one, shows a figure; its target may be the same number."""
    lines = csv.DictReader(state.stored(digest).read_text(encoding="utf-8-sig").splitlines())
    return any(
        line["kind"] == "Cell" and line["column"] != "Target" and _number(line["value"]) == figure
        for line in lines
        if re.search(rf"(^|\s){re.escape(kpi_ref)}[\s:]", f"{line['heading']} {line['row_name']} ")
    )


def _internal_kpis(state: State) -> dict[str, set[str]]:
    newest: dict[tuple[str, str], Row] = {}
    digests = {row["digest"]: row["recorded_at"] for row in state.rows("register_snapshot")}
    for row in sorted(state.rows("kpi_definition"), key=lambda row: (digests.get(row["register_digest"], ""), row["valid_from"])):
        newest[row["organisation"], row["kpi_ref"]] = row
    internal: dict[str, set[str]] = defaultdict(set)
    for (organisation, kpi_ref), row in newest.items():
        if not row["is_public"]:
            internal[organisation].add(kpi_ref)
    return internal


def traced(state: State) -> Breaches:
    """I5: a rated figure of a published edition names its rules, and the cell and file of every month it was made of."""
    for site in sorted((state.home / "published").glob("*")):
        manifest = site / "current" / "manifest.json"
        for item in json.loads(manifest.read_bytes())["publications"] if manifest.is_file() else ():
            for row in state.rows("rating", organisation=site.name, period=item["period"]):
                if row["value"] is not None and _moment(row["as_at"]) == _moment(item["made_at"]):
                    yield from (
                        (5, f"{row['kpi_ref']} in {item['document_id']} of {item['period']}: {what}") for what in _untraced(state, row)
                    )


def _untraced(state: State, rating: Row) -> Iterator[str]:
    if missing := [name for name in ("code_version", "register_digest", "policy_digest", "policy_id") if not rating[name]]:
        yield f"no {', '.join(missing)}"
    for month in filter(None, str(rating["months_used"]).split(",")):
        own = state.rows("observation", organisation=rating["organisation"], kpi_ref=rating["kpi_ref"], period=month)
        known = [row for row in own if _moment(row["recorded_at"]) <= _moment(rating["as_at"])]
        if not known:
            yield f"no figure is recorded for {month}"
            continue
        last = max(known, key=lambda row: (_moment(row["recorded_at"]), row["sequence"]))
        if not last["cell"]:
            yield f"the figure of {month} names no cell"
        if _DIGEST.fullmatch(last["file_hash"]) and not state.stored(last["file_hash"]).exists():
            yield f"the file of {month}'s figure is not in the store"


def ended(state: State) -> Breaches:
    """I6: what lies in the inbox is known by its bytes, kept, and where it does not count, refused with a reason that was told."""
    known = {row["file_hash"] for row in state.rows("received_file")}
    for path in _files(state.home / "inbox"):
        if not path.is_symlink() and _digest(path.read_bytes()) not in known and not path.name.startswith((".", "~$")):
            yield 6, f"{path.name} lies in the inbox and nobody has looked at it"
    told = Counter((row["organisation"], row["event_subject"]) for row in state.rows("mail_queue", event="unreadable"))
    for row in state.rows("received_file"):
        if row["outcome"] not in ("accepted", "rejected", "quarantined"):
            yield 6, f"{row['file_name']} ended as {row['outcome']!r}"
        if _DIGEST.fullmatch(row["file_hash"]) and not state.stored(row["file_hash"]).exists():
            yield 6, f"{row['file_name']} was received and is not kept"
        if row["outcome"] != "accepted":
            if not (row["problem"] and row["message"] and row["fix"]):
                yield 6, f"{row['file_name']} was refused without a reason"
            if not told[row["organisation"], row["file_hash"][:16]]:
                yield 6, f"nobody was told that {row['file_name']} was refused"


def told_once(state: State) -> Breaches:
    """I7: a person gets one letter about a version of an event, and what was delivered is what was queued, once."""
    key = ("organisation", "event", "event_subject", "recipient", "version")
    for about, count in Counter(tuple(row[name] for name in key) for row in state.rows("mail_queue")).items():
        if count > 1:
            yield 7, f"{about[3]} has {count} letters about {about[1]} {about[2]}"
    states = {row["message_id"]: row["state"] for row in state.rows("mail_queue")}
    delivered = Counter(
        str(message_from_bytes(path.read_bytes())["Message-ID"]) for name in ("new", "cur") for path in _files(state.home / "mail" / name)
    )
    for message_id, count in delivered.items():
        if count > 1:
            yield 7, f"{message_id} was delivered {count} times"
        if message_id not in states:
            yield 7, f"{message_id} was delivered and never queued"


def read_tables(url: str) -> dict[str, list[Row]]:
    """Read every table of a database, on SQLite or PostgreSQL, with values that are alike on both."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")  # one state of all tables
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: _plain(connection.execute(f"SELECT * FROM {name}")) for name in names}  # noqa: S608 - names of tables
    with psycopg.connect(url.replace("+psycopg", ""), row_factory=dict_row) as server:
        server.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        # A partition's rows are read with its table's.
        tables = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
        names = [row["relname"] for row in server.execute(tables).fetchall()]
        return {name: _plain(server.execute(f"SELECT * FROM {name}".encode())) for name in names}  # noqa: S608 - names of tables


def _plain(rows: Iterable[Any]) -> list[Row]:
    return [{name: _value(row[name]) for name in row.keys()} for row in rows]  # noqa: SIM118 - a Row of sqlite3 has keys only when asked


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes | memoryview):
        return _digest(bytes(value))
    return int(value) if isinstance(value, bool) else str(value) if isinstance(value, Decimal) else value


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.startswith("warehouse.db")
        and not any(part.startswith(_HALF_WRITTEN) for part in path.relative_to(folder).parts)
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _short(file_hash: str) -> str:
    return file_hash[:12]


if __name__ == "__main__":  # python tests/faults/invariants.py HOME [DATABASE URL]
    home = Path(sys.argv[1])
    checked = check(home, sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{home.absolute() / 'warehouse.db'}")
    sys.stdout.write(f"{checked}\n")
    sys.exit(bool(checked.breaches))
