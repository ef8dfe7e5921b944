"""What the commentary suite says of comments: a table of cases, all of them KPIs of one month validated once."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from pmf.finding import Finding, Outcome, Scope, Severity
from pmf.period import Quarter
from pmf.validation.datasets.commentary import commentary_frame
from pmf.validation.inputs import RatingInputs
from pmf.validation.points import Checked, check_ratings
from pmf.validation.run import run_suite
from pmf.validation.suites import load_suite
from validation.samples import A_LEXICON, SEPTEMBER, SUITES, a_kpi, a_rating, a_register, a_template

SHARE: dict[str, Any] = {"title": "Complaints answered within 10 working days", "unit": "%", "decimals": 1}
COUNT: dict[str, Any] = {"title": "Households in temporary accommodation", "direction": "lower"}
RISEN: dict[str, Any] = {"value": Decimal("85.2"), "previous_value": Decimal("81.4"), "change": "improved", "moved": "up"}
FALLEN: dict[str, Any] = {"value": Decimal("81.4"), "previous_value": Decimal("85.2"), "change": "declined", "moved": "down"}
MORE: dict[str, Any] = {"value": Decimal(231), "previous_value": Decimal(212), "change": "declined", "moved": "up"}
RED: dict[str, Any] = {"status": "red", "off_target_pct": Decimal(12)}
GREEN: dict[str, Any] = {"status": "green", "off_target_pct": Decimal(-2)}
PATH = "Two officers left in May. Path to green: both posts are advertised. Owner: Head of Libraries. By 30 November 2024."
WELL = "Two officers came back from leave and took the oldest letters first."


@dataclass(frozen=True)
class Case:
    """One KPI: its comment, what its rating and its definition say, last month's comment, and the rules it breaks."""

    name: str
    comment: str
    breaks: str = ""
    rating: dict[str, Any] = field(default_factory=lambda: RISEN)
    kpi: dict[str, Any] = field(default_factory=lambda: SHARE)
    last: str = ""


CASES = (
    Case("told well", WELL),
    Case("no comment and no need of one", ""),
    Case("red and silent", "", "red_without_comment", RISEN | RED),
    Case("red and blank", " \n", "red_without_comment", RISEN | RED),
    Case("red and says nothing", "N/A", "red_without_comment", RISEN | RED),
    Case("red in two words", "Very late.", "too_short path_incomplete", RISEN | RED),
    Case("red with the whole path", PATH, "", RISEN | RED),
    Case("red in one's own words", "Because two posts are empty, the service will hire again in November.", "", RISEN | RED),
    Case("red with a cause alone", "Fewer letters were answered because of the works.", "path_incomplete", RISEN | RED),
    Case("red, and the only date is when it went wrong", PATH.replace(" By 30 November 2024.", ""), "path_incomplete", RISEN | RED),
    Case("amber with a cause alone", "Letters waited because of the works.", "", RISEN | {"status": "amber", "off_target_pct": Decimal(4)}),
    Case("two words", "No change.", "too_short"),
    Case("three words", "Letters came late."),
    Case("a phrase for a box that must not be empty", "Nothing to report.", "says_nothing"),
    Case("the same after a large movement", "As expected.", "large_movement", MORE | {"previous_value": Decimal(150)}, COUNT),
    Case("the same after a movement at the limit", "As expected.", "says_nothing", MORE | {"previous_value": Decimal(210)}, COUNT),
    Case("last month's words in other clothes", f"  {WELL.upper()} ", "repeats_last copied", last=WELL),
    Case("nothing, as last month", "n/a", "says_nothing", last="n/a"),
    Case("says improved, and is worse", "Performance improved this month.", "movement_disagrees", FALLEN),
    Case("says improved, and is better", "Performance improved this month, as hoped."),
    Case("says rose, and fell", "The share rose slightly.", "movement_disagrees", FALLEN),
    Case("says fell of a number that rose", "The number of households fell.", "movement_disagrees", MORE, COUNT),
    Case("says rose of a number better low", "The number of households rose.", "", MORE, COUNT),
    Case("says unchanged, and moved by a tenth", "Numbers remained stable.", "movement_disagrees", MORE, COUNT),
    Case("says unchanged, and moved by a hundredth", "Numbers are stable.", "", MORE | {"value": Decimal(214)}, COUNT),
    Case("moved only behind the decimals printed", "Performance fell.", "too_short", RISEN | {"previous_value": Decimal("85.19")}),
    Case("runs up through the year", "The number is down on August.", "", MORE, COUNT | {"is_cumulative": True}),
    Case("compared with another month", "The share is lower than in March."),
    Case("another figure than returned", "Performance was 91% in September.", "figure_disagrees"),
    Case("the figure returned", "Performance was 85% in September."),
    Case("the target beside it", "The rate aimed at is 90%.", "", RISEN | {"target": "90"}),
    Case("says on target, and is red", f"We are on target. {PATH}", "target_disagrees", RISEN | RED),
    Case("says target missed, and is green", "The target was missed again.", "target_disagrees", RISEN | GREEN),
    Case("says on target, and is green", "We are on target.", "", RISEN | GREEN),
    Case("below a target that is better low", "We are below target.", "", MORE | GREEN, COUNT),
    Case("looks on target as printed", "We are still on target.", "", RISEN | RED | {"status": "amber", "flags": "rounding_shows_other"}),
    Case("an address of a person", "Write to jo.bloggs@example.org about this.", "personal_data"),
    Case("an address of the council", "Write to libraries-officer@fenshire.example.org about this."),
    Case("a number in the reason of a missing figure", "", "personal_data", {"value": None, "reason": "Nil return: ring 07700 900123."}),
)


def _ref(case: Case) -> str:
    return f"K{CASES.index(case)}"


def _inputs() -> RatingInputs:
    register = a_register(
        [a_kpi(_ref(case), **case.kpi) for case in CASES], [a_template(_ref(case), large_movement_pct="10") for case in CASES]
    )
    return RatingInputs(
        register=register,
        period=SEPTEMBER,
        ratings=[a_rating(_ref(case), comment=case.comment) | {"target": None, "off_target_pct": None} | case.rating for case in CASES],
        previous_comments={_ref(case): case.last for case in CASES},
        lexicon=A_LEXICON,
    )


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    """What the commentary suite finds in all cases at once."""
    return list(run_suite(load_suite(SUITES / "commentary.json"), commentary_frame(_inputs())).findings)


def _of(case: Case, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.kpi_ref == _ref(case)]


def _one(name: str, findings: list[Finding]) -> Finding:
    (finding,) = _of(next(case for case in CASES if case.name == name), findings)
    return finding


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_comment_breaks_the_rules_it_should_and_no_other(case: Case, findings: list[Finding]) -> None:
    """A comment is found guilty of exactly the rules its case names."""
    assert {finding.rule_id.removeprefix("commentary.") for finding in _of(case, findings)} == set(case.breaks.split())


def test_every_rule_of_meaning_has_a_comment_that_breaks_it() -> None:
    """The table of cases leaves out no rule but those about the language of a comment."""
    about_language = {"misspelt", "american_spelling", "doubled_word", "grammar", "long_sentence"}
    rules = {rule.rule_id.removeprefix("commentary.") for rule in load_suite(SUITES / "commentary.json").rules}
    assert {rule for case in CASES for rule in case.breaks.split()} | about_language == rules


def test_a_comment_never_withholds_a_figure() -> None:
    """Comments are flagged; silence on a red and personal data keep documents back, and nothing else does (rulings 11)."""
    rules = load_suite(SUITES / "commentary.json").rules
    assert {(rule.severity, bool(rule.meta.critical_where)) for rule in rules} == {(Severity.WARNING, False)}
    assert {rule.rule_id for rule in rules if rule.meta.scope is Scope.PUBLICATION} == {
        "commentary.red_without_comment",
        "commentary.personal_data",
    }


def test_a_contradiction_is_quoted_beside_the_figures(findings: list[Finding]) -> None:
    """A finding quotes the words and prints both figures with what the movement means."""
    finding = _one("says improved, and is worse", findings)
    assert finding.message == (
        f'The comment on KPI {finding.kpi_ref} (Complaints answered within 10 working days) says "Performance improved this month",'
        " but the figures are: 85.2% in August 2024, then 81.4%, which is worse."
    )
    assert finding.found == "Performance improved this month"
    assert _one("another figure than returned", findings).message.endswith(
        "gives the figure as 91%; the figure returned for September 2024 is 85.2%."
    )


def test_what_is_missing_of_a_path_is_named(findings: list[Finding]) -> None:
    """A finding about an incomplete path names the parts, and only those."""
    assert _one("red with a cause alone", findings).message.endswith("seems to lack: action, owner and date.")
    assert _one("red, and the only date is when it went wrong", findings).message.endswith("seems to lack: date.")


def test_personal_data_is_never_repeated(findings: list[Finding]) -> None:
    """What is mailed and printed of personal data is masked, whichever rule quotes the comment."""
    finding = _one("an address of a person", findings)
    assert finding.found == "an e-mail address (j…@…)"
    assert finding.scope is Scope.PUBLICATION
    texts = [f"{finding.message}{finding.found}{finding.fix}" for finding in findings]
    assert not [text for text in texts if "bloggs" in text or "900123" in text]


def test_a_comment_quoted_for_another_reason_is_masked_too() -> None:
    """A comment that repeats last month's is quoted without the address it holds."""
    comment = "Write to jo.bloggs@example.org about it all."
    result = checked(a_rating("36", comment=comment), previous_comments={"36": comment})
    assert [(finding.rule_id, finding.found) for finding in result.findings] == [
        ("commentary.repeats_last", "Write to j…@… about it all."),
        ("commentary.personal_data", "an e-mail address (j…@…)"),
    ]


def checked(*ratings: dict[str, Any], **inputs: Any) -> Checked:
    register = a_register([a_kpi(row["kpi_ref"]) for row in ratings])
    given: dict[str, Any] = {"period": SEPTEMBER, "lexicon": A_LEXICON}
    return check_ratings(RatingInputs(register=register, ratings=ratings, **(given | inputs)), suites=SUITES)


def test_silence_on_a_red_blocks_publication_and_never_hides_it() -> None:
    """A red without a comment is flagged and blocks publication; value and colour stay."""
    result = checked(a_rating("36", **RED, comment=""))
    (finding,) = result.findings
    assert (finding.severity, finding.scope) == (Severity.WARNING, Scope.PUBLICATION)
    assert (result.decision.outcome, result.decision.withheld_refs) == (Outcome.FLAG, frozenset())
    assert result.blocking == (finding,)


def test_a_quarters_comment_is_that_of_its_last_month() -> None:
    """A quarter's figure is not held against a comment that was written about a month."""
    rating = a_rating("36", comment="The number fell to 91.", previous_period="2024-25-Q1")
    assert [finding.rule_id for finding in checked(rating).findings] == ["commentary.movement_disagrees", "commentary.figure_disagrees"]
    assert checked(rating, period=Quarter(2024, 2)).findings == ()


def test_the_same_comment_on_figures_of_two_services_is_no_copy() -> None:
    """Only within a service is a comment taken for a copy, and the first one is the original."""
    ratings = [a_rating(ref, comment=WELL) for ref in ("36", "37", "38")]
    register = a_register([a_kpi("36"), a_kpi("37"), a_kpi("38", service_id="highways")])
    result = check_ratings(RatingInputs(register=register, period=SEPTEMBER, ratings=ratings, lexicon=A_LEXICON), suites=SUITES)
    assert [(finding.kpi_ref, finding.rule_id) for finding in result.findings] == [("37", "commentary.copied")]
    assert result.findings[0].message.endswith("is word for word that on KPI 36.")
