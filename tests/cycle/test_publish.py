"""Publishing: what is signed off goes onto the site, whole, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import insert, table
from pmf.cycle.publish import NothingToSignError, Published, publish_signed_off, sign_off_documents
from pmf.period import Quarter
from pmf.store import put

Q2 = Quarter(2024, 2)
EXPORTED = datetime(2024, 10, 14, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Council:
    """A council whose documents are a few bytes each: what the linter finds in real ones is proved in tests/assurance."""
    monkeypatch.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
    return council_at(tmp_path / "home")


def issue(council: Council, at: datetime = EXPORTED, **documents: str) -> None:
    """Note finished documents as an export does: two formats each, their bytes in the store."""
    for name, text in documents.items():
        document_id = name.replace("_", "-")
        for ending in ("html", "pdf"):
            digest = put(council.settings.store, f"{text}.{ending}".encode())
            row = {
                "period": Q2.key,
                "document_id": document_id,
                "format": ending,
                "as_at": at,
                "title": document_id,
                "content_hash": digest,
                "path": f"outbox/{document_id}.{ending}",
            }
            insert(council, "document", row | dict.fromkeys(("code_version", "lock_digest", "register_digest", "policy_digest"), "x"))


def sign(council: Council, at: datetime) -> tuple[str, ...]:
    post = council.teller.profile.performance_team
    return sign_off_documents(SLUG, Q2, post=post, reason="Read and agreed.", as_at=at, settings=council.settings)


def publish(council: Council, at: datetime) -> Published:
    return publish_signed_off(SLUG, Q2, as_at=at, settings=council.settings)


def live(council: Council) -> dict[str, str]:
    """Read the documents that are live, without the site's own pages."""
    folder = council.settings.published / SLUG / "current" / Q2.key
    documents = (path for path in sorted(folder.glob("*")) if path.stem not in {"index", "waivers"})
    return {path.name: path.read_text(encoding="utf-8") for path in documents}


def test_nothing_unsigned_is_published(council: Council) -> None:
    """Finished papers that nobody has signed off stay off the site and are named as waiting."""
    issue(council, paper_a="A", paper_b="B")
    published = publish(council, EXPORTED + HOUR)
    assert (published.published, published.waiting) == (0, ("paper-a", "paper-b"))
    assert published.folder == f"published/{SLUG}/current/2024-25-Q2"
    assert live(council) == {}


def test_what_is_signed_off_is_published_in_every_format(council: Council) -> None:
    """After the sign-off every format of every paper is live, byte for byte what was signed."""
    issue(council, paper_a="A", paper_b="B")
    assert sign(council, EXPORTED + HOUR) == ("paper-a", "paper-b")
    assert publish(council, EXPORTED + 2 * HOUR).published == 2
    assert live(council) == {"paper-a.html": "A.html", "paper-a.pdf": "A.pdf", "paper-b.html": "B.html", "paper-b.pdf": "B.pdf"}
    (row,) = table(council, "sign_off", document_id="paper-a")
    assert (row["post"], row["reason"]) == ("governance-and-performance-team", "Read and agreed.")


def test_a_sign_off_counts_from_when_it_was_given(council: Council) -> None:
    """A publication with an earlier clock does not know a sign-off that was given later."""
    issue(council, paper_a="A")
    sign(council, EXPORTED + 2 * HOUR)
    assert publish(council, EXPORTED + HOUR).published == 0


def test_a_changed_document_needs_a_new_sign_off_and_its_signed_edition_stays(council: Council) -> None:
    """A paper rebuilt with another figure waits; the public keeps the edition that was signed, until the new one is."""
    issue(council, paper_a="A", paper_b="B")
    sign(council, EXPORTED + HOUR)
    publish(council, EXPORTED + 2 * HOUR)
    issue(council, EXPORTED + 3 * HOUR, paper_a="A corrected", paper_b="B")
    published = publish(council, EXPORTED + 4 * HOUR)
    assert (published.published, published.waiting) == (2, ("paper-a",))
    assert live(council)["paper-a.html"] == "A.html"
    assert live(council)["paper-b.html"] == "B.html"
    sign(council, EXPORTED + 5 * HOUR)
    assert publish(council, EXPORTED + 6 * HOUR).waiting == ()
    assert live(council)["paper-a.html"] == "A corrected.html"


def test_a_paper_corrected_back_needs_no_new_sign_off(council: Council) -> None:
    """What was signed once is signed: an edition equal to an earlier signed one is published as it is."""
    for number, text in enumerate(("A", "A corrected")):
        issue(council, EXPORTED + 2 * number * HOUR, paper_a=text)
        sign(council, EXPORTED + (2 * number + 1) * HOUR)
    issue(council, EXPORTED + 4 * HOUR, paper_a="A")
    assert publish(council, EXPORTED + 5 * HOUR).waiting == ()
    assert live(council)["paper-a.html"] == "A.html"


def test_one_changed_format_unsigns_the_document(council: Council) -> None:
    """A sign-off is for all files of a document: another PDF beside the same page must be signed again."""
    issue(council, paper_a="A")
    sign(council, EXPORTED + HOUR)
    later = EXPORTED + 2 * HOUR
    for ending, text in (("html", "A.html"), ("pdf", "another")):
        row = next(item for item in table(council, "document", format=ending))
        insert(council, "document", row | {"as_at": later, "content_hash": put(council.settings.store, text.encode())})
    assert publish(council, later + HOUR).waiting == ("paper-a",)
    assert live(council)["paper-a.pdf"] == "A.pdf"


def test_publishing_again_changes_nothing(council: Council) -> None:
    """A second publication leaves the same release live."""
    issue(council, paper_a="A")
    sign(council, EXPORTED + HOUR)
    publish(council, EXPORTED + 2 * HOUR)
    site = council.settings.published / SLUG
    state = sorted((str(path), path.lstat().st_mtime_ns) for path in site.rglob("*"))
    assert publish(council, EXPORTED + 3 * HOUR).published == 1
    assert sorted((str(path), path.lstat().st_mtime_ns) for path in site.rglob("*")) == state
    assert len(table(council, "site_release")) == 1


def test_data_quality_reports_are_neither_signed_nor_published(council: Council) -> None:
    """What engineers and auditors read about a quarter's checks is not the public's."""
    issue(council, paper_a="A", data_quality_ratings="findings")
    assert sign(council, EXPORTED + HOUR) == ("paper-a",)
    published = publish(council, EXPORTED + 2 * HOUR)
    assert (published.published, published.waiting) == (1, ())
    assert set(live(council)) == {"paper-a.html", "paper-a.pdf"}


def test_there_must_be_something_to_sign_and_someone_to_sign_it(council: Council) -> None:
    """Signing a quarter without documents, or in the name of a post that does not exist, is refused."""
    with pytest.raises(NothingToSignError, match="no documents for quarter 2 2024/25"):
        sign(council, EXPORTED)
    issue(council, paper_a="A")
    with pytest.raises(KeyError):
        sign_off_documents(SLUG, Q2, post="nobody", reason="", as_at=EXPORTED, settings=council.settings)


PAPER = "paper_communities_social_mobility_inclusion"
OTHER = "paper_adults_and_health"


def find_a_silent_red(council: Council, at: datetime, *, point: str = "ratings", period: str = Q2.key, is_waived: bool = False) -> None:
    """Note a validation that found indicator 220 red without a word."""
    key = {"period": period, "point": point, "as_at": at}
    counts = dict.fromkeys(("due", "returned", "withheld", "failed"), 0)
    texts = {"outcome": "flag", "reason": "", "withheld_refs": "[]", "results": "{}", "register_digest": "x", "flagged": 1}
    insert(council, "validation_run", key | counts | texts)
    found = {
        "finding_id": "1",
        "rule_id": "commentary.red_without_comment",
        "severity": "warning",
        "scope": "publication",
        "dimension": "completeness",
        "kpi_ref": "220",
        "service_id": "regulatory-services",
        "message": "KPI 220 is red in quarter 2 2024/25 and has no comment.",
        "fix": "Explain it.",
        "is_waived": is_waived,
    }
    insert(council, "finding", key | found)


def test_a_silent_red_keeps_its_committees_paper_back_and_no_other(council: Council) -> None:
    """A paper whose red has no explanation is not published though it is signed off; other committees' papers are."""
    issue(council, **{PAPER: "A", OTHER: "B"})
    find_a_silent_red(council, EXPORTED)
    sign(council, EXPORTED + HOUR)
    published = publish(council, EXPORTED + 2 * HOUR)
    assert published.blocked == {PAPER.replace("_", "-"): ("KPI 220 is red in quarter 2 2024/25 and has no comment.",)}
    assert set(live(council)) == {"paper-adults-and-health.html", "paper-adults-and-health.pdf"}


def test_a_waiver_lets_a_blocked_paper_through(council: Council) -> None:
    """A statutory date is not hostage to one silence: with a waiver in force the signed paper is published."""
    issue(council, **{PAPER: "A"})
    find_a_silent_red(council, EXPORTED)
    sign(council, EXPORTED + HOUR)
    waiver = {
        "period": Q2.key,
        "rule_id": "commentary.red_without_comment",
        "kpi_ref": "220",
        "granted_at": EXPORTED,
        "post": "governance-and-performance-team",
        "reason": "The meeting cannot wait.",
        "expires_at": EXPORTED + 3 * HOUR,
    }
    insert(council, "waiver", waiver)
    assert publish(council, EXPORTED + 2 * HOUR).published == 1
    assert publish(council, EXPORTED + 4 * HOUR).published == 1, "what is live stays live when the waiver expires"


def test_a_correction_that_is_blocked_leaves_what_is_live(council: Council) -> None:
    """A corrected paper that may not go out yet does not take the published one off the site."""
    issue(council, **{PAPER: "A", OTHER: "B"})
    sign(council, EXPORTED + HOUR)
    publish(council, EXPORTED + 2 * HOUR)
    issue(council, EXPORTED + 3 * HOUR, **{PAPER: "A corrected", OTHER: "B"})
    find_a_silent_red(council, EXPORTED + 3 * HOUR)
    sign(council, EXPORTED + 4 * HOUR)
    assert publish(council, EXPORTED + 5 * HOUR).blocked
    assert live(council)["paper-communities-social-mobility-inclusion.html"] == "A.html"
    assert live(council)["paper-adults-and-health.html"] == "B.html"
