"""Which source a file from the inbox is."""

from __future__ import annotations

from collections.abc import Callable

from pmf.register.source import Source
from pmf.source import named_like, recognise

CONTENT = b"Indicator,Month,Actual\n36,2024-09,1\n"


def test_a_file_is_known_by_its_name_and_columns(source: Source) -> None:
    """Name pattern and declared columns must both fit; capitals, and what the name says of its kind, do not matter."""
    assert recognise(CONTENT, "Visits-September.XLSX", [source]) is source
    assert recognise(CONTENT, "visits-2024-09.csv", [source]) is source
    assert recognise(CONTENT, "our-visits-2024-09.csv", [source]) is None
    assert recognise(b"Indicator,Month,Value\n36,2024-09,1\n", "visits-2024-09.csv", [source]) is None


def test_of_two_that_fit_it_is_neither(declare: Callable[..., Source]) -> None:
    """A file that could be of two sources is of none: nobody guesses whose figures they are."""
    first, second = declare(), declare(id="other", service_id="museums")
    assert recognise(CONTENT, "visits-1.csv", [first, second]) is None
    assert named_like("visits-1.csv", [first, second]) == (first, second)


def test_columns_tell_sources_of_one_name_apart(declare: Callable[..., Source]) -> None:
    """Of two sources whose files are called alike, the one whose columns are there is meant."""
    first, second = declare(), declare(id="other", columns={"kpi_ref": "Indicator", "period": "Month", "value": "Number"})
    assert recognise(CONTENT, "visits-1.csv", [second, first]) is first


def test_only_file_sources_are_known_by_name(declare: Callable[..., Source]) -> None:
    """What comes from a query, endpoint or folder is fetched by us, never put into the inbox."""
    folder = declare(file=None, folder={"url": "memory://visits/*.csv"})
    assert named_like("visits-1.csv", [folder]) == ()


def test_a_single_name_that_fits_lets_the_sender_be_told(declare: Callable[..., Source]) -> None:
    """A name may come with a folder; what fits it by name alone can be asked what is wrong with the file."""
    source = declare()
    assert named_like("inbox/2024-09/visits-1.csv", [source]) == (source,)
