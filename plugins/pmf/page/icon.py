"""The names of the icons for how a process behaves; the drawings are ``include/templates/report/icons/<name>.svg``.

Shape tells the judgement, so that grey print and every kind of colour vision do: a square is good, a diamond bad, a circle
neither; filled for variation with an arrow for which way the figures went, in outline for assurance. The word always
stands beside. ``improving`` and ``concerning`` without a way are for targets that are ranges.
"""

from __future__ import annotations

VARIATION_ICONS = (
    "common_cause",
    "improving",
    "improving_high",
    "improving_low",
    "concerning",
    "concerning_high",
    "concerning_low",
    "rising",
    "falling",
)
ASSURANCE_ICONS = ("met", "missed", "hit_or_miss")
ICONS = (*VARIATION_ICONS, *ASSURANCE_ICONS)
