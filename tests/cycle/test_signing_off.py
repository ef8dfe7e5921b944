"""Signing off: drafts until then, by command line, e-mail and Airflow alike, of exactly the edition that was read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_json

from cycle.council import SLUG, Council, council_at
from cycle.desk import Mail, edited, insert, mail, post_of, send_in, table
from pmf.cycle.askingsignoff import NotSignableError, ask_for_sign_off, decide, documents_to_sign
from pmf.cycle.documentstates import State, states_of
from pmf.cycle.fetch import Fetched, fetch_mail
from pmf.cycle.publish import NothingToSignError, publish_signed_off, sign_off_documents
from pmf.cycle.signingoff import SignOffError
from pmf.page.document import Document, Section, paragraph
from pmf.page.draft import as_draft
from pmf.page.pdf import render_pdf
from pmf.period import Month, Period, Quarter
from pmf.store import put

Q2, SEPTEMBER = Quarter(2024, 2), Month(2024, 9)
# A Monday morning.
EXPORTED = datetime(2024, 10, 14, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEAM, HIGHWAYS, ADULTS = "governance-and-performance-team", "paper-highways-and-transport", "paper-adults-and-health"
WITH_DATA = ("html", "pdf", "json")
_PROVENANCE = dict.fromkeys(("code_version", "lock_digest", "register_digest", "policy_digest"), "x")


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Council:
    """A council whose documents are a few bytes each; what the linter finds in real ones is proved in tests/assurance."""
    monkeypatch.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
    return council_at(tmp_path / "home")


@pytest.fixture
def with_posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Council]:
    """Make a council that names who signs off."""
    monkeypatch.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())

    def make(posts: str) -> Council:
        organisations = edited(tmp_path, organisation=lambda text: f"{text}\nsign_off: {{posts: [{posts}]}}\n")
        return council_at(tmp_path / "home", organisations=organisations)

    return make


@pytest.fixture
def with_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Council]:
    """Make a council in whose profile one thing is replaced by another."""
    monkeypatch.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())

    def make(old: str, new: str) -> Council:
        organisations = edited(tmp_path, organisation=lambda text: text.replace(old, new))
        return council_at(tmp_path / "home", organisations=organisations)

    return make


def issue(
    council: Council,
    document_id: str,
    text: str,
    *,
    at: datetime = EXPORTED,
    period: Period = Q2,
    formats: tuple[str, ...] = ("html", "pdf"),
) -> Path:
    """Note a document as an export does, its draft in the outbox; give the path of its page. A data copy holds the text."""
    for ending in formats:
        content = to_json(a_document(text)) if ending == "json" else f"{text}.{ending}".encode()
        path = Path("outbox") / SLUG / period.key / f"{document_id}.{ending}"
        row: dict[str, Any] = {
            "period": period.key,
            "document_id": document_id,
            "format": ending,
            "as_at": at,
            "title": f"Title {document_id}",
        }
        insert(council, "document", row | _PROVENANCE | {"content_hash": put(council.settings.store, content), "path": str(path)})
        place = council.settings.home / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"DRAFT " + content)
    return council.settings.home / "outbox" / SLUG / period.key / f"{document_id}.html"


def a_document(text: str) -> Document:
    return Document(text, "Example Council", "", (), (Section("What is so", (paragraph(f"It says {text}."),)),), "Footer")


def sign(council: Council, *document_ids: str, at: datetime = EXPORTED + HOUR, post: str = TEAM) -> tuple[str, ...]:
    return sign_off_documents(SLUG, Q2, post=post, reason="Read.", as_at=at, settings=council.settings, document_ids=document_ids or None)


def ask(council: Council, at: datetime = EXPORTED + HOUR) -> list[Mail]:
    """Ask as the DAG does; give the letters there are then."""
    ask_for_sign_off(SLUG, as_at=at, settings=council.settings)
    return mail(council, "sign-off")


def lines_of(letter: Mail) -> list[str]:
    return [line for line in letter.text.splitlines() if line.startswith("Sign off ")]


def fetch(council: Council, at: datetime = EXPORTED + DAY) -> Fetched:
    return fetch_mail(SLUG, as_at=at, settings=council.settings)


def test_signed_off_the_clean_files_take_the_drafts_place(council: Council) -> None:
    """Until it is signed a paper in the outbox is a draft; then it is byte for byte what is published."""
    page = issue(council, HIGHWAYS, "H")
    assert page.read_bytes() == b"DRAFT H.html"
    sign(council)
    assert page.read_bytes() == b"H.html"
    publish_signed_off(SLUG, Q2, as_at=EXPORTED + 2 * HOUR, settings=council.settings)
    assert (council.settings.published / SLUG / "current" / Q2.key / f"{HIGHWAYS}.html").read_bytes() == page.read_bytes()


def test_a_killed_sign_off_is_finished_by_repeating_it(council: Council) -> None:
    """Recorded but not placed, the files are put right by the same command; the record stays the first one."""
    page = issue(council, HIGHWAYS, "H")
    sign(council)
    page.write_bytes(b"DRAFT H.html")
    sign(council, at=EXPORTED + 5 * HOUR)
    assert page.read_bytes() == b"H.html"
    assert [row["signed_at"] for row in table(council, "sign_off")] == [EXPORTED + HOUR]


def test_a_newer_editions_draft_stays(council: Council) -> None:
    """Signing as of a moment before the last edition was made does not put older files over its draft."""
    issue(council, HIGHWAYS, "H")
    page = issue(council, HIGHWAYS, "H corrected", at=EXPORTED + 3 * HOUR)
    sign(council, at=EXPORTED + HOUR)
    assert page.read_bytes() == b"DRAFT H corrected.html"


def test_one_document_may_be_signed_alone(council: Council) -> None:
    """Named documents are signed and no other; a name that is none is refused with those there are."""
    issue(council, HIGHWAYS, "H")
    other = issue(council, ADULTS, "A")
    assert sign(council, HIGHWAYS) == (HIGHWAYS,)
    assert other.read_bytes() == b"DRAFT A.html"
    with pytest.raises(NothingToSignError, match=f"has no document paper-nobody; there are: {ADULTS}, {HIGHWAYS}"):
        sign(council, "paper-nobody")


def test_only_named_posts_sign(with_posts: Callable[[str], Council]) -> None:
    """Where the profile names who signs, the performance team does not, and is told who does."""
    council = with_posts("head-of-libraries, governance-and-performance-manager")
    issue(council, HIGHWAYS, "H")
    with pytest.raises(SignOffError, match=f"{TEAM} may not sign .* head-of-libraries, governance-and-performance-manager"):
        sign(council)
    assert sign(council, post="head-of-libraries") == (HIGHWAYS,)


def test_a_months_documents_are_issued_as_they_are(council: Council) -> None:
    """Scorecards need no sign-off: they are no drafts, nobody is asked, and they may be signed all the same."""
    issue(council, "scorecard-organisation", "S", period=SEPTEMBER)
    (state,) = states_of(SLUG, SEPTEMBER, as_at=EXPORTED + HOUR, settings=council.settings)
    assert (state.state, ask(council)) == (State.ISSUED, [])
    sign_off_documents(SLUG, SEPTEMBER, post=TEAM, reason="Read.", as_at=EXPORTED, settings=council.settings)
    (state,) = states_of(SLUG, SEPTEMBER, as_at=EXPORTED + HOUR, settings=council.settings)
    assert state.state is State.SIGNED


def test_who_may_sign_is_asked_once(council: Council) -> None:
    """One letter names every waiting document with its code; the next morning says nothing new, a new edition asks again."""
    issue(council, HIGHWAYS, "H")
    issue(council, ADULTS, "A")
    (letter,) = ask(council)
    assert letter.recipient == post_of(council, TEAM)
    assert "Sign off 2 documents to publish by Monday 2 December 2024" in letter.subject
    assert (len(lines_of(letter)), len(set(lines_of(letter)))) == (2, 2)
    assert len(ask(council, EXPORTED + DAY)) == 1
    issue(council, HIGHWAYS, "H corrected", at=EXPORTED + DAY)
    assert len(ask(council, EXPORTED + 2 * DAY)) == 2


def test_the_drafts_go_with_the_letter(council: Council) -> None:
    """What is to be read is attached as PDF under its mark, named by its period; the other formats are where the list says."""
    issue(council, HIGHWAYS, "H", formats=WITH_DATA)
    issue(council, f"{HIGHWAYS}-internal", "all of H", formats=WITH_DATA)
    (letter,) = ask(council)
    ((name, content),) = letter.attachments.items()
    assert name == f"2024-25-Q2-{HIGHWAYS}-draft.pdf"
    assert content == render_pdf(as_draft(a_document("H")), templates=council.settings.templates)
    assert "1. Read the drafts: they are attached as PDF. They say" in letter.text
    listed = [line for line in letter.text.splitlines() if line.startswith("- ")]
    at = f"outbox/{SLUG}/2024-25-Q2/{HIGHWAYS}"
    assert listed == [f"- PDF: attached, 2024-25-Q2-{HIGHWAYS}-draft.pdf", f"- Web page: {at}.html", f"- JSON: {at}.json"]


def test_what_is_attached_is_what_is_signed(council: Council) -> None:
    """Whatever lies in the outbox, altered, gone, or of a newer edition, the letter has the draft of the edition it asks about."""
    page = issue(council, HIGHWAYS, "H", formats=WITH_DATA)
    page.with_suffix(".pdf").write_bytes(b"something else")
    issue(council, HIGHWAYS, "H corrected", at=EXPORTED + 3 * HOUR, formats=WITH_DATA)
    page.with_suffix(".pdf").unlink()
    (letter,) = ask(council)
    assert list(letter.attachments.values()) == [render_pdf(as_draft(a_document("H")), templates=council.settings.templates)]


def test_only_what_is_new_is_attached(council: Council) -> None:
    """A post that was sent a draft is sent it no second time, when it is asked about another document as well."""
    issue(council, HIGHWAYS, "H", formats=WITH_DATA)
    ask(council)
    issue(council, ADULTS, "A", at=EXPORTED + DAY, formats=WITH_DATA)
    letter = ask(council, EXPORTED + 2 * DAY)[-1]
    assert list(letter.attachments) == [f"2024-25-Q2-{ADULTS}-draft.pdf"]
    assert "1. Read the drafts: the new ones are attached as PDF." in letter.text
    assert len(lines_of(letter)) == 2


def test_drafts_that_would_make_the_letter_too_large_stay_behind(with_profile: Callable[[str, str], Council]) -> None:
    """All or none: with the council's limit of megabytes passed, the letter says so and where they lie, as its web address has it."""
    old = "delivery: {attach: [docx, pdf], most_megabytes: 10}"
    council = with_profile(old, "delivery: {attach: [docx, pdf], most_megabytes: 0.00003, outbox_address: 'https://files.council.example'}")
    issue(council, HIGHWAYS, "H", formats=WITH_DATA)
    issue(council, ADULTS, "A", formats=WITH_DATA)
    (letter,) = ask(council)
    assert letter.attachments == {}
    assert "under a mark. Not attached: PDF. The message would be larger than 0.00003 MB; the files are" in letter.text
    assert f"- PDF: https://files.council.example/2024-25-Q2/{HIGHWAYS}.pdf" in letter.text.splitlines()


@pytest.mark.parametrize("attach", ["[]", "[docx, xlsx]"])
def test_a_letter_takes_along_what_the_council_sends_and_all_have(with_profile: Callable[[str, str], Council], attach: str) -> None:
    """Nothing where the council sends nothing, or where one document has no such format; then nothing is said of attachments."""
    council = with_profile("delivery: {attach: [docx, pdf]", f"delivery: {{attach: {attach}")
    issue(council, HIGHWAYS, "H", formats=(*WITH_DATA, "docx"))
    issue(council, ADULTS, "A", formats=WITH_DATA)
    (letter,) = ask(council)
    assert (letter.attachments, "ttached" in letter.text) == ({}, False)


def test_a_reply_with_the_drafts_still_attached_signs(council: Council) -> None:
    """A program that sends the attachments back does no harm: the document is signed, and a draft is never taken for a return."""
    issue(council, HIGHWAYS, "H", formats=WITH_DATA)
    (letter,) = ask(council)
    send_in(council, post_of(council, TEAM), *letter.attachments.items(), text=lines_of(letter)[0])
    assert fetch(council).signed_off == 1
    assert [row["outcome"] for row in table(council, "received_file")] == ["quarantined"]


def test_nobody_is_asked_on_a_day_off_or_for_ever(council: Council) -> None:
    """On a Saturday nobody is written to; what nobody has signed for months is not asked about any more."""
    issue(council, HIGHWAYS, "H")
    assert ask(council, EXPORTED + 5 * DAY) == []
    assert ask(council, EXPORTED + 200 * DAY) == []


def test_a_reply_with_the_lines_signs(council: Council) -> None:
    """Both lines of the letter at the top of a reply sign both documents, for the post that sent it, and it is told so."""
    page = issue(council, HIGHWAYS, "H")
    issue(council, ADULTS, "A")
    (letter,) = ask(council)
    send_in(council, f"Team <{post_of(council, TEAM)}>", text="\n".join(lines_of(letter)) + "\n\nThanks\n> " + letter.text)
    fetched = fetch(council)
    assert (fetched.signed_off, fetched.without_attachment) == (2, 0)
    assert {(row["document_id"], row["post"], row["reason"]) for row in table(council, "sign_off")} == {
        (HIGHWAYS, TEAM, "Signed off by e-mail."),
        (ADULTS, TEAM, "Signed off by e-mail."),
    }
    assert page.read_bytes() == b"H.html"
    assert [row["outcome"] for row in table(council, "received_message")] == ["signed_off"]
    (told,) = mail(council, "signed-off")
    assert f"Title {HIGHWAYS}" in told.text


def test_a_reply_that_refuses_signs_nothing(council: Council) -> None:
    """Words above the quoted letter are no sign-off, and are answered as any message without a form."""
    issue(council, HIGHWAYS, "H")
    (letter,) = ask(council)
    send_in(council, post_of(council, TEAM), text="KPI 3 is wrong.\n\n" + letter.text)
    assert (fetch(council).signed_off, table(council, "sign_off")) == (0, [])


def test_a_code_is_good_for_its_edition_and_its_post(with_posts: Callable[[str], Council]) -> None:
    """A replaced edition's code, another post's code, and a code sent by who may not sign sign nothing; the sender is told."""
    council = with_posts("head-of-libraries, governance-and-performance-manager")
    issue(council, HIGHWAYS, "H")
    letters = {letter.recipient: letter for letter in ask(council)}
    head, manager = (letters[post_of(council, post)] for post in ("head-of-libraries", "governance-and-performance-manager"))
    for sender, letter in ((manager.recipient, head), (post_of(council, TEAM), head)):
        send_in(council, sender, text=lines_of(letter)[0])
    assert fetch(council).signed_off == 0
    issue(council, HIGHWAYS, "H corrected", at=EXPORTED + 2 * DAY)
    send_in(council, head.recipient, text=lines_of(head)[0])
    assert fetch(council, EXPORTED + 3 * DAY).signed_off == 0
    assert table(council, "sign_off") == []
    assert {letter.subject.partition(":")[0] for letter in mail(council, "signed-off")} == {"Check your reply"}


def test_a_stranger_or_a_machine_signs_nothing(council: Council) -> None:
    """The right line from an unknown address, or in an absence note, signs nothing."""
    issue(council, HIGHWAYS, "H")
    (letter,) = ask(council)
    send_in(council, "someone@elsewhere.example.net", text=lines_of(letter)[0])
    send_in(council, post_of(council, TEAM), text=lines_of(letter)[0], Auto_Submitted="auto-replied")
    assert (fetch(council).signed_off, table(council, "sign_off")) == (0, [])


def test_a_reply_seen_again_changes_nothing(council: Council) -> None:
    """A run killed after signing and before it could note the message signs once, and tells of a sign-off and of no mistake."""
    issue(council, HIGHWAYS, "H")
    (letter,) = ask(council)
    sign(council)
    send_in(council, post_of(council, TEAM), text=lines_of(letter)[0])
    assert fetch(council).signed_off == 1
    assert [row["reason"] for row in table(council, "sign_off")] == ["Read."]
    assert mail(council, "signed-off")[0].subject.startswith("Signed off: 1 document")


def test_what_waits_is_shown_in_airflow_and_signed_there(council: Council) -> None:
    """Each waiting document is shown with its paths; signed, it names who did, and is shown no more; left, it is shown again."""
    issue(council, HIGHWAYS, "H")
    issue(council, ADULTS, "A")
    shown = {item["document_id"]: item for item in documents_to_sign(SLUG, as_at=EXPORTED + HOUR, settings=council.settings).documents}
    assert list(shown) == [HIGHWAYS, ADULTS], "the earlier to be published first"
    for document_id, decision in ((HIGHWAYS, "Sign off"), (ADULTS, "Not yet")):
        decide(
            SLUG,
            document_id,
            digest=shown[document_id]["digest"],
            decision=decision,
            words="",
            user="a.person",
            as_at=EXPORTED + HOUR,
            settings=council.settings,
        )
    assert [(row["document_id"], row["reason"]) for row in table(council, "sign_off")] == [
        (HIGHWAYS, "Read and agreed. (in Airflow, by a.person)")
    ]
    assert [item["document_id"] for item in documents_to_sign(SLUG, as_at=EXPORTED + HOUR, settings=council.settings).documents] == [ADULTS]


def test_what_was_shown_is_what_is_signed(council: Council) -> None:
    """An edition made while the question was open is not signed in the place of the one that was read."""
    issue(council, HIGHWAYS, "H")
    (shown,) = documents_to_sign(SLUG, as_at=EXPORTED + HOUR, settings=council.settings).documents
    issue(council, HIGHWAYS, "H corrected", at=EXPORTED + 2 * HOUR)
    with pytest.raises(NotSignableError, match="a newer edition has been made"):
        decide(
            SLUG,
            HIGHWAYS,
            digest=shown["digest"],
            decision="Sign off",
            words="",
            user="",
            as_at=EXPORTED + 3 * HOUR,
            settings=council.settings,
        )
    assert table(council, "sign_off") == []
