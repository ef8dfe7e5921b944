"""Personal data by its shape: made of numbers nobody has (Ofcom's for drama, NHS test numbers) and addresses nobody can have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.validation.commentary.personal import masked, personal_data

ALLOWED = frozenset({"libraries@fenshire.example.org"})


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("Write to jo.bloggs@example.org.", "an e-mail address", "Write to j…@…."),
        ("Ring 01632 960123.", "a telephone number", "Ring 01…."),
        ("Ring (01632) 960 123.", "a telephone number", "Ring (0…."),
        ("Ring 07700 900123.", "a telephone number", "Ring 07…."),
        ("Ring +44 7700 900123.", "a telephone number", "Ring +4…."),
        ("Ring 020 7946 0123.", "a telephone number", "Ring 02…."),
        ("Patient 999 000 0018.", "an NHS number", "Patient 999…."),
        ("Patient 9990000018.", "an NHS number", "Patient 999…."),
        ("Claimant QQ 12 34 56 C.", "a National Insurance number", "Claimant QQ…."),
        ("Claimant qq123456c.", "a National Insurance number", "Claimant qq…."),
        ("The tenant (born 3 May 1987) moved.", "a date of birth", "The tenant (born…) moved."),
        ("The tenant, DOB: 03/05/1987, moved.", "a date of birth", "The tenant, DOB:…, moved."),
        ("The lorry XX00 XXX was seen.", "a vehicle's registration", "The lorry XX… was seen."),
        ("Mr. Bloggs of ZZ99 3AA moved.", "a postcode beside a name", "Mr. Bloggs of ZZ… moved."),
        (
            "It is clean. Jo Bloggs, 3 Mill Lane, ZZ99 3AA, moved.",
            "a postcode beside a name",
            "It is clean. Jo Bloggs, 3 Mill Lane, ZZ…, moved.",
        ),
    ],
)
def test_personal_data_is_found_and_masked(text: str, kind: str, shown: str) -> None:
    """Each shape is found for what it is, and shown by its beginning alone."""
    assert [item.kind for item in personal_data(text)] == [kind]
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Write to Libraries@Fenshire.example.org.",
        "Ring 0300 123 4567 or 0800 000 000.",
        "We spent £1,234,567,890 of 9990000018.55.",
        "Patient 999 000 0019.",
        "From 01/02/2024 to 2024-09-01, 1,200,300 visits and 01632 of them at night.",
        "Babies born in May 2024, and 12 born on Sundays.",
        "FY24 YTD is 12% up.",
        "The library in ZZ99 3AA closed. Jo Bloggs opened it again.",
        "The Huntingdon Library, ZZ99 3AA, closed.",
        "Ely City Council moved to ZZ99 3AA on Monday March 4.",
        "KPI PI-24, per 100,000 and 12 34 56.",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    """The council's own addresses, organisations' numbers, money, dates, places and references are nobody's."""
    assert personal_data(text, allowed=ALLOWED) == ()
    assert masked(text, allowed=ALLOWED) == text


def test_several_pieces_are_told_in_the_order_of_the_text() -> None:
    """Each piece is found once, where it stands."""
    text = "Ring 07700 900123 or write to jo.bloggs@example.org."
    assert [(item.kind, text[item.start : item.end]) for item in personal_data(text)] == [
        ("a telephone number", "07700 900123"),
        ("an e-mail address", "jo.bloggs@example.org"),
    ]


@given(st.text(alphabet="0123456789 ()+-@.aAqQzZ£,/", max_size=80))
def test_what_is_masked_holds_no_more(text: str) -> None:
    """Nothing found in a text stands in what is shown of it."""
    shown = masked(text)
    assert all(text[item.start : item.end] not in shown or text.count(text[item.start : item.end]) > 1 for item in personal_data(text))
