"""``pmf sign-off``: a named post lets a period's documents out."""

from __future__ import annotations

from pathlib import Path

from cli.running import APRIL, Run
from cycle.council import SLUG, Council
from faults.small import small_council
from pmf.cycle.publish import publish_signed_off


def test_what_is_signed_off_can_be_published(pmf: Run, tmp_path: Path) -> None:
    """After a sign-off the documents of the period go onto the site; before it none does."""
    council = small_council(tmp_path / "home")
    council.whole_month(APRIL)
    home, at = council.settings.home, council.teller.profile.cycle_at(APRIL)
    before = publish_signed_off(SLUG, APRIL, as_at=at, settings=council.settings)
    post, where = council.teller.profile.performance_team, {"PMF_ORGANISATIONS": str(council.settings.organisations)}
    result = pmf("sign-off", "-o", SLUG, "-p", "2024-04", "--post", post, "--reason", "Read through", home=home, **where)
    assert (before.published, result.exit_code) == (0, 0), result.output
    assert "scorecard-organisation" in result.stdout


def test_a_sign_off_of_nothing_says_what_to_do(council: Council, pmf: Run) -> None:
    """No documents, an unknown post or a whole year are refused in words, with exit code 2."""
    home = council.settings.home
    post = council.teller.profile.performance_team
    assert "run the export first" in pmf("sign-off", "-o", SLUG, "-p", "2024-25-Q2", "--post", post, "--reason", "x", home=home).output
    assert "has no post" in pmf("sign-off", "-o", SLUG, "-p", "2024-25-Q2", "--post", "nobody", "--reason", "x", home=home).output
    assert pmf("sign-off", "-o", SLUG, "-p", "FY2024-25", "--post", post, "--reason", "x", home=home).exit_code == 2
