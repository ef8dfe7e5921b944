"""What changed of a committee's indicators and targets, as its paper tells it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pmf.page.document import BulletList
from pmf.register.changes import Change, What
from pmf.register.target import PeriodKind, TargetMethod
from pmf.reporting.paper import committee_paper
from pmf.reporting.registerchanges import change_words
from reporting.samples import a_measure, a_paper_setting, listed, paragraphs, section


def a_change(what: What, **facts: Any) -> Change:
    return Change(what=what, kpi_ref="36", title="Library users", committee_ids=("c",), effective_from=date(2024, 7, 1), **facts)


A_TARGET: dict[str, Any] = {"old": "3,500", "new": "3,801", "period_kind": PeriodKind.MONTH}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (a_change(What.NEW), "New from 1 July 2024."),
        (a_change(What.ENDED, reason="Counted as 37"), "No longer reported from 1 July 2024. Reason: Counted as 37."),
        (a_change(What.REDEFINED, fields=("title", "ambition_ids")), "Redefined from 1 July 2024 (title and ambition)."),
        (a_change(What.REDEFINED, fields=("is_public",)), "Redefined from 1 July 2024 (whether it is public)."),
        (
            a_change(What.NEW, adopted_on=date(2024, 6, 3), reason="Asked for."),
            "New from 1 July 2024. Adopted on 3 June 2024. Reason: Asked for.",
        ),
        (
            a_change(What.TARGET, is_in_year=True, method=TargetMethod.GROWTH, reason="A grant", **A_TARGET),
            "On 1 July 2024, within the financial year, its monthly target changed from 3,500 to 3,801 (method: growth). Reason: A grant.",
        ),
        (
            a_change(What.TARGET, is_in_year=True, **A_TARGET),
            "On 1 July 2024, within the financial year, its monthly target changed from 3,500 to 3,801. No reason supplied.",
        ),
        (a_change(What.TARGET, **(A_TARGET | {"old": None})), "On 1 July 2024 its monthly target was set at 3,801."),
    ],
)
def test_each_change_is_told_in_a_sentence(change: Change, words: str) -> None:
    """Who reads it learns what became of the indicator, from when, by which method and why; silence on the reason is said."""
    assert change_words(change) == f"Indicator 36: Library users. {words}"


def test_a_paper_tells_changes_after_its_figures() -> None:
    """The last paragraph of section 3 lists them, numbered on from the ones before; sections stay as they are."""
    changes = (a_change(What.NEW), a_change(What.ENDED))
    document = committee_paper([a_measure()], a_paper_setting(changes=changes))
    main = section(document, "Main Issues")
    number, words = list(paragraphs(main).items())[-1]
    assert number == f"3.{len(paragraphs(main))}"
    assert words == "2 changes to indicators and targets took effect or were adopted this quarter:"
    assert isinstance(main.blocks[-1], BulletList)
    assert [line for line, _ in listed(main.blocks[-1])] == [change_words(change) for change in changes]
    assert [part.number for part in document.sections] == ["1", "2", "3", "4", "5", "6", "7", None]


def test_a_paper_without_changes_says_nothing_of_them() -> None:
    """Where nothing changed, the paper is what it was."""
    document = committee_paper([a_measure()], a_paper_setting())
    assert "changes to indicators" not in str(document)
