"""How a process behaves, in words with an icon before them."""

from __future__ import annotations

import pytest

from pmf.page.icon import ICONS
from pmf.reporting.behaviour import assurance_cell, variation_cell
from reporting.samples import a_kpi, a_measure


@pytest.mark.parametrize(
    ("direction", "variation", "words", "icon"),
    [
        ("higher", "improving", "Unusual, for the better", "improving_high"),
        ("lower", "improving", "Unusual, for the better", "improving_low"),
        ("higher", "concerning", "Unusual, for the worse", "concerning_low"),
        ("lower", "concerning", "Unusual, for the worse", "concerning_high"),
        ("range", "concerning", "Unusual, for the worse", "concerning"),
        ("", "rising", "Unusually high", "rising"),
        ("", "falling", "Unusually low", "falling"),
        ("lower", "common_cause", "Usual ups and downs", "common_cause"),
    ],
)
def test_variation_is_a_word_with_an_icon(direction: str, variation: str, words: str, icon: str) -> None:
    """The words say whether the latest figures are usual; the icon adds which way they went, and is one there is a drawing of."""
    cell = variation_cell(a_measure(kpi=a_kpi(direction=direction, status_type="contextual"), variation=variation))
    assert (cell.text, cell.icon) == (words, icon)
    assert icon in ICONS


@pytest.mark.parametrize("assurance", ["met", "missed", "hit_or_miss"])
def test_assurance_is_a_word_with_an_icon(assurance: str) -> None:
    """Each kind of assurance has words of its own and its icon."""
    cell = assurance_cell(a_measure(assurance=assurance))
    assert "target" in cell.text
    assert cell.icon in ICONS


def test_without_a_chart_there_is_no_icon() -> None:
    """Where no chart is drawn the words say so and no icon stands before them."""
    assert (variation_cell(a_measure()).text, variation_cell(a_measure()).icon) == ("No chart", "")
    assert (assurance_cell(a_measure()).text, assurance_cell(a_measure()).icon) == ("Not told", "")
