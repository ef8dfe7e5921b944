"""The signs of a path to green."""

from __future__ import annotations

import pytest

from pmf.validation.commentary.path import parts_given, parts_missing


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It was slow, and may stay so.", ""),
        ("Costs rose because steel is dear.", "cause"),
        ("It is late, as bidders needed longer.", "cause"),
        ("Reason: steel.", "cause"),
        ("Recruitment is under way.", "action"),
        ("Action: steel.", "action"),
        ("The Head of Libraries knows.", "owner"),
        ("We know.", "owner"),
        ("Owner: J Bloggs.", "owner"),
        ("Done in May.", "date"),
        ("It may be done.", ""),
        ("Done on 4/11/2024.", "date"),
        ("Done within six weeks.", "date"),
        ("Done by the end of the quarter.", "date"),
        ("The team will meet in Q4, because it is late.", "action cause date owner"),
    ],
)
def test_a_part_is_known_by_its_sign(text: str, parts: str) -> None:
    """A text shows the parts it has a sign or a label of, and no other."""
    assert " ".join(sorted(parts_given(text))) == parts


@pytest.mark.parametrize(
    ("comment", "missing"),
    [
        ("Late because of the works. Path to green: weekend shifts. Owner: Head of Highways. By 31 May 2024.", ()),
        ("Two officers left. PATH TO GREEN : both posts are advertised by the service in May.", ()),
        ("Path to green: both posts are advertised by the service in May.", ("cause",)),
        ("Two officers left on 8 April. Path to green: both posts are advertised. Owner: Head of Highways.", ("date",)),
        ("The team lost two officers. Path to green: advertise both posts in May.", ("owner",)),
        ("Two officers left. Path to green:", ("action", "owner", "date")),
        ("It is late.", ("cause", "action", "owner", "date")),
    ],
)
def test_what_is_missing_is_named_in_order(comment: str, missing: tuple[str, ...]) -> None:
    """Owner and date of what is to come are looked for behind the label, so the day it went wrong does not count."""
    assert parts_missing(comment) == missing
