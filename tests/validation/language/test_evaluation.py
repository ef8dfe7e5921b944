"""The frozen evaluation of benchmarks/bench_language.py, on a sample: few false flags, few misspellings missed."""

from __future__ import annotations

import importlib.util
import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from pmf.settings import read_settings
from pmf.validation.language import Lexicon

SETTINGS = read_settings(os.environ)
BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "bench_language.py"


@pytest.fixture(scope="module")
def bench() -> Any:
    """The benchmark as a module; skipped where its texts are not there."""
    if not (SETTINGS.reference_data / "prose").is_dir():
        pytest.skip(f"no reference data under {SETTINGS.reference_data} (PMF_REFERENCE_DATA)")
    spec = importlib.util.spec_from_file_location("bench_language", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def council(bench: Any, lexicon: Lexicon) -> Lexicon:  # noqa: ARG001 - skips without the dictionary
    """The lexicon of the sample council."""
    return bench.a_lexicon(SETTINGS)


@pytest.mark.parametrize("is_held_out", [False, True])
def test_clean_prose_is_left_alone(bench: Any, council: Lexicon, is_held_out: bool) -> None:
    """At most two false flags in a thousand words, also where nobody looked while the rules were made."""
    texts = [text for text in bench.prose(SETTINGS) if text.is_held_out is is_held_out]
    words = sum(text.word_count for text in texts)
    assert words > 5_000
    assert bench.false_flags(bench.flags(texts, council)) <= 2 * words / 1000


def test_misspellings_are_found(bench: Any, council: Lexicon) -> None:
    """Nine in ten of the misspellings that are no words of their own are named."""
    texts, wrong = bench.prose(SETTINGS), bench.misspellings(SETTINGS.reference_data / "spelling")
    injected = bench.inject(bench.sentences(texts), wrong, random.Random(bench.SEED))  # noqa: S311 - a sample that repeats
    words = bench.are_words(wrong, texts)
    found, asked = bench.recall([item for item in injected if item.wrong.lower() not in words][:150], council)
    assert asked == 150
    assert found >= 0.9 * asked
