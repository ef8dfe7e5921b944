"""``pmf sign-off``: a named post lets a period's documents out."""

from __future__ import annotations

from cli.running import APRIL, Run
from cycle.council import SLUG, Council
from pmf.cycle.publish import publish_signed_off


def test_what_is_signed_off_can_be_published(council: Council, pmf: Run) -> None:
    """After a sign-off the documents of the period go onto the site; before it none does."""
    council.whole_month(APRIL)
    home, at = council.settings.home, council.teller.profile.cycle_at(APRIL)
    before = publish_signed_off(SLUG, APRIL, as_at=at, settings=council.settings)
    result = pmf(
        "sign-off", "-o", SLUG, "-p", "2024-04", "--post", council.teller.profile.performance_team, "--reason", "Read through", home=home
    )
    assert (before.published, result.exit_code) == (0, 0), result.output
    assert "scorecard-organisation" in result.stdout


def test_a_sign_off_of_nothing_says_what_to_do(council: Council, pmf: Run) -> None:
    """No documents, an unknown post or a whole year are refused in words, with exit code 2."""
    home = council.settings.home
    post = council.teller.profile.performance_team
    assert "run the export first" in pmf("sign-off", "-o", SLUG, "-p", "2024-25-Q2", "--post", post, "--reason", "x", home=home).output
    assert "has no post" in pmf("sign-off", "-o", SLUG, "-p", "2024-25-Q2", "--post", "nobody", "--reason", "x", home=home).output
    assert pmf("sign-off", "-o", SLUG, "-p", "FY2024-25", "--post", post, "--reason", "x", home=home).exit_code == 2
