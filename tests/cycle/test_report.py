"""Reporting: what is issued when, and that counts and lists of a paper are one, whatever the measures."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycle.council import SLUG, Council, council_at
from cycle.desk import mail, table
from pmf.cycle import documents
from pmf.cycle.history import import_history
from pmf.cycle.movements import movement_groups
from pmf.cycle.rate import rate_month
from pmf.cycle.report import report_month
from pmf.page.document import BulletList, Paragraph
from pmf.period import Month
from pmf.reporting.measure import Measure
from pmf.reporting.paper import committee_paper
from pmf.status import Status
from reporting.samples import Q2, a_measure, a_paper_setting, listed, section, words_of

APRIL = Month(2024, 4)
HOUR = timedelta(hours=1)
STATUSES = (None, *Status)


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Council:
    """A council whose documents are rendered as data whatever the format, for speed: their look is proved elsewhere."""
    council = council_at(tmp_path / "home")
    monkeypatch.setattr(
        documents, "render", lambda edition, ending, _: json.dumps([ending, edition.document.as_json()], ensure_ascii=False).encode()
    )
    return council


def know(council: Council, figure: str, at: datetime) -> None:
    path = council.settings.home / "figures.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"kpi_ref,period,value,numerator,denominator,provenance,source\n36,2024-04,{figure},,,,\n", encoding="utf-8")
    import_history(SLUG, path, as_at=at, settings=council.settings)


def report(council: Council, at: datetime):
    rate_month(SLUG, APRIL, as_at=at, settings=council.settings)
    return report_month(SLUG, APRIL, as_at=at, settings=council.settings)


def scorecard(council: Council) -> str:
    return (council.settings.outbox / SLUG / APRIL.key / "scorecards" / "scorecard-strategy-partnerships-internal.html").read_text(
        encoding="utf-8"
    )


def test_a_run_with_a_later_clock_replaces_the_files(council: Council) -> None:
    """A later run's files stand in the outbox, its letter goes out, and the earlier edition is still in the store."""
    at = council.teller.profile.cycle_at(APRIL)
    know(council, "97001", at - HOUR)
    report(council, at)
    know(council, "97002", at)
    assert report(council, at + HOUR).is_superseded is False
    assert "97,002" in scorecard(council)
    assert len(mail(council, "delivery")) == 2
    editions = table(council, "document", document_id="scorecard-strategy-partnerships-internal", format="html")
    assert len({row["content_hash"] for row in editions}) == 2


def test_a_run_with_an_earlier_clock_overwrites_nothing_and_writes_to_nobody(council: Council) -> None:
    """Asked again how things stood earlier, the report is kept and noted, but newer files and their readers are left alone."""
    at = council.teller.profile.cycle_at(APRIL)
    know(council, "97001", at - HOUR)
    know(council, "97002", at + HOUR)
    report(council, at + HOUR)
    letters = len(mail(council, "delivery"))
    earlier = report(council, at)
    assert earlier.is_superseded is True
    assert "97,002" in scorecard(council)
    assert len(mail(council, "delivery")) == letters
    kept = {row["as_at"]: row["content_hash"] for row in table(council, "document", document_id="scorecard-organisation", format="html")}
    assert len(set(kept.values())) == 2


def test_reporting_again_changes_nothing(council: Council) -> None:
    """The same clock gives the same files, rows and no further letter."""
    at = council.teller.profile.cycle_at(APRIL)
    know(council, "97001", at - HOUR)
    report(council, at)
    before = council.state()
    report(council, at)
    assert council.state() == before


def test_every_directorate_has_its_scorecard_and_the_organisation_its_own(council: Council) -> None:
    """Each directorate's scorecard holds its own KPIs; the organisation's the strategic ones and the corporate ones combined."""
    at = council.teller.profile.cycle_at(APRIL)
    report(council, at)
    folder = council.settings.outbox / SLUG / APRIL.key / "scorecards"
    names = {path.stem for path in folder.iterdir()}
    own = {f"scorecard-{item.id}" for item in council.teller.profile.directorates}
    assert {name.removesuffix("-internal") for name in names} == own | {"scorecard-organisation"}
    # Each has a corporate KPI of its own that is not public.
    assert names >= {f"{name}-internal" for name in own}

    def refs(name: str) -> list[str]:
        internal = folder / f"{name}-internal.json"
        sections = json.loads((internal if internal.exists() else folder / f"{name}.json").read_text(encoding="utf-8"))[1]["sections"]
        tables = [block for part in sections for block in part["blocks"] if block["kind"] == "table" and len(block["columns"]) == 13]
        return [row[1]["text"].split()[0] for block in tables for row in block["rows"]]

    directorates = [ref for item in council.teller.profile.directorates for ref in refs(f"scorecard-{item.id}")]
    organisation = refs("scorecard-organisation")
    assert len(directorates) == len(set(directorates)) == 83 - 3
    assert {"C1", "C2", "C3"} <= set(organisation)
    assert not {ref for ref in organisation if ref.startswith("C1-")}
    assert len(organisation) == len(set(organisation))


@st.composite
def any_measures(draw: st.DrawFn) -> list[Measure]:
    """Measures of every status before and now, with every change; some not updated in the quarter."""
    kinds = draw(
        st.lists(
            st.tuples(
                st.sampled_from(STATUSES),
                st.sampled_from(Status),
                st.sampled_from(["improved", "declined", "unchanged", None]),
                st.booleans(),
            ),
            max_size=25,
        )
    )
    return [
        a_measure(
            f"K{number}",
            current,
            change=change if previous else None,
            previous_status=previous.value if previous else None,
            months_used="2024-07,2024-08" if is_updated else "2024-03",
        )
        for number, (previous, current, change, is_updated) in enumerate(kinds)
    ]


@settings(max_examples=80, deadline=None)
@given(any_measures())
def test_paragraph_5_1_counts_what_it_lists_whatever_the_measures(measures: list[Measure]) -> None:
    """The number that improved is that of the names below it, each group's too; every indicator updated this quarter is there once."""
    document = committee_paper(measures, a_paper_setting(movement_groups(measures, Q2)))
    blocks = section(document, "Conclusion").blocks
    stated: dict[str, int] = {}
    found: dict[str, list[str]] = {"improvement": [], "decline": []}
    kind = ""
    for block, below in pairwise((*blocks, None)):
        if not isinstance(block, Paragraph):
            continue
        if "saw neither" in words_of(block):
            break
        # Those without a colour stand in a paragraph and a list of their own, and are among those counted before.
        if said := re.findall(r"(\d+) indicators? saw an? (improvement|decline)", words_of(block)):
            kind = said[-1][1]
            stated[kind] = int(said[-1][0])
        for words, names in listed(below) if isinstance(below, BulletList) else ():
            assert words.startswith(f"{len(names)} ")
            found[kind] += names
    assert stated == {kind: len(names) for kind, names in found.items()}
    for kind, change in (("improvement", "improved"), ("decline", "declined")):
        expected = [item.name for item in measures if item.change == change and item.is_updated_in(Q2)]
        assert sorted(found[kind]) == sorted(expected)
