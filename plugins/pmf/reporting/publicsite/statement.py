"""The accessibility statement: what was tested and how, what is known not to be accessible, and whom to tell."""

from __future__ import annotations

from collections.abc import Iterable

from pmf.page.document import Block, Document, Section, bullets, paragraph
from pmf.reporting.publicsite.content import Content
from pmf.reporting.publicsite.listing import site_page

TITLE = "Accessibility statement"


def accessibility_statement(content: Content) -> Document:
    """Build the statement. It claims no more than is tested, and no compliance: that takes people."""
    team, day = content.profile.post(content.profile.performance_team), content.day(content.moment)
    name = content.profile.name
    sections = (
        Section(
            "Using this site",
            (
                paragraph(f"{name} runs this site. As many people as possible should be able to use it. That means you should be able to:"),
                bullets(
                    "zoom in to 400% without text running off the screen; wide tables scroll by themselves",
                    "get from link to link with a keyboard alone, and see where you are",
                    "listen to every page and document with a screen reader",
                    "tell a status by its word and shape: nothing depends on colour",
                    "read everything without scripts, cookies or any other site being contacted",
                ),
            ),
        ),
        Section("What to do if you cannot use something", (_contact(f"{team.title}, {content.contact}"),)),
        Section("How accessible this site is", tuple(_tested(content.code_version))),
        Section(
            "Enforcement procedure",
            (
                paragraph(
                    "The Equality and Human Rights Commission (EHRC) is responsible for enforcing the Public Sector Bodies (Websites and "
                    "Mobile Applications) (No. 2) Accessibility Regulations 2018. If you are not happy with how we respond to your "
                    "complaint, contact the Equality Advisory and Support Service (EASS)."
                ),
            ),
        ),
        Section("Preparation of this statement", (paragraph(f"This statement was prepared on {day}, with the last publication."),)),
    )
    return site_page(TITLE, "", sections, content)


def _contact(post: str) -> Block:
    return paragraph(
        f"Tell us if something is hard to use, or if you need a report in another form. Write to: {post}. Say which page it is about."
    )


def _tested(code_version: str) -> Iterable[Block]:
    yield paragraph(
        "This site was made to the Web Content Accessibility Guidelines version 2.2, level AA. It has been tested by programs only, which "
        "find some problems and not others; people with disabilities have not tested it. We therefore do not claim that it complies."
    )
    yield paragraph(f"What is tested whenever the software that makes it (pmf, here version {code_version}) is released:")
    yield bullets(
        "pages: axe-core in Chromium, on a wide screen and at 320 pixels",
        "PDF documents: PDF/UA-1, as their maker (Typst) enforces it and the checker outloud reads them",
        "spreadsheets: the Analysis Function's rules for statistics in spreadsheets",
    )
    yield paragraph(
        "Not tested: Word documents as a council's own template makes them. Every Word document is also there as a web page and a PDF."
    )
