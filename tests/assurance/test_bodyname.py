"""One name for each committee and board (the HDC framework calls its board by five)."""

from __future__ import annotations

import pytest

from pmf.assurance.block import Heading, Words
from pmf.assurance.bodyname import name_mismatches
from pmf.register.load import load_profile
from pmf.settings import read_settings

ORGANISATIONS = read_settings({}).organisations


def variants(slug: str, text: str) -> list[tuple[str, str]]:
    mismatches = name_mismatches((Heading("Background"), Words(text)), load_profile(ORGANISATIONS / slug))
    return [(mismatch.found.strip("“”"), mismatch.expected.strip("“”")) for mismatch in mismatches]


SRP = "Strategy, Resources and Performance Committee"


@pytest.mark.parametrize(
    "text",
    [
        f"The {SRP} approved it; the {SRP}'s next meeting is in May.",
        "CLT and the Corporate Leadership Team met.",
        "Adults and health are served by a committee of their own.",
        "The Highways team and the transport board agreed.",
        "Resources and performance of the strategy were discussed in committee.",
    ],
)
def test_right_names_and_other_words_are_left_alone(text: str) -> None:
    """A name to the letter, a short form, and words that only remind of a name are no problem."""
    assert variants("cambridgeshire", text) == []


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ("Strategy, Performance and Resources Committee", SRP),
        ("Strategy, Resource and Performance Committee", SRP),
        ("Strategy Resources and Performance Comittee", SRP),
        ("Communities, Social Mobilty and Inclusion Committee", "Communities, Social Mobility and Inclusion Committee"),
        ("Communities, Social Mobility, and Inclusion Committee", "Communities, Social Mobility and Inclusion Committee"),
        ("Adults & Health Committee", "Adults and Health Committee"),
        ("Adult and Health Committee", "Adults and Health Committee"),
    ],
)
def test_other_names_and_slips_are_found_with_the_right_name(found: str, name: str) -> None:
    """A name in another order, with a letter or comma amiss, or as other documents have it, is found once."""
    ((said, expected),) = variants("cambridgeshire", f"It went to the {found} in May.")
    assert said.replace(",", "") == found.replace(",", "")
    assert expected == name


@pytest.mark.parametrize(
    "found",
    [
        "Operation, Performance and Efficiency Board",
        "Operations, Performance, and Efficiencies Board",
        "Operations and Efficiency Board",
        "Performance Board",
    ],
)
def test_the_boards_five_names_are_one(found: str) -> None:
    """Each of the other names the framework has for its board is told the one."""
    assert variants("huntingdonshire", f"The {found} met.") == [(found, "Operations, Performance and Efficiency Board")]
