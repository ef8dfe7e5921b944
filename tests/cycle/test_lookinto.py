"""Deep-dive packs: written when a KPI becomes due one, or when somebody asks; what is in them, and what the linter finds in them."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, MAY, insert, mail, table
from pmf.assurance.linter import lint_looked_into
from pmf.assurance.lookedinto import load_looked_into
from pmf.cycle.editions import editions_at
from pmf.cycle.linting import lint_documents
from pmf.cycle.lookinto import LookedInto, look_into_reds, write_pack
from pmf.cycle.workspace import open_workspace
from pmf.period import Month
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import rating

KPI = "220"
JUNE, JULY = Month(2024, 6), Month(2024, 7)
COMMENT = "Two posts were vacant.\nPath to green: both are advertised. Owner: Head of Regulatory Services. By 30 June 2024."


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample's history and one KPI that is red again in April and restated since, its pack written; to be copied."""
    council = council_at(tmp_path_factory.mktemp("begun") / "home")
    council.begin()
    figure = {"kpi_ref": KPI, "period": APRIL.key, "comment": COMMENT, "file_hash": "f" * 64, "sequence": 0}
    noon = datetime(2024, 5, 8, 12, tzinfo=UTC)
    received = {"file_hash": "f" * 64, "file_name": "f.xlsx", "size_bytes": 1, "sequence": 0, "sender": None, "inbox_period": APRIL.key}
    received |= {"outcome": "accepted", "period": APRIL.key, "service_id": "registration", "is_late": False, "channel": "form"}
    insert(council, "received_file", received | {"received_at": noon, "needs_release": False})
    first = {"version_id": "a", "value": Decimal("69.5"), "status": "final", "source": "return", "recorded_at": noon}
    again = {"version_id": "b", "value": Decimal(71), "status": "restated", "source": "return", "recorded_at": noon + timedelta(hours=1)}
    insert(council, "observation", figure | first, figure | again | {"reason": "Two registers were counted late."})
    rate(council, APRIL)
    look(council, APRIL)
    return council.settings.home


@pytest.fixture
def council(begun: Path, tmp_path: Path) -> Council:
    """The council of ``begun`` in a home of its own."""
    return council_at(Path(shutil.copytree(begun, tmp_path / "home")))


def rate(council: Council, month: Month, status: str = "red", **columns: Any) -> None:
    texts = {column.name: "" for column in rating.c if not column.nullable and column.name != "organisation"}
    row = texts | {
        "kpi_ref": KPI,
        "period": month.key,
        "policy_id": council.teller.profile.policy_id(month),
        "as_at": council.teller.profile.cycle_at(month),
        "status": status,
        "value": Decimal(71),
        "target": "95",
        "is_provisional": False,
        "months_used": month.key,
        "previous_period": month.previous.key,
        "reason": "71.0% against a target of 95%: more than 10% is red.",
        "reds_in_a_row": 37 if status == "red" else 0,
        "is_deep_dive": status == "red",
        "comment": COMMENT,
        "trend": "Rising, getting better",
    }
    insert(council, "rating", row | columns)


def look(council: Council, month: Month) -> LookedInto:
    return look_into_reds(SLUG, month, as_at=council.teller.profile.cycle_at(month), settings=council.settings)


def pack(council: Council, ending: str, month: Month = APRIL) -> Path:
    return council.settings.outbox / SLUG / month.key / "deep-dives" / f"deep-dive-{KPI}.{ending}"


def content(council: Council) -> dict[str, Any]:
    """Give the pack's sections by heading."""
    document = json.loads(pack(council, "json").read_bytes())
    return {section["heading"]: section["blocks"] for section in document["sections"]}


def words(blocks: list[dict[str, Any]]) -> list[str]:
    return ["".join(run["text"] for run in block["runs"]) for block in blocks if block["kind"] == "paragraph"]


def test_a_pack_is_written_when_the_deep_dive_begins(council: Council) -> None:
    """The first month in which the rule holds has the pack, in all formats; the months after it have none while the reds go on."""
    assert sorted(path.suffix for path in pack(council, "pdf").parent.iterdir()) == [
        ".csv", ".docx", ".html", ".json", ".ods", ".pdf", ".xlsx",
    ]  # fmt: skip
    rate(council, MAY)
    assert look(council, MAY).packs == 0
    rate(council, JUNE, "green")
    assert look(council, JUNE).packs == 0
    rate(council, JULY)
    assert look(council, JULY).packs == 1


def test_a_month_without_a_figure_is_no_new_beginning(council: Council) -> None:
    """A month that has no colour neither ends a deep dive nor makes the next red a new one."""
    rate(council, MAY, "awaiting_data", value=None, reds_in_a_row=None, is_deep_dive=None, months_used="")
    rate(council, JUNE)
    assert look(council, JUNE).packs == 0


def test_its_people_get_it_once(council: Council) -> None:
    """Holder, deputy, head of service, director and performance team are sent the PDF; the same run again sends nothing."""
    letters = mail(council, "deep_dive")
    assert len(letters) == 5
    assert all(set(letter.attachments) == {f"deep-dive-{KPI}.pdf"} for letter in letters)
    look(council, APRIL)
    assert len(mail(council, "deep_dive")) == 5


def test_a_pack_says_what_is_known(council: Council) -> None:
    """Standing, history, comments, corrections with their reason, and the plan are there, each count with its list."""
    sections = content(council)
    assert "is red for the 37th month running" in words(sections["Where it stands"])[0]
    history = next(block for block in sections["History"] if block["kind"] == "table")
    reds = sum(row[3]["status"] == "red" for row in history["rows"])
    assert words(sections["History"]) == [f"Of the last {len(history['rows'])} months, {reds} are red:"]
    assert history["rows"][0][0]["text"] == "April 2024"
    assert any(block["kind"] == "chart" for block in sections["History"])
    assert words(sections["What the service has said"]) == ["1 comment in the last 12 months:"]
    (corrections,) = (block for block in sections["What was corrected"] if block["kind"] == "bullets")
    (correction,) = ("".join(run["text"] for run in item["runs"]) for item in corrections["items"])
    assert correction == ("April 2024: reported 69.5%, corrected to 71.0% on 8 May 2024, because: Two registers were counted late.")
    assert words(sections["What is planned"])[0].startswith("What the service says it will do: both are advertised.")


def test_a_pack_can_be_asked_for(council: Council) -> None:
    """Any KPI that was rated in a month can have a pack, which says that it was asked for; one that was not has none."""
    rate(council, MAY, "green")
    at = council.teller.profile.cycle_at(MAY) + timedelta(days=1)
    paths = write_pack(SLUG, MAY, kpi_ref=KPI, as_at=at, settings=council.settings)
    assert len(paths) == 7
    assert "This pack was asked for." in pack(council, "html", MAY).read_text(encoding="utf-8")
    with pytest.raises(KeyError):
        write_pack(SLUG, MAY, kpi_ref="36", as_at=at, settings=council.settings)


def test_a_pack_is_no_document_to_sign_or_publish(council: Council) -> None:
    """It is noted in the warehouse, and never among the documents that are signed off and published."""
    assert {row["document_id"] for row in table(council, "document")} == {f"deep-dive-{KPI}"}
    assert editions_at(open_workspace(SLUG, council.settings), APRIL, council.teller.profile.cycle_at(APRIL)) == {}


def test_the_same_inputs_give_the_same_bytes(council: Council) -> None:
    """A pack that is written again is the same to the byte, in every format."""
    before = {path.name: path.read_bytes() for path in pack(council, "pdf").parent.iterdir()}
    look(council, APRIL)
    assert {path.name: path.read_bytes() for path in pack(council, "pdf").parent.iterdir()} == before


def test_the_linter_finds_nothing_wrong_with_it(council: Council) -> None:
    """Every format that can be read says what the warehouse says."""
    at = council.teller.profile.cycle_at(APRIL) + timedelta(days=1)
    linted = lint_documents(SLUG, APRIL, as_at=at, settings=council.settings)
    assert (linted.documents, linted.files, linted.problems) == (1, 3, ())


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("1 comment in the last", "2 comments in the last", "list"),
        ("1 figure stated anew", "3 figures stated anew", "count"),
        ("71.0%", "81.0%", "figure"),
        ("24 are red", "23 are red", "count"),
        ("Two posts were vacant.", "One post was vacant.", "commentary"),
    ],
)
def test_the_linter_catches_what_is_changed(council: Council, before: str, after: str, kind: str) -> None:
    """A count, a figure or a comment that is edited in the finished page is named."""
    page = pack(council, "html").read_text(encoding="utf-8")
    assert before in page
    workspace = open_workspace(SLUG, council.settings)
    with reading(workspace.engine) as connection:
        known = load_looked_into(
            connection,
            workspace.register,
            APRIL,
            document_id=f"deep-dive-{KPI}",
            as_at=council.teller.profile.cycle_at(APRIL),
            sql_root=council.settings.sql,
        )
    assert known is not None
    assert lint_looked_into({"html": page.encode()}, known) == ()
    problems = lint_looked_into({"html": page.replace(before, after).encode()}, known)
    assert kind in {problem.mismatch.kind.value for problem in problems}
