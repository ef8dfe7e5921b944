"""Printed figures, targets, statuses and words against exact ones."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.assurance.printing import comment_of, figure_agrees, status_agrees, target_agrees, words_agree
from pmf.register.target import printed_target
from pmf.value import plain, printed
from validation.samples import a_kpi

VALUES = st.decimals(min_value=-(10**9), max_value=10**9, places=5)
UNITS = st.sampled_from(["%", "£", "number", "days"])


@given(value=VALUES, unit=UNITS, decimals=st.integers(0, 3))
def test_what_is_printed_of_a_figure_agrees_with_it(value: Decimal, unit: str, decimals: int) -> None:
    """A figure as printed, alone or before a note, agrees with the exact one."""
    kpi, said = a_kpi("36", unit=unit, decimals=decimals), printed(value, unit=unit, decimals=decimals)
    assert figure_agrees(said, value, kpi)
    assert figure_agrees(f"{said} year to date", value, kpi)
    assert target_agrees(printed_target(plain(value), kpi), plain(value), kpi)


@given(value=VALUES, unit=UNITS, decimals=st.integers(0, 3), out=st.sampled_from([-1, 1]))
def test_a_figure_one_unit_of_its_last_place_out_does_not_agree(value: Decimal, unit: str, decimals: int, out: int) -> None:
    """The smallest change that can be seen in print is found, unless both are as near to the exact figure."""
    kpi = a_kpi("36", unit=unit, decimals=decimals)
    other = value + Decimal(out).scaleb(-decimals)
    said = printed(other, unit=unit, decimals=decimals)
    is_as_near = value.scaleb(decimals) % 1 in (Decimal("0.5"), Decimal("-0.5"))
    assert not figure_agrees(said, value, kpi) or is_as_near


@pytest.mark.parametrize(
    ("said", "value"),
    [("79%", "79.4"), ("79.4", "79.4"), ("£79.4", "79.4"), ("79.40%x", "79.4"), ("Under query", "79.4"), ("79.4%", None), ("", "79.4")],
)
def test_fewer_decimals_another_unit_or_no_figure_do_not_agree(said: str, value: str | None) -> None:
    """A figure is printed in its unit, with its decimals, and only where there is one."""
    assert not figure_agrees(said, value and Decimal(value), a_kpi("36", unit="%", decimals=1))


def test_a_range_agrees_by_both_its_ends() -> None:
    """A target range is compared end by end; no target has no figure."""
    kpi = a_kpi("36", unit="%")
    assert target_agrees("85% to 95%", "85..95", kpi)
    assert not target_agrees("85% to 96%", "85..95", kpi)
    assert not target_agrees("85%", "85..95", kpi)
    assert target_agrees("No target", None, kpi)
    assert not target_agrees("85%", None, kpi)


def test_a_status_is_its_whole_word() -> None:
    """A status agrees by its word, whatever note follows, and no status by none of them."""
    assert status_agrees("In Development", "in_development")
    assert status_agrees("Red third month running", "red")
    assert not status_agrees("Redacted", "red")
    assert status_agrees("Not rated", None)
    assert not status_agrees("Green", None)


def test_words_agree_to_the_letter_but_not_to_the_space() -> None:
    """A comment may break its lines elsewhere; a letter or figure of it may not change; where a PDF has no glyph, the rest counts."""
    assert words_agree("A slow\nstart.", "A slow start.")
    assert not words_agree("A slow start: 80%.", "A slow start: 8%.")
    assert not words_agree("A slow start. And more.", "A slow start.")
    assert words_agree("A slow start. And more.", "A slow start.", is_whole=False)
    assert words_agree("No explanation supplied.", "")
    assert not words_agree("All is well.", "")
    assert words_agree("Flags: \N{REPLACEMENT CHARACTER} up", "Flags: \N{CJK UNIFIED IDEOGRAPH-65D7} up")


def test_a_comment_is_parted_at_its_path_to_green() -> None:
    """What follows "Path to green:" is the path."""
    assert comment_of({"comment": "Late. PATH to Green: hire two."}) == ("Late.", "hire two.")
    assert comment_of({"comment": "Late."}) == ("Late.", "")
