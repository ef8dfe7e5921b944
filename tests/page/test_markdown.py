"""Words for pages that read Markdown: printed as they stand."""

from __future__ import annotations

import string

import pytest

from pmf.page.markdown import markdown_text


def test_every_sign_that_could_mean_something_is_escaped() -> None:
    """All ASCII punctuation stands behind a backslash; letters, figures and other scripts' signs are left alone."""
    assert markdown_text(string.punctuation) == "".join(f"\\{sign}" for sign in string.punctuation)
    assert markdown_text("Würde 36 – é") == "Würde 36 – é"


@pytest.mark.parametrize("words", ["a\n\n# heading", "a\r\n- item", "a  \n b"])
def test_words_stay_on_one_line(words: str) -> None:
    """A line break in an answer begins no heading, list or paragraph."""
    assert len(markdown_text(words).splitlines()) == 1
