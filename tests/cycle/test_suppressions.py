"""What is left out of public editions for small numbers can be listed: of which KPI, why, from which documents, since when."""

from __future__ import annotations

from pathlib import Path

import pytest

from cycle.council import SLUG
from cycle.desk import insert
from cycle.publishing import HOUR, PAPER, Q1, START, Publisher
from pmf.cycle.suppressions import PART_LABELS, LeftOut, Listed, list_suppressions
from pmf.reporting.disclosure.redaction import EVERY_PART

# Both are printed in the committee's paper.
GUARDED, OTHER = "SP-06", "SP-07"
SMALL, WOULD_TELL = "It tells of fewer than 5 people.", "With what else is published it would tell a figure that is left out."


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """A council that has exported nothing yet."""
    return Publisher.at(tmp_path / "home")


def export(publisher: Publisher, *parts: tuple[str, str], hours: float, two_editions: bool = True) -> None:
    """Note a run that made the paper without parts of KPIs, in both editions unless both would say the same."""
    publisher.issue(hours=hours, **{PAPER: f"public {hours}"} | ({f"{PAPER}-internal": f"all {hours}"} if two_editions else {}))
    at = {"period": Q1.key, "as_at": START + hours * HOUR}
    insert(publisher.council, "stage_run", at | {"stage": "export", "summary": "{}", "register_digest": "x"})
    rows = [at | {"kpi_ref": ref, "part": part, "kind": "primary", "reason": SMALL} for ref, part in parts]
    insert(publisher.council, "suppression", *rows)


def listed(publisher: Publisher, *, hours: float) -> Listed:
    return list_suppressions(SLUG, Q1, as_at=START + hours * HOUR, settings=publisher.council.settings)


def published(publisher: Publisher, *, hours: float) -> None:
    """Publish the last edition without holding it against a warehouse that has no ratings."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
        publisher.publish(hours=hours)


def test_each_part_is_listed_with_its_reason_and_documents(publisher: Publisher) -> None:
    """In register order and as printed; an internal edition is no document that is without a part."""
    export(publisher, (OTHER, "value"), (GUARDED, "comment"), (GUARDED, "value"), hours=1)
    found = listed(publisher, hours=2)
    assert found.made_at == START + HOUR
    assert [(item.kpi_ref, item.part) for item in found.left_out] == [(GUARDED, "value"), (GUARDED, "comment"), (OTHER, "value")]
    assert found.left_out[0] == LeftOut(
        kpi_ref=GUARDED,
        title="People welcomed at British citizenship ceremonies",
        part="value",
        kind="primary",
        reason=SMALL,
        since=START + HOUR,
        documents=(PAPER,),
        published=(),
    )


def test_what_was_left_out_without_a_break_counts_from_its_first_run(publisher: Publisher) -> None:
    """A run that printed a part again breaks the stretch; one that leaves nothing out is a run as well."""
    export(publisher, (GUARDED, "value"), hours=1)
    export(publisher, hours=2)
    export(publisher, (GUARDED, "value"), hours=3)
    export(publisher, (GUARDED, "value"), (GUARDED, "history"), hours=4)
    since = {item.part: item.since for item in listed(publisher, hours=5).left_out}
    assert since == {"value": START + 3 * HOUR, "history": START + 4 * HOUR}
    assert listed(publisher, hours=2.5) == Listed((), START + 2 * HOUR)


def test_what_readers_see_is_listed_until_it_is_replaced(publisher: Publisher) -> None:
    """A published edition is without its own parts, whatever a later run has decided for the next."""
    export(publisher, (GUARDED, "value"), hours=1)
    published(publisher, hours=2)
    export(publisher, (GUARDED, "history"), hours=3)
    found = {item.part: (item.documents, item.published) for item in listed(publisher, hours=4).left_out}
    assert found == {"value": ((), (PAPER,)), "history": ((PAPER,), ())}


def test_without_a_public_edition_no_document_is_named(publisher: Publisher) -> None:
    """Where both readers are told the same, or only an internal edition was made, what was decided is listed all the same."""
    export(publisher, (GUARDED, "value"), hours=1, two_editions=False)
    (item,) = listed(publisher, hours=2).left_out
    assert (item.documents, item.published) == ((), ())


def test_nothing_was_ever_made(publisher: Publisher) -> None:
    """A period without documents is told from one whose documents leave nothing out."""
    assert listed(publisher, hours=1) == Listed((), None)


def test_every_part_has_words() -> None:
    """Whatever can be taken out of a measure has a name for officers."""
    assert set(PART_LABELS) == EVERY_PART | {"quarters"}
