"""A corrected edition says which one it replaces and which parts changed; one that says the same says nothing of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pydantic_core import to_json

from pmf.page.document import Document, Section, paragraph
from pmf.reporting.correctededition import corrected_edition

PAPER = Document(
    title="Corporate Performance Report",
    organisation="Example Council",
    subtitle="Highways Committee",
    header=(("To", "Highways Committee"), ("Meeting Date", "5 December 2024")),
    sections=(Section("Main Issues", (paragraph("9 indicators are green."),), number="3"), Section("Conclusion", (paragraph("None."),))),
    footer="as at 14 October 2024",
)
DAY = "22 October 2024"


def kept(document: Document) -> dict[str, Any]:
    """The edition as its JSON file has it."""
    copy: dict[str, Any] = json.loads(to_json(document))
    return copy


def said(document: Document) -> str:
    return dict(document.header).get("Edition", "")


def with_green(number: int) -> Document:
    return replace(PAPER, sections=(Section("Main Issues", (paragraph(f"{number} indicators are green."),), number="3"), PAPER.sections[1]))


def test_what_changed_is_named_by_its_heading() -> None:
    """Another count in one section: that section is named, the others are not, and the rest of the document is as it was."""
    document = corrected_edition(with_green(8), kept(PAPER), DAY)
    assert said(document) == "Corrected: replaces the edition published on 22 October 2024. Changed: Main Issues."
    assert replace(document, header=PAPER.header) == with_green(8)


def test_the_head_and_sections_that_come_or_go_are_named() -> None:
    """A new meeting date, a section added and one left out are each said."""
    changed = replace(PAPER, header=(("To", "Highways Committee"), ("Meeting Date", "To be confirmed")))
    changed = replace(changed, sections=(PAPER.sections[0], Section("Restatements", (paragraph("One."),))))
    assert said(corrected_edition(changed, kept(PAPER), DAY)).endswith(
        "Changed: the head of the report; Restatements; Conclusion (left out)."
    )


def test_made_again_it_is_no_correction() -> None:
    """Another moment in the footer, a banner or a field that did not exist then change nothing that is said."""
    before = kept(PAPER)
    del before["is_draft"]
    assert corrected_edition(replace(PAPER, footer="as at 4 November 2024", banner="Sample"), before, DAY) == replace(
        PAPER, footer="as at 4 November 2024", banner="Sample"
    )


def test_an_earlier_correction_stays_said() -> None:
    """A corrected edition made again, or corrected once more, does not lose that it is corrected."""
    first = corrected_edition(with_green(8), kept(PAPER), DAY)
    assert said(corrected_edition(with_green(8), kept(first), "4 November 2024")) == said(first)
    assert "4 November 2024" in said(corrected_edition(with_green(7), kept(first), "4 November 2024"))


def test_without_the_data_copy_it_still_says_that_it_is_corrected() -> None:
    """An edition of which no JSON was published is replaced in words all the same."""
    assert said(corrected_edition(PAPER, None, DAY)) == "Corrected: replaces the edition published on 22 October 2024. Changed: its text."
