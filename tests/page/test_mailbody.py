"""The mails: what to do and by when in the subject, the same words in text and HTML, nothing obeyed."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jinja2
import lxml.html
import pytest

from page.letters import CONTEXTS, FINDINGS
from page.reading import html_text, squeezed
from page.samples import HOSTILE
from pmf.page.mailbody import render_mail

SUBJECTS = {
    "request": "Return your September 2024 figures by 5pm Tuesday 8 October 2024 – Libraries",
    "release": "Release the September 2024 return – Libraries",
    "no_attachment": "Your message brought no return: send the September 2024 form as an attachment",
    "chase": "Return or complete 2 forms for September 2024 – Example Council",
    "query": "Answer Q-7F3K2A about your September 2024 return – Libraries",
    "board_queries": "See to 1 unresolved query, September 2024 – Example Council",
    "deep_dive": "Look into 220 Deaths registered within 5 days, September 2024 – Registration",
    "intervention": "Fill in the intervention form PI-09-2025-06 – Housing",
    "board_interventions": "Follow 1 open intervention, September 2024 – Example Council",
    "findings": "Correct your September 2024 figures by 5pm Friday 11 October 2024 – Libraries",
    "unreadable": "Send your September 2024 file again – returns.xlsx could not be used",
    "digest": "Review flagged checks: September 2024 – Example Council",
    "delivery": "Sign off by Wednesday 27 November 2024: Committee papers, September 2024 – Example Council",
    "sign_off": "Sign off 2 documents to publish by Wednesday 27 November 2024: September 2024 – Example Council",
    "signed_off": "Check your reply: 1 code is not in use – Example Council",
    "calendar": "Act: 1 paper has missed a date, September 2024 – Example Council",
    "overdue": "Act: 2 things are overdue – Example Council",
    "undelivered": "Correct 1 address: mail for September 2024 was refused – Example Council",
    "breakdown": "Investigate: validate of monthly_cycle broke, September 2024 – Example Council",
}
# Printed in only one of the two bodies, or only in some outcome: shapes, addresses of links, switches.
_NOT_IN_BOTH = {"shape", "run_link", "outcome", "task"}


def _words(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        return [words for name, value in tree.items() if name not in _NOT_IN_BOTH for words in _words(value)]
    if isinstance(tree, list | tuple):
        return [words for value in tree for words in _words(value)]
    return [str(tree)] if tree and not isinstance(tree, bool) else []


@pytest.mark.parametrize("name", CONTEXTS)
def test_subjects_begin_with_what_to_do(name: str, templates: Path) -> None:
    """The subject says what to do, by when where there is a deadline, and for whom."""
    assert render_mail(name, CONTEXTS[name], templates=templates).subject == SUBJECTS[name]


@pytest.mark.parametrize("name", CONTEXTS)
def test_text_and_html_say_the_same(name: str, templates: Path) -> None:
    """Everything the sender gives is told in the plain text and in the HTML."""
    mail = render_mail(name, CONTEXTS[name], templates=templates)
    for body in (squeezed(mail.text), html_text(mail.html.encode())):
        # Headings of plain text are written in capitals.
        said = body.casefold()
        assert [words for words in _words(CONTEXTS[name]) if squeezed(words).casefold() not in said] == []


@pytest.mark.parametrize("name", CONTEXTS)
def test_html_needs_nothing_else(name: str, templates: Path) -> None:
    """The HTML is one column with its styles on its elements: no image, stylesheet, script or class needed."""
    page = lxml.html.document_fromstring(render_mail(name, CONTEXTS[name], templates=templates).html)
    assert page.get("lang") == "en-GB"
    assert page.xpath("//img|//style|//link|//script") == []
    assert "max-width: 600px" in page.xpath("//table[@class='column']/@style")[0]
    assert len(page.xpath("//h1")) == 1
    links = set(page.xpath("//@href"))
    assert {link for link in links if not link.startswith("mailto:performance@example.org?")} <= {"https://airflow.example.org/runs/1"}


def test_a_sign_off_is_one_press_away(templates: Path) -> None:
    """The letter's link opens a reply that begins with every line, for programs that keep no blank lines too."""
    mail = render_mail("sign_off", CONTEXTS["sign_off"], templates=templates)
    (link,) = lxml.html.document_fromstring(mail.html).xpath("//a/@href")
    address = urlsplit(link)
    assert (address.scheme, unquote(address.path)) == ("mailto", "performance@example.org")
    assert parse_qs(address.query)["body"] == ["Sign off K3TV-7QZA-RW2M\r\nSign off AAAA-BBBB-CCCC\r\n"]


@pytest.mark.parametrize("name", CONTEXTS)
def test_what_is_written_is_not_obeyed(name: str, templates: Path) -> None:
    """Markup, tags and formulas in any field arrive as the words they are."""
    words = " ".join(HOSTILE)
    context = _replaced(CONTEXTS[name], words)
    mail = render_mail(name, context, templates=templates)
    assert words in mail.text
    assert squeezed(words) in html_text(mail.html.encode())
    assert lxml.html.document_fromstring(mail.html).xpath("//script") == []


def _replaced(tree: Any, words: str) -> Any:
    """The same context with every text replaced, except switches."""
    if isinstance(tree, dict):
        return {
            name: value if name in {"outcome", "run_link", "severity_label", "task"} else _replaced(value, words)
            for name, value in tree.items()
        }
    if isinstance(tree, list | tuple):
        return type(tree)(_replaced(value, words) for value in tree)
    return words if isinstance(tree, str) and tree else tree


@pytest.mark.parametrize("name", CONTEXTS)
def test_no_header_can_be_added(name: str, templates: Path) -> None:
    """Line breaks in a name, a file name or a task become spaces: the subject stays one line."""
    subject = render_mail(name, _replaced(CONTEXTS[name], "x\r\nBcc: all@example.org"), templates=templates).subject
    assert subject.splitlines() == [subject]
    assert "x Bcc: all@example.org" in subject


def test_a_value_starts_no_line_of_its_own(templates: Path) -> None:
    """A line break in a workbook cell cannot forge a paragraph of the plain text."""
    context = deepcopy(CONTEXTS["findings"])
    context["findings"][0]["found"] = "81\n\nWhat to do: pay the invoice"
    lines = render_mail("findings", context, templates=templates).text.splitlines()
    assert "  Found: 81 What to do: pay the invoice" in lines


@pytest.mark.parametrize(
    ("task", "findings", "subject"),
    [
        ("check", FINDINGS, "Check your September 2024 figures by 5pm Friday 11 October 2024 – Libraries"),
        ("return", FINDINGS, "Return your September 2024 figures by 5pm Friday 11 October 2024 – Libraries"),
        ("release", FINDINGS, "Release your September 2024 figures by 5pm Friday 11 October 2024 – Libraries"),
        ("none", FINDINGS, "No action needed now: what we found in your September 2024 figures – Libraries"),
        ("done", [], "No action needed: your September 2024 figures are in order – Libraries"),
    ],
)
def test_findings_by_task(task: str, findings: list[dict[str, Any]], subject: str, templates: Path) -> None:
    """The subject says what is to be done with the form; when all is resolved there is nothing to do."""
    context = {**CONTEXTS["findings"], "task": task, "findings": findings, "withheld": [], "form_file_name": None, "has_questions": False}
    mail = render_mail("findings", context, templates=templates)
    assert mail.subject == subject
    assert "Withheld" not in mail.html


@pytest.mark.parametrize(
    ("outcome", "subject"), [("fail", "Act on failed checks: September 2024"), ("pass", "No action needed: September 2024 checks passed")]
)
def test_digest_by_outcome(outcome: str, subject: str, templates: Path) -> None:
    """The digest's subject tells a failed month from a passed one."""
    mail = render_mail("digest", {**CONTEXTS["digest"], "outcome": outcome}, templates=templates)
    assert mail.subject == f"{subject} – Example Council"


def test_new_findings_come_first(templates: Path) -> None:
    """New findings stand before those still open, and those before the resolved."""
    text = render_mail("findings", CONTEXTS["findings"], templates=templates).text
    places = [text.index(heading) for heading in ("\nNEW\n", "\nSTILL OPEN\n", "\nRESOLVED SINCE THE LAST MESSAGE\n")]
    assert places == sorted(places)


def test_a_missing_field_is_an_error(templates: Path) -> None:
    """A context without something the mail prints is refused, naming it."""
    with pytest.raises(jinja2.UndefinedError, match="deadline"):
        render_mail("request", {name: value for name, value in CONTEXTS["request"].items() if name != "deadline"}, templates=templates)


def test_a_large_digest_stays_within_what_mail_programs_show(templates: Path) -> None:
    """A digest of 100 findings stays below the 100 kB at which mail programs cut messages off."""
    mail = render_mail("digest", {**CONTEXTS["digest"], "findings": FINDINGS * 50}, templates=templates)
    assert len(mail.html.encode()) < 100_000
