"""What counts of a reply is what its writer put at the top, whatever the mail program puts below."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from pmf.cycle.replies import codes_in

CODE, OTHER = "K3TV-7QZA-RW2M", "AAAA-BBBB-CCCC"
QUOTED = f"On Mon, 14 Oct 2024 the Team wrote:\n> Sign off {CODE}\n> to sign"


def message(text: str, *, html: str | None = None, alone: bool = False) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = "head@example.org", "Re: Sign off"
    if alone:
        made.set_content(html or "", subtype="html")
        return made.as_bytes()
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made.as_bytes()


@pytest.mark.parametrize(
    "line",
    [
        f"Sign off {CODE}",
        f"sign off: {CODE.lower()}",
        f"  Signed-off   {CODE}.",
        f"I sign off {CODE.replace('-', '–')}",
        f"Sign off {CODE.replace('-', '')}",
    ],
)
def test_a_line_at_the_top_signs(line: str) -> None:
    """The line signs however it is typed: in small letters, with a full stop, with the dashes a telephone makes."""
    assert codes_in(message(f"\n{line}\n\nThank you\n\n{QUOTED}")) == (CODE,)


def test_several_lines_sign_several_documents_once_each() -> None:
    """The lines at the top are taken together, up to the first that is none."""
    assert codes_in(message(f"Sign off {CODE}\n\nSign off {OTHER}\nSign off {CODE}\nBut not this one:\nSign off DDDD-DDDD-DDDD")) == (
        CODE,
        OTHER,
    )


@pytest.mark.parametrize(
    "text",
    [
        f"No, KPI 3 is wrong.\n\n{QUOTED}",
        QUOTED,
        f"From: Team\nSent: Monday\nTo: Head\nSubject: Sign off\n\nSign off {CODE}",
        f"-----Original Message-----\nSign off {CODE}",
        f"> Sign off {CODE}",
        f"I will not sign off {CODE}",
        f"Sign off {CODE} only when page 3 is mended",
        "Sign off",
        "",
    ],
    ids=["refusal", "nothing-written", "outlook", "original-message", "quoted", "not", "condition", "no-code", "empty"],
)
def test_what_is_quoted_or_hedged_signs_nothing(text: str) -> None:
    """A refusal above the quoted letter, a reply with nothing written, and a condition sign nothing."""
    assert codes_in(message(text)) == ()


def test_html_alone_is_read_as_it_is_shown() -> None:
    """A program that sends HTML alone is understood; what it hides is not."""
    shown = f"<html><head><style>p {{}}</style></head><body><div>Sign off <b>{CODE}</b></div><blockquote>Sign off {OTHER}?</blockquote>"
    assert codes_in(message("", html=shown, alone=True)) == (CODE,)
    hidden = f"<style>Sign off {CODE}</style><!-- Sign off {CODE} --><p>No.</p>"
    assert codes_in(message("", html=hidden, alone=True)) == ()


def test_plain_text_goes_before_html() -> None:
    """Where a message says two things, the plain text counts."""
    assert codes_in(message("No.", html=f"<p>Sign off {CODE}</p>")) == ()
