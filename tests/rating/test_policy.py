"""Policies are refused when they leave a figure without a status or give it two, and the shipped ones are the councils'."""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.rating.band import SinceLastYear
from pmf.rating.interval import EVERYTHING_ENDS, EVERYTHING_STARTS, Cut, Interval, parse_interval
from pmf.rating.policy import Policy, PolicyError, load_policies, load_policy
from pmf.rating.prover import coverage_problems
from pmf.settings import read_settings

SHIPPED = read_settings({}).policies
QUARTER_2 = SHIPPED / "ccc-q2-2024.yaml"
HAVERING = SHIPPED / "havering-2013.yaml"
TOLERANCE = SHIPPED / "reigate-tolerance.yaml"


def written(folder: Path, text: str, name: str = "ccc-q2-2024") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(PolicyError) as refused:
        load_policy(written(folder, text))
    return str(refused.value)


def test_the_quarter_2_report_as_written_is_refused(tmp_path: Path) -> None:
    """Without our declared fill, the report's own rule leaves "better by more than 5%" without a status."""
    text = QUARTER_2.read_text(encoding="utf-8")
    as_written = re.sub(r'  - status: green\n    off_target: "\(-inf, -5\)".*?(?=\n# Nothing)', "", text, flags=re.DOTALL)
    assert "declared_fill" not in as_written
    message = refusal(tmp_path, as_written)
    assert "nothing covers (-inf, -5): say which status a KPI has there" in message
    assert "ccc-q2-2024.yaml" in message


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("(0, 10)", "(0, 10]", "both amber (0, 10] and red [10, +inf) cover exactly 10"),
        ("(0, 10)", "(0, 9.5)", "nothing covers [9.5, 10)"),
        ("[10, +inf)", "(10, +inf)", "nothing covers exactly 10"),
        ("[10, +inf)", "[10, 100]", "nothing covers (100, +inf)"),
        ("[-5, 0]", "[-5, 2)", "both green [-5, 2) and amber (0, 10) cover (0, 2)"),
        ("(0, 10)", "0 to 10", "'0 to 10' is not an interval: write it like (10, +inf) or [-5, 0]"),
        ("(0, 10)", "(0, ten)", "'ten' is neither a number nor -inf or +inf"),
        ("(0, 10)", "(10, 0)", "the lower end comes first"),
        ("(0, 10)", "(10, 10]", "holds no number"),
        ("[10, +inf)", "[10, +inf]", "its bracket is round"),
        ("status: amber", "status: orange", "field bands.1.status (found 'orange')"),
        ("status: amber", "status: contextual", "write red, amber, green or blue"),
        ("basis: relative", "basis: points", "zero_target is of no use with basis points"),
        ("basis: relative", "basis: intervention", "zero_target is of no use with basis intervention"),
        ("basis: relative", "basis: tolerance", "no_tolerance is needed with basis tolerance"),
        ("zero_target:", "zero_targets:", "field zero_targets"),
        ("short_of_target: red", "short_of_target: baseline", "field zero_target.short_of_target"),
        ("because: >-", "reason: >-", "field bands.3"),
        ("id: ccc-q2-2024", "id: ccc-q3-2024", "must be the name of its file, 'ccc-q2-2024'"),
        ("bands:", "bands: [", "is not readable as YAML"),
    ],
)
def test_a_wrong_policy_is_refused_naming_file_and_fault(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    """A gap, an overlap or a slip of the pen is one sentence that says where and what."""
    text = re.sub(r"(?m)^ *#.*\n", "", QUARTER_2.read_text(encoding="utf-8"))
    assert before in text
    message = refusal(tmp_path, text.replace(before, after, 1))
    assert sentence in message
    assert "ccc-q2-2024.yaml" in message


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        # The rule as published: what was maintained is amber, and has not improved, which is red.
        ("[declined]", "[unchanged, declined]", "both amber (10, +inf) and red (10, +inf) cover (10, +inf) with since_last_year unchanged"),
        # The rule as published says nothing of a figure that cannot be compared.
        ("[not_known]", "[declined]", "nothing covers (10, +inf) with since_last_year not_known: say which status a KPI has there"),
        ("[improved, unchanged]", "[unchanged]", "nothing covers (10, +inf) with since_last_year improved: say which"),
        ("[declined]", "[improved]", "nothing covers (10, +inf) with since_last_year declined: say which"),
        (
            "since_last_year: [declined]",
            "declared_fill: false",
            "both amber (10, +inf) and red (10, +inf) cover (10, +inf) with since_last",
        ),
        ('"(10, +inf)"', '"(12, +inf)"', "nothing covers (10, 12] with since_last_year improved or unchanged: say which"),
        ('"(-inf, 10]"', '"(-inf, 9]"', "nothing covers (9, 10]: say which"),
        ("[not_known]", "[unknown]", "field bands.3.since_last_year.0 (found 'unknown')"),
        ("[not_known]", "[]", "field bands.3.since_last_year"),
    ],
)
def test_every_distance_is_proven_with_everything_a_figure_may_have_done(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    """A gap or an overlap is named with its interval and with what it is only there for; one that is always there with its interval."""
    text = HAVERING.read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(PolicyError) as refused:
        load_policy(written(tmp_path, text.replace(before, after, 1), "havering-2013"))
    assert sentence in str(refused.value)


def test_a_gap_that_is_always_there_names_no_case(tmp_path: Path) -> None:
    """What no figure has a status for is told once, not once for each thing it may have done since last year."""
    text = HAVERING.read_text(encoding="utf-8").replace('"(-inf, 10]"', '"(-inf, 9]"')
    with pytest.raises(PolicyError) as refused:
        load_policy(written(tmp_path, text, "havering-2013"))
    assert str(refused.value).count("nothing covers") == 1
    assert "since_last_year" not in str(refused.value)


@pytest.mark.parametrize("rule", ["zero_target", "no_tolerance"])
def test_a_tolerance_policy_says_what_happens_where_there_is_no_room(tmp_path: Path, rule: str) -> None:
    """A KPI may have no tolerance, and a target of 0 leaves none: a policy must answer both."""
    text = re.sub(rf"(?s)\n{rule}:.*?(\n\n|$)", "\n\n", TOLERANCE.read_text(encoding="utf-8"))
    with pytest.raises(PolicyError, match=f"{rule} is needed with basis tolerance"):
        load_policy(written(tmp_path, text, "reigate-tolerance"))


def test_an_empty_or_missing_policy_is_refused(tmp_path: Path) -> None:
    """An empty file and a missing one say so."""
    assert "is empty: copy one of the shipped policies" in refusal(tmp_path, "")
    with pytest.raises(PolicyError, match="does not exist"):
        load_policy(tmp_path / "none.yaml")


def test_a_relative_policy_must_say_what_a_target_of_0_means(tmp_path: Path) -> None:
    """Nothing is a percentage of 0, so a policy that counts in per cent needs a rule for it."""
    text = re.sub(r"zero_target:.*?\n\n", "", QUARTER_2.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert "zero_target is needed with basis relative" in refusal(tmp_path, text)


def test_every_wrong_policy_of_a_folder_is_named(tmp_path: Path) -> None:
    """One wrong policy does not hide the next."""
    text = QUARTER_2.read_text(encoding="utf-8")
    written(tmp_path, text)
    written(tmp_path, text, "first")
    written(tmp_path, "", "second")
    with pytest.raises(PolicyError) as refused:
        load_policies(tmp_path)
    assert len(refused.value.problems) == 2


def test_the_shipped_policies_are_those_of_the_councils(policies: dict[str, Policy]) -> None:
    """The policies the councils' documents describe ship, by the name of their files."""
    shipped = ["ccc-framework-2024", "ccc-q2-2024", "ccc-q2-2024-blue", "havering-2013", "hdc-intervention", "reigate-tolerance"]
    assert list(policies) == shipped


def test_the_digest_is_the_files_own(policies: dict[str, Policy]) -> None:
    """An auditor finds a rating's policy by running sha256sum over the file; any edit changes it."""
    assert hashlib.sha256(QUARTER_2.read_bytes()).hexdigest() == policies["ccc-q2-2024"].digest
    assert len({policy.digest for policy in policies.values()}) == len(policies)


def test_the_quarter_2_criteria_print_as_the_report_prints_them(policies: dict[str, Policy]) -> None:
    """The lines of paragraph 2.5 of the quarter 2 report come out word for word, without our declared fill."""
    assert policies["ccc-q2-2024"].criteria == (
        "Red – current performance is 10% or more from target.",
        "Amber – current performance is off target by less than 10%.",
        "Green – current performance is on target or better by up to 5%.",
        "Baseline – indicates performance is currently being tracked in order to inform the target setting process.",
        (
            "Contextual – these KPIs track key activity being undertaken, to present a rounded view of information relevant "
            "to the service area, without a performance target."
        ),
        "In development - KPI has been agreed, but data collection and target setting are in development.",
    )


def test_what_is_ours_in_a_policy_is_declared(policies: dict[str, Policy]) -> None:
    """The bands that are not a council's own say so, and why."""
    fills = {(name, str(band)): str(band.because) for name, policy in policies.items() for band in policy.declared_fills}
    assert set(fills) == {
        ("ccc-q2-2024", "green (-inf, -5)"),
        ("ccc-q2-2024-blue", "blue (-inf, -5)"),
        ("havering-2013", "red (10, +inf)"),
    }
    assert "gives no status" in fills["ccc-q2-2024", "green (-inf, -5)"]
    assert "does not say" in fills["havering-2013", "red (10, +inf)"]


@pytest.mark.parametrize("text", ["(10, +inf)", "(0, 10]", "[-5, 0]", "(-inf, -5)", "[0.5, 2.25)"])
def test_an_interval_is_written_as_it_is_read(text: str) -> None:
    """Reading an interval and writing it again gives the same text."""
    assert str(parse_interval(text)) == text


cuts = st.builds(Cut, st.decimals(-100, 100, places=1), is_after=st.booleans())


def proof(pieces: list[tuple[str, Interval]]) -> tuple[str, ...]:
    return coverage_problems({"always": pieces}, field="case")


@given(st.lists(cuts, max_size=8))
def test_intervals_that_share_their_ends_are_proven(ends: list[Cut]) -> None:
    """However the numbers are cut up, the pieces cover each of them once; without one piece there is a gap, and twice an overlap."""
    places = sorted({EVERYTHING_STARTS, *ends, EVERYTHING_ENDS})
    pieces = [(str(number), Interval(start, end)) for number, (start, end) in enumerate(pairwise(places))]
    assert proof(pieces[::-1]) == ()
    for piece in pieces:
        assert len(proof([other for other in pieces if other is not piece])) == 1
        assert "both" in proof([*pieces, piece])[0]


@given(st.fixed_dictionaries({case: st.lists(cuts, max_size=4) for case in map(str, SinceLastYear)}), st.data())
def test_each_case_is_proven_by_itself(ends: dict[str, list[Cut]], data: st.DataObject) -> None:
    """Each case may be cut up in its own way; a piece taken out of one case is missed in that case and in no other."""
    pieces = {
        case: [
            (f"{case} {number}", Interval(*pair))
            for number, pair in enumerate(pairwise(sorted({EVERYTHING_STARTS, *own, EVERYTHING_ENDS})))
        ]
        for case, own in ends.items()
    }
    assert coverage_problems(pieces, field="since") == ()
    case = data.draw(st.sampled_from(sorted(pieces)))
    gone = data.draw(st.sampled_from(pieces[case]))
    (problem,) = coverage_problems({**pieces, case: [piece for piece in pieces[case] if piece is not gone]}, field="since")
    assert problem == f"nothing covers {gone[1]} with since {case}: say which status a KPI has there"
