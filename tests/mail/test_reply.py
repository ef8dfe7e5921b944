"""The lines a message begins with, whatever it is made of."""

from __future__ import annotations

from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from pmf.mail.reply import first_lines


def test_the_lines_of_the_text_without_blank_ones() -> None:
    """White space is single and blank lines are left out; a message of many megabytes gives its beginning alone."""
    message = EmailMessage()
    message.set_content("  Sign   off\t1 \n\n\nThank you\n" + "x\n" * 1_000_000)
    lines = first_lines(message.as_bytes())
    assert lines[:3] == ("Sign off 1", "Thank you", "x")
    assert len(lines) < 100


def test_attachments_are_not_read() -> None:
    """What an attached text says is not what its sender wrote."""
    message = EmailMessage()
    message.set_content("No.")
    message.add_attachment("Sign off 1", filename="note.txt")
    assert first_lines(message.as_bytes()) == ("No.",)


@given(st.binary(max_size=2_000))
def test_no_bytes_break_it(content: bytes) -> None:
    """Whatever comes in, there are lines or none, and never an exception."""
    assert all(line == " ".join(line.split()) for line in first_lines(content))


@given(st.text(max_size=400))
def test_no_html_breaks_it(words: str) -> None:
    """Markup of any kind is read as text; nothing of a tag is left where it is closed."""
    message = EmailMessage()
    message.set_content(f"<p>{words}</p>", subtype="html")
    assert all("<p>" not in line for line in first_lines(message.as_bytes()) if "<p>" not in words and "&" not in words)
