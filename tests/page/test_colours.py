"""The colours: words and marks keep their contrast, in grey and for every kind of colour vision, and none of them speaks alone."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from pmf.page.icon import ICONS
from pmf.page.palette import NEUTRAL, TINTS
from pmf.status import Status

INK, WHITE = "#0b0c0c", "#ffffff"
# What somebody sees who lacks one kind of cone, in linear light: Machado, Oliveira and Fernandes (2009), severity 1. Grey is luminance.
VISIONS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
}
# Colours of drawings that need no contrast: a fill with a line of ink around it, and the ground line of a chart, which says nothing.
OUTLINED, GROUND = {"#ff8a4c", "#e4e6e8"}, "#b1b4b6"


def luminance(colour: str, vision: str) -> float:
    """Relative luminance (WCAG 2.2) of "#rrggbb" as seen."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    light = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    seen = [min(max(sum(share * part for share, part in zip(row, light, strict=True)), 0), 1) for row in VISIONS[vision]]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), seen, strict=True))


def contrast(one: str, other: str, vision: str = "usual") -> float:
    """Contrast ratio (WCAG 2.2), 1 to 21."""
    light, dark = sorted((luminance(one, vision), luminance(other, vision)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(words: str) -> set[str]:
    """Every colour named, "#fff" as "#ffffff"."""
    codes = re.findall(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", words)
    return {"#" + (code if len(code) == 6 else "".join(letter * 2 for letter in code)) for code in codes}


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("tint", [*TINTS.values(), NEUTRAL], ids=[*TINTS, "none"])
def test_a_status_keeps_its_contrast(tint, vision: str) -> None:
    """Text on a status's background reaches 7:1, its bar 3:1 against the page (WCAG 2.2, 1.4.6 and 1.4.11), however it is seen."""
    assert contrast(INK, tint.fill, vision) >= 7
    assert contrast(tint.bar, WHITE, vision) >= 3


def test_a_status_is_never_told_by_colour_alone() -> None:
    """No two statuses share a word, no two ratings a shape, and every rating has one (WCAG 2.2, 1.4.1)."""
    assert len({status.label for status in Status}) == len(Status)
    shapes = [status.shape for status in Status if status.is_rated]
    assert all(shapes)
    assert len(set(shapes)) == len(shapes)


def test_text_keeps_its_contrast(templates: Path) -> None:
    """Words and links of pages and mails reach 4.5:1 on every ground they stand on (WCAG 2.2, 1.4.3)."""
    sheet = (templates / "report" / "report.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", sheet))
    grounds = [WHITE, named["pale"], *(tint.fill for tint in TINTS.values())]
    assert min(contrast(named[words], ground) for words, ground in product(("ink", "secondary", "link"), grounds)) >= 4.5
    assert contrast(named["ink"], named["focus"]) >= 4.5
    (veil,) = re.findall(r"color: #000000([0-9a-f]{2});", (templates / "report" / "draft.css").read_text(encoding="utf-8"))
    marked = f"#{255 - int(veil, 16):02x}" + f"{255 - int(veil, 16):02x}" * 2
    assert min(contrast(named[words], marked) for words in ("ink", "secondary", "link")) >= 4.5, "on the mark of a draft"
    mail = (templates / "mail" / "mail.css").read_text(encoding="utf-8")
    words = colours(" ".join(re.findall(r"[ {;]color: (#[0-9a-f]{6})", mail))) - {WHITE}
    assert min(contrast(one, ground) for one, ground in product(words, (WHITE, "#f3f2f1"))) >= 4.5


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("drawing", ["chart", *(f"icons/{name}" for name in ICONS)])
def test_a_drawing_keeps_its_contrast(templates: Path, drawing: str, vision: str) -> None:
    """Every line and mark reaches 3:1 against the page (WCAG 2.2, 1.4.11), however it is seen, by its outline where not by its fill."""
    markup = (templates / "report" / f"{drawing}.svg").read_text(encoding="utf-8")
    used = colours(markup) - {WHITE, GROUND}
    assert min(contrast(colour, WHITE, vision) for colour in used - OUTLINED) >= 3
    assert INK in used or not used & OUTLINED


def test_the_marks_of_a_chart_have_shapes_of_their_own(templates: Path) -> None:
    """Better is a square, worse a diamond, unusual a ring, ordinary a dot; mean, limit and target are dashed differently."""
    markup = (templates / "report" / "chart.svg").read_text(encoding="utf-8")
    marks = markup[markup.index("{% macro mark") : markup.index("{% endmacro %}")]
    assert re.findall(r'shape == "(\w+)" %}<(\w+)', marks) == [("improving", "rect"), ("concerning", "path"), ("special", "circle")]
    assert re.findall(r'<circle [^>]*fill="([^"]+)"', marks) == ["#fff", "#484f54"]
    levels = markup[markup.index("for level in") :]
    dashes = [re.search(r'stroke-dasharray="([^"]+)"', line) for line in re.split(r"{% el(?:if|se)", levels.split("/>")[0])]
    assert len({dash and dash[1] for dash in dashes}) == 3
