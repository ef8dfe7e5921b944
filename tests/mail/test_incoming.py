"""From raw bytes to what matters of a message, whoever wrote it with whatever program, or against whatever rules."""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmf.mail.incoming import Incoming, read_message

WORKBOOK = b"PK\x03\x04" + bytes(range(256)) * 3
NAME = "Rückgabe – Wohnen £.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def message(**headers: str) -> EmailMessage:
    written = EmailMessage(policy=SMTP)
    for name, value in {"From": "Head <Head.of.Housing@anglia.example.org>", "Subject": "Our return"}.items():
        written[name] = headers.pop(name, value)
    for name, value in headers.items():
        written[name.replace("_", "-")] = value
    written.set_content("Here it is.\n\n-- \nHead of Housing")
    return written


def attach(written: EmailMessage, content: bytes = WORKBOOK, name: str | None = NAME, kind: str = XLSX, **options: Any) -> EmailMessage:
    maintype, subtype = kind.split("/")
    written.add_attachment(content, maintype=maintype, subtype=subtype, filename=name, **options)
    return written


def raw(*lines: str, body: bytes = b"") -> bytes:
    """Lay out headers as a program of its own mind writes them."""
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def part(*headers: str, content: bytes = WORKBOOK) -> bytes:
    return raw("--x", *headers, "Content-Transfer-Encoding: base64", body=base64.encodebytes(content).replace(b"\n", b"\r\n"))


def mixed(*parts: bytes, end: bytes = b"--x--\r\n") -> bytes:
    return raw("From: a@example.org", "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="x"', body=b"".join(parts) + end)


def names(incoming: Incoming) -> list[str]:
    return [file.file_name for file in incoming.attachments]


def codes(incoming: Incoming) -> list[str]:
    return [problem.code for problem in incoming.problems]


def test_a_return_by_mail_is_its_sender_its_time_and_its_file() -> None:
    """An ordinary message tells who sent it, when, about what, and the file byte for byte; its text is no file."""
    written = attach(message(Message_ID="<a1@example.org>", Date="Tue, 08 Oct 2024 16:59:00 +0100"))
    assert read_message(bytes(written)) == Incoming(
        message_id="<a1@example.org>",
        sender="head.of.housing@anglia.example.org",
        subject="Our return",
        sent_at=datetime(2024, 10, 8, 15, 59, tzinfo=UTC),
        attachments=((NAME, WORKBOOK),),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "headers",
    [
        # RFC 2231, as Apple Mail and Thunderbird write it, in one piece and in several
        ["Content-Disposition: attachment; filename*=utf-8''R%C3%BCckgabe%20%E2%80%93%20Wohnen%20%C2%A3.xlsx"],
        [
            "Content-Disposition: attachment;",
            " filename*0*=UTF-8''R%C3%BCckgabe%20%E2%80%93%20;",
            " filename*1*=Wohnen%20%C2%A3;",
            " filename*2=.xlsx",
        ],
        # Encoded words within quotes, as Outlook and Gmail write them against the rule
        ['Content-Type: application/octet-stream; name="=?UTF-8?B?UsO8Y2tnYWJlIOKAkyBXb2huZW4gwqMueGxzeA==?="'],
        ["Content-Disposition: attachment;", ' filename="=?utf-8?Q?R=C3=BCckgabe_=E2=80=93?=', ' =?utf-8?Q?_Wohnen_=C2=A3.xlsx?="'],
        # Plain UTF-8, and accents as a Mac keeps them: a letter and its dots
        ['Content-Disposition: attachment; filename="' + NAME.encode().decode("latin-1") + '"'],
        ["Content-Disposition: attachment; filename*=utf-8''Ru%CC%88ckgabe%20%E2%80%93%20Wohnen%20%C2%A3.xlsx"],
        # Folders of the sender's machine, and a disposition that forgets to say attachment
        ["Content-Disposition: inline; filename*=utf-8''C:%5CUsers%5Chead%5CR%C3%BCckgabe%20%E2%80%93%20Wohnen%20%C2%A3.xlsx"],
    ],
)
def test_a_file_name_survives_every_way_of_writing_it(headers: list[str]) -> None:
    """Umlauts, dashes and pound signs come through RFC 2231, RFC 2047, raw bytes and folders."""
    assert read_message(mixed(part(*headers))).attachments == ((NAME, WORKBOOK),)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..", "unnamed"),
        ("/", "unnamed"),
        ("a\r\n\x00\x1bb.csv", "a b.csv"),
        ("return\u202exslx.exe", "returnxslx.exe"),
        ("x" * 500 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_a_file_name_is_only_a_name(name: str, shown: str) -> None:
    """No folders, control characters, turned directions or endless names come out."""
    quoted = "".join(f"%{byte:02X}" for byte in name.encode())
    assert names(read_message(mixed(part(f"Content-Disposition: attachment; filename*=utf-8''{quoted}")))) == [shown]


def test_what_is_a_file_is_found_without_a_name() -> None:
    """A spreadsheet's or CSV's type makes a part a file, and so does being attached; the text of the message is none."""
    parts = [
        part("Content-Type: text/plain", content=b"hello"),
        part("Content-Type: text/csv", content=b"a,b\r\n"),
        part(f"Content-Type: {XLSX}"),
        part("Content-Type: text/plain", "Content-Disposition: attachment", content=b"c,d\n"),
    ]
    assert read_message(mixed(*parts)).attachments == (("unnamed", b"a,b\r\n"), ("unnamed", WORKBOOK), ("unnamed", b"c,d\n"))


def test_a_message_that_is_nothing_but_a_file_is_that_file() -> None:
    """A scanner or script sends the workbook as the whole message."""
    alone = raw(
        "Content-Type: application/octet-stream; name=return.xlsx", "Content-Transfer-Encoding: BASE64 ", body=base64.b64encode(WORKBOOK)
    )
    assert read_message(alone).attachments == (("return.xlsx", WORKBOOK),)


def test_pictures_signatures_and_cards_are_named_and_left_aside() -> None:
    """A logo in the signature, an S/MIME signature, a business card and a mailing list's footer are no returns."""
    written = attach(message())
    attach(written, b"\x89PNG", "image001.png", "image/png", disposition="inline", cid="<logo@x>")
    attach(written, b"0", "smime.p7s", "application/pkcs7-signature")
    attach(written, b"BEGIN:VCARD", "head.vcf", "text/vcard")
    attach(written, b"<p>footer", "ATT00001.htm", "application/octet-stream")
    incoming = read_message(bytes(written))
    assert (names(incoming), incoming.ignored) == ([NAME], ("image001.png", "smime.p7s", "head.vcf", "ATT00001.htm"))
    assert incoming.problems == ()


def test_a_workbook_called_a_picture_is_a_workbook() -> None:
    """The name of a spreadsheet counts more than a type that somebody's program made up."""
    assert names(read_message(bytes(attach(message(), kind="image/png")))) == [NAME]


@pytest.mark.parametrize(("name", "kind"), [("winmail.dat", "application/ms-tnef"), ("smime.p7m", "application/pkcs7-mime")])
def test_what_only_outlook_or_its_recipient_can_open_is_said(name: str, kind: str) -> None:
    """A return packed into winmail.dat or encrypted is not lost in silence: its sender learns what to do."""
    incoming = read_message(bytes(attach(message(), name=name, kind=kind)))
    assert (codes(incoming), incoming.attachments) == (["sealed_attachment"], ())
    assert "HTML or plain text" in incoming.problems[0].fix


def forwarded(depth: int) -> EmailMessage:
    written = attach(message())
    for _ in range(depth):
        outer = message()
        outer.add_attachment(written)
        written = outer
    return written


@pytest.mark.parametrize(("depth", "found", "problems"), [(1, [NAME], []), (5, [NAME], []), (6, [], ["nested_too_deep"])])
def test_files_of_forwarded_messages_are_found_five_deep(depth: int, found: list[str], problems: list[str]) -> None:
    """A return forwarded by the deputy counts as attached; below five messages nobody looks, and that is said."""
    incoming = read_message(bytes(forwarded(depth)))
    assert (names(incoming), codes(incoming)) == (found, problems)


def test_a_forwarded_message_that_is_packed_is_said() -> None:
    """Some programs pack forwarded messages, which no reader expects: nothing is found in them, and that is said."""
    incoming = read_message(mixed(part("Content-Type: message/rfc822; name=return.eml", content=bytes(forwarded(0)))))
    assert (names(incoming), codes(incoming)) == ([], ["sealed_attachment"])


def test_more_than_twenty_files_are_said() -> None:
    """Twenty files are read, and the sender learns that the others were not."""
    written = message()
    for number in range(23):
        attach(written, name=f"{number}.xlsx")
    incoming = read_message(bytes(written))
    assert (names(incoming), codes(incoming)) == ([f"{number}.xlsx" for number in range(20)], ["too_many_attachments"])


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ("Head <Head@Example.org>", "head@example.org"),
        ("head@example.org", "head@example.org"),
        ('"Smith, J <x@y>" <head@example.org>', "head@example.org"),
        ("=?utf-8?Q?M=C3=BCller,_J?= <head@example.org>", "head@example.org"),
        ("head@example.org <head@example.org>", "head@example.org"),
        ("head@example.org (Head of Housing)", "head@example.org"),
        ("", None),
        ("Head of Housing", None),
        ("a@example.org, b@example.org", None),
        ("a@example.org, B <b@example.org>", None),
        ("A <a@example.org>, B <b@example.org>", None),
        ("A <a@example.org> B <b@example.org>", None),
        ("undisclosed-recipients:;", None),
        ("alice@example.org)bob@example.net", None),
        ("alice@example.org]<bob@example.net", None),
        ("<head@example.org\x00>", None),
        ("(" * 2000 + "head@example.org", None),
    ],
)
def test_the_sender_is_one_plain_address_or_nobody(header: str, sender: str | None) -> None:
    """Names, comments and quoted commas are left off; several addresses or none are nobody's."""
    assert read_message(raw(f"From: {header}", "Subject: x")).sender == sender


def test_two_senders_are_nobody() -> None:
    """A second From header, as forgers add it, leaves no sender."""
    assert read_message(raw("From: a@example.org", "From: b@example.org")).sender is None


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; x=y",
        "X-Auto-Response-Suppress: All",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
    ],
)
def test_what_a_machine_wrote_is_known(header: str) -> None:
    """Out-of-office replies, lists, delivery notices and receipts are automatic, so nobody answers them."""
    assert read_message(raw("From: a@example.org", header, body=b"--x\r\n\r\nhello\r\n--x--\r\n")).is_automatic


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Precedence: first-class", "Return-Path: <a@example.org>", "X-Mailer: y"])
def test_what_a_person_wrote_is_answered(header: str) -> None:
    """Headers that every message may have do not make it automatic."""
    assert not read_message(raw("From: a@example.org", header)).is_automatic


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("=?utf-8?Q?R=C3=BCckgabe?= =?iso-8859-1?Q?_f=FCr?= September", "Rückgabe für September"),
        ("Rückgabe".encode().decode("latin-1"), "Rückgabe"),
        ("R\xfcckgabe", "Rückgabe"),
        ("=?utf-8?Q?a=0D=0ABcc:_b?=", "a Bcc: b"),
        ("a\r\n folded", "a folded"),
        ("=?nonsense?Q?=FC?=", "ü"),
        ("=?utf-8?B?A?=", "=?utf-8?B?A?="),
    ],
)
def test_a_subject_is_one_line_of_text(header: str, subject: str) -> None:
    """Encoded words, raw bytes of either kind and folds come out as text without line ends."""
    assert read_message(raw(f"Subject: {header}")).subject == subject


@pytest.mark.parametrize(
    ("header", "sent_at"),
    [
        ("Tue, 08 Oct 2024 16:59:00 -0000", datetime(2024, 10, 8, 16, 59, tzinfo=UTC)),
        ("8 Oct 2024 16:59 GMT", datetime(2024, 10, 8, 16, 59, tzinfo=UTC)),
        ("yesterday", None),
        ("Tue, 31 Feb 2024 16:59:00 +0000", None),
        ("Fri, 31 Dec 9999 23:00:00 -2359", None),
        ("", None),
    ],
)
def test_a_date_is_utc_or_unknown(header: str, sent_at: datetime | None) -> None:
    """Times come out in UTC; what is no date is None."""
    assert read_message(raw(f"Date: {header}")).sent_at == sent_at


def test_damaged_base64_is_said_and_not_passed_on() -> None:
    """A file that lost characters on its way is no file, for a CSV would not show it; the file beside it is."""
    good, bad = part('Content-Type: text/csv; name="good.csv"', content=b"a,1\n"), part('Content-Type: text/csv; name="bad.csv"')
    incoming = read_message(mixed(bad.replace(b"AAEC", b"A!C"), good))
    assert (names(incoming), codes(incoming)) == (["good.csv"], ["damaged_attachment"])
    assert incoming.problems[0].message == "bad.csv was damaged on its way."


@pytest.mark.parametrize("length", range(60, 2000, 97))
def test_a_message_cut_short_never_yields_half_a_file(length: int) -> None:
    """Wherever the message breaks off, what comes out is whole, and if the last file is not, that is said."""
    whole = mixed(part('Content-Type: text/csv; name="1.csv"', content=b"a,1\n" * 100), part('Content-Type: text/csv; name="2.csv"'))
    incoming = read_message(whole[:length])
    assert set(incoming.attachments) <= {("1.csv", b"a,1\n" * 100), ("2.csv", WORKBOOK)}
    assert len(incoming.attachments) == 2 or incoming.problems or b"boundary" not in whole[:length]


def test_a_message_whose_parts_cannot_be_told_apart_is_said() -> None:
    """A multipart without its boundary is damage, not an empty message."""
    assert codes(read_message(raw("Content-Type: multipart/mixed", body=part("Content-Type: text/csv")))) == ["damaged_message"]


def test_an_unknown_encoding_is_said() -> None:
    """Bytes packed in a way we do not know are not taken for the file."""
    incoming = read_message(mixed(part("Content-Type: text/csv; name=a.csv").replace(b": base64", b": x-zip")))
    assert (names(incoming), codes(incoming)) == ([], ["damaged_attachment"])


@pytest.mark.parametrize(
    "hostile",
    [
        "Content-Type: multipart/mixed; boundary*=a; boundary*0=b",
        f"Content-Type: multipart/mixed; boundary*{'9' * 5000}=b",
        "\r\n\r\n".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}" for n in range(2000)),
        "Content-Type: message/rfc822\r\n\r\n" * 5000,
        "Subject: x\r\n\r\n" + "\r\n" * 600_000,
    ],
)
def test_what_breaks_or_delays_the_parser_is_said(hostile: str) -> None:
    """Contradictory parameters, thousands of nested parts and endless lines are refused, and the sender is still known."""
    incoming = read_message(raw("From: a@example.org", hostile))
    assert (incoming.sender, len(incoming.problems)) == ("a@example.org", 1)


def test_a_character_set_that_is_none_does_no_harm() -> None:
    """A text in bytes beyond ASCII whose character set is given in a way the standard library fails on."""
    assert read_message(raw("From: a@example.org", "Content-Type: text/plain; charset*=utf-8''x", body=b"\xff")).problems == ()


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_a_message(content: bytes) -> None:
    """Whatever comes in, something comes out."""
    assert isinstance(read_message(content), Incoming)


HEADERS = ["Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "From", "Date", "Subject", "Auto-Submitted", "Message-ID"]
WORDS = [
    *("multipart/mixed", "message/rfc822", "text/csv", "base64", "quoted-printable", "uuencode", "attachment", ";", "=", '"', "(", ")"),
    *(
        "boundary=x",
        "charset*=utf-8''x",
        "boundary*0*=x",
        "boundary*",
        "filename",
        "filename*",
        "filename*0*=",
        "filename*1=",
        "name=",
        "''",
        "utf-8''",
        "%C3",
    ),
    *("=?utf-8?B?", "=?x?Q?", "?=", "a@b.example", "<", ">", ",", ":", "\\", "\\u12", "Tue, 08 Oct 2024 16:59:00 +9999", "9" * 30, "\r\n "),
]
header_lines = st.builds(
    lambda name, words: f"{name}: {''.join(words)}\r\n".encode(), st.sampled_from(HEADERS), st.lists(st.sampled_from(WORDS), max_size=8)
)
pieces = st.one_of(
    header_lines, header_lines, st.sampled_from([b"\r\n", b"--x\r\n", b"--x--\r\n", b"QUJD\r\n", b"begin 644 a\r\n", b"=\xff\r\n"])
)


@settings(deadline=None)
@given(st.lists(pieces, max_size=25))
def test_anything_like_a_message_is_a_message(lines: list[bytes]) -> None:
    """Headers, boundaries and encodings put together in any order never raise, and names stay on one line."""
    incoming = read_message(b"".join(lines))
    assert all(name == " ".join(name.split()) and "/" not in name for name in names(incoming))


def test_a_thousand_damaged_copies_of_a_good_message_never_raise() -> None:
    """Bytes changed, cut out and doubled at random, with a fixed seed."""
    whole, chance = bytes(forwarded(2)), random.Random(3)  # noqa: S311
    for _ in range(1000):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            place = chance.randrange(len(broken))
            broken[place : place + chance.choice([0, 1, 40])] = chance.randbytes(chance.choice([0, 1, 3]))
        read_message(bytes(broken))


@settings(deadline=None)
@given(st.binary(max_size=500), st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40))
def test_a_file_sent_is_the_file_read(content: bytes, stem: str) -> None:
    """Any content under any name goes through a message unchanged."""
    incoming = read_message(bytes(attach(message(), content, f"{stem}.csv", XLSX)))
    assert [file.content for file in incoming.attachments] == [content]
