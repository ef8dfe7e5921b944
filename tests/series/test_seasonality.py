"""Seasonal indices are what months add, as far as it is more than chance."""

from __future__ import annotations

import numpy as np
import pytest

from pmf.series.seasonality import seasons, without_gaps

PATTERN = np.array([80.0, 82, 91, 95, 99, 120, 118, 104, 97, 90, 85, 81])


def test_a_season_of_factors_is_found_on_a_rising_level() -> None:
    """Months that swing in proportion to a growing level have factors, and leave the level when taken out."""
    level = 100 * 1.01 ** np.arange(72)
    figures = level * np.tile(PATTERN / PATTERN.mean(), 6)
    found = seasons(figures[None], length=12)
    assert found.is_multiplicative.all()
    assert found.removed(figures[None])[0] == pytest.approx(level, rel=0.01)


def test_a_season_of_amounts_is_found_on_a_rising_level() -> None:
    """Months that swing by the same amount whatever the level have amounts, above zero too."""
    level = 500 + 10.0 * np.arange(72)
    found = seasons((level + np.tile(PATTERN, 6))[None], length=12)
    assert not found.is_multiplicative.any()
    assert found.indices[0] == pytest.approx(PATTERN - PATTERN.mean(), abs=0.5)


def test_taking_out_and_putting_back_are_opposites() -> None:
    """What is put back on the months to come is what was taken out of the same months."""
    figures = np.tile(PATTERN, 5)[None]
    found = seasons(figures, length=12)
    assert found.restored(found.removed(figures)[:, -12:]) == pytest.approx(figures[:, -12:])


def test_noise_has_no_season() -> None:
    """Of 200 series of chance alone, what is taken for a season is a small part of their spread."""
    noise = np.random.default_rng(3).normal(100, 10, size=(200, 60))
    spread = seasons(noise, length=12).removed(noise) - noise
    assert np.std(spread) < 0.25 * 10


@pytest.mark.parametrize("months", [5, 12, 24])
def test_two_years_are_too_short_to_tell(months: int) -> None:
    """With every month measured once at most there is nothing to tell season from chance by."""
    found = seasons(np.tile(PATTERN, 2)[None, :months], length=12)
    assert found.removed(PATTERN[None]) == pytest.approx(PATTERN[None])


def test_a_gap_is_bridged_by_a_straight_line() -> None:
    """Only between known figures: what is before the first stays unknown."""
    gap = float("nan")
    assert without_gaps(np.array([[gap, 2.0, gap, gap, 8.0]]))[0, 1:].tolist() == [2, 4, 6, 8]
    assert np.isnan(without_gaps(np.array([[gap, 2.0, gap, 8.0]]))[0, 0])
