"""Words for a page that reads Markdown, such as Airflow's: what somebody typed is printed as it stands."""

from __future__ import annotations

import re

# CommonMark takes any of these literally after a backslash.
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def markdown_text(words: str) -> str:
    """Write words so that Markdown shows just them, on one line: no link, heading, list or HTML comes of what they hold."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(words.split()))
