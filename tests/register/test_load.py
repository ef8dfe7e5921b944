"""Reading a council's folder: what is right is read, what is wrong is refused by file, line and field."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from pmf.register import RegisterError, load_profile, load_register, organisation_slugs

Edit = Callable[[str, str, str], Path]


def _problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(RegisterError) as refused:
        load_register(folder)
    return refused.value.problems


def test_a_right_folder_is_read(council: Path) -> None:
    """Every file of a council whose files are right is read in full."""
    register = load_register(council)
    assert register.profile.name == "Smallshire Council"
    assert len(register.kpi_versions) == 7
    assert len(register.target_versions) == 5
    template = register.template_versions[0]
    assert (template.maximum, template.needs_numerator, template.large_movement_pct) == (Decimal(1000), False, None)


BENCHMARKS = "kpi_ref,area,kind,period,value,source,published_on\n"


NEIGHBOURS = """\
neighbour_sets:
  - {id: near, name: Near neighbours, source: CIPFA, since: 2024-04-01, areas: ["Bigshire", "Borough of Wide", "Longshire"]}
  - {id: other, name: Others, source: CIPFA, since: 2024-04-01, areas: ["Farshire", "Highshire", "Lowshire"], kpi_refs: ["3"]}
"""


@pytest.fixture
def compared_council(council: Path) -> Path:
    """A council that names its neighbours: three for everything, and three others for KPI 3."""
    profile = council / "organisation.yaml"
    profile.write_text(profile.read_text(encoding="utf-8") + NEIGHBOURS, encoding="utf-8")
    return council


def test_benchmarks_are_read_and_may_be_left_out(compared_council: Path) -> None:
    """Others' figures are of any kind of period; a council without them has none, and the register's digest knows them."""
    council = compared_council
    without = load_register(council)
    rows = '1,England,national,FY2023-24,"1,250",Public statistics,2024-11-05\n1,Bigshire,neighbour,2024-09,980,Public statistics,\n'
    (council / "benchmarks.csv").write_text(BENCHMARKS + rows, encoding="utf-8")
    register = load_register(council)
    assert without.benchmarks == ()
    assert register.digest != without.digest
    assert [(row.area, row.kind, row.about.label, row.value) for row in register.benchmarks] == [
        ("England", "national", "2023/24", Decimal(1250)),
        ("Bigshire", "neighbour", "September 2024", Decimal(980)),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,England,national,last year,5,Statistics,", "benchmarks.csv line 2, field period (found 'last year'): "),
        ("1,England,friends,2024-09,5,Statistics,", "benchmarks.csv line 2, field kind (found 'friends'): write one of"),
        ("1,England,national,2024-09,,Statistics,", "benchmarks.csv line 2, field value"),
        ("99,England,national,2024-09,5,Statistics,", "benchmarks.csv, field kpi_ref: '99' is not a KPI of kpis.csv"),
        ("1,England,national,2024-09,5,Statistics,\n1,England,national,2024-09,6,Statistics,", "there are 2 rows of England for 2024-09"),
    ],
)
def test_a_benchmark_that_cannot_be_used_is_refused(council: Path, row: str, said: str) -> None:
    """What is no period, area, figure or KPI, and one area's figure stated twice, are told by file and field."""
    (council / "benchmarks.csv").write_text(f"{BENCHMARKS}{row}\n", encoding="utf-8")
    (problem,) = _problems(council)
    assert said in problem


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "1,Smallwater,neighbour,2024-09,5,Statistics,\n2,Smallwater,neighbour,2024-09,5,Statistics,",
            "benchmarks.csv, KPI 1, 2, field area: 'Smallwater' is in no set of neighbours for it; name it in organisation.yaml",
        ),
        ("1,Farshire,neighbour,2024-09,5,Statistics,", "KPI 1, field area: 'Farshire' is in no set of neighbours for it"),
        (
            "1,England,national,2024-09,5,Statistics,\n1,Great Britain,national,2024-09,6,Statistics,",
            "KPI 1: England and Great Britain are both of the kind national for 2024-09; a report has room for one, keep one",
        ),
    ],
)
def test_a_figure_nobody_would_be_compared_with_is_told(compared_council: Path, row: str, said: str) -> None:
    """A neighbour in no set, or in one that is for another KPI, and a second country are told when the files are read."""
    (compared_council / "benchmarks.csv").write_text(f"{BENCHMARKS}{row}\n", encoding="utf-8")
    (problem,) = _problems(compared_council)
    assert said in problem


def test_a_neighbour_without_a_figure_and_one_written_otherwise_are_no_problem(compared_council: Path) -> None:
    """Not every neighbour has a figure, an area is the same in capitals, and what a set is for its own areas may be given."""
    rows = "1,BOROUGH OF WIDE,neighbour,2024-09,5,Statistics,\n3,Farshire,neighbour,2024-25-Q2,5,Statistics,\n"
    (compared_council / "benchmarks.csv").write_text(BENCHMARKS + rows, encoding="utf-8")
    assert len(load_register(compared_council).benchmarks) == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Longshire"', '"Smallshire council"', "near, field areas: 'Smallshire council' is the council itself"),
        ('"Longshire"', '"Borough of WIDE"', "near, field areas: 'Borough of WIDE' is there 2 times; keep one"),
        ('kpi_refs: ["3"]', 'kpi_refs: ["99"]', "other, field kpi_refs: '99' is not a KPI of kpis.csv"),
    ],
)
def test_a_set_of_neighbours_that_cannot_be_right_is_told(compared_council: Path, edit: Edit, old: str, new: str, said: str) -> None:
    """The council is not its own neighbour, nobody is one twice, and a set is for KPIs there are."""
    edit("organisation.yaml", old, new)
    (problem,) = _problems(compared_council)
    assert said in problem


def test_councils_are_listed_by_folder(council: Path) -> None:
    """A folder counts as a council when it has a profile, and the list is alphabetical."""
    (council.parent / "empty").mkdir()
    other = council.parent / "bigshire"
    other.mkdir()
    (other / "organisation.yaml").touch()
    assert organisation_slugs(council.parent) == ("bigshire", "smallshire")


def test_a_rating_policy_without_a_file_is_named(council: Path, tmp_path: Path) -> None:
    """Every policy that a profile names must be there, and those there are are told; without a folder to look in none is missed."""
    policies = tmp_path / "rating_policies"
    policies.mkdir()
    (policies / "first-policy.yaml").touch()
    with pytest.raises(RegisterError) as refused:
        load_profile(council, policies=policies)
    path = council / "organisation.yaml"
    said = f"{path}, field headline_policies (found 'second-policy'): there is no such rating policy in {policies}; there are first-policy"
    assert refused.value.problems == (said,)
    (policies / "second-policy.yaml").touch()
    assert load_register(council, policies=policies).profile == load_profile(council)


def test_a_missing_profile_is_named(tmp_path: Path) -> None:
    """A folder without a profile is refused by the path the file should have."""
    with pytest.raises(RegisterError, match=r"organisation\.yaml does not exist"):
        load_profile(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"a: [", "is not readable as YAML"), ("name: Caf\u00e9".encode("cp1252"), "is not UTF-8 text")],
)
def test_a_profile_that_is_no_profile_is_refused(council: Path, content: bytes, said: str) -> None:
    """An empty, broken or wrongly encoded profile is refused in words, not by a traceback."""
    (council / "organisation.yaml").write_bytes(content)
    with pytest.raises(RegisterError, match=said):
        load_profile(council)


def test_a_folder_and_its_slug_agree(council: Path) -> None:
    """A copied folder whose slug was not changed is refused."""
    copy = council.rename(council.with_name("othershire"))
    with pytest.raises(RegisterError, match=r"field slug .found 'smallshire'.: must be the name of its folder, 'othershire'"):
        load_profile(copy)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("vision: A small shire", "visoin: A small shire", "field visoin"),
        ("holder: head,", "holder: nobody,", "services.libraries.holder names the post 'nobody'"),
        ("contact_post: team,", "contact_post: clerk,", "committees.scrutiny.contact_post names the post 'clerk'"),
        ("data_engineers: team", "data_engineers: engineers", "data_engineers names the post 'engineers'"),
        ("posts:\n", "posts:\n  - {id: head, title: Head, email: h@smallshire.example}\n", "posts: more than one entry has the id head"),
        ("deadline_working_day: 6", "deadline_working_day: 9", "working days must run open < deadline < cycle <= export"),
        ("team@smallshire.example", "team at smallshire", "field posts.0.email (found 'team at smallshire')"),
        ('first_month: "2024-04"', 'first_month: "April 2024"', "write it like 2024-09"),
    ],
)
def test_a_wrong_field_of_the_profile_is_named(edit: Edit, old: str, new: str, said: str) -> None:
    """A wrong profile is refused by file and field, with what was found or what is missing."""
    problems = _problems(edit("organisation.yaml", old, new))
    assert any(said in problem and "organisation.yaml" in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("kpis.csv", "title,directorate_id", "titel,directorate_id", "kpis.csv line 1, columns unknown: titel; missing: title."),
        ("kpis.csv", "unit,direction", "units,direction", "kpis.csv line 1, columns unknown: units. They are separated by commas"),
        (
            "kpis.csv",
            "1,2024-04-01,,Library visits",
            "1,1 April 2024,,Library visits",
            "kpis.csv line 2, field valid_from (found '1 April 2024')",
        ),
        ("kpis.csv", "number,higher", "number,upwards", "kpis.csv line 2, field direction (found 'upwards')"),
        ("kpis.csv", "number,higher", "number,", "a rated KPI needs a direction"),
        (
            "kpis.csv",
            "people,libraries,scrutiny",
            "people,museums,scrutiny",
            "field service_id: 'museums' is not a service of Smallshire Council",
        ),
        ("kpis.csv", "libraries,scrutiny", "libraries,cabinet", "field committee_id: 'cabinet' is not a committee of Smallshire Council"),
        ("kpis.csv", "corporate,monthly,days,lower,ratio,1,,5\n", "corporate,monthly,days,lower,ratio,1,,6\n", "field part_of: '6'"),
        (
            "kpis.csv",
            "2,2024-04-01,2024-07-01",
            "2,2024-04-01,2024-08-01",
            "the version from 2024-04-01 still holds when the one from 2024-07-01",
        ),
        ("kpis.csv", "2,2024-04-01,2024-07-01", "2,2024-04-01,2024-04-01", "does not come after valid_from"),
        (
            "kpis.csv",
            ",,Library visits",
            ",,Library \u202estisiv",
            "title holds a character that cannot be seen (U+202E), after 'Library '",
        ),
        ("targets.csv", "month,120.5", "month,a lot", "targets.csv line 3"),
        ("targets.csv", "month,40", "month,30..40", "is a range, but the direction is lower"),
        ("targets.csv", "3,2024-04-01", "9,2024-04-01", "targets.csv, field kpi_ref: '9' is not a KPI"),
        ("targets.csv", ",month,100", ",month,100,,,,", "targets.csv line 2, field columns beyond the header"),
        ("data_quality_templates.csv", "0,100,yes", "nought,100,yes", "data_quality_templates.csv line 3, field minimum (found 'nought')"),
        ("data_quality_templates.csv", "0,100,yes", "0,100,maybe", "'maybe' is neither yes nor no"),
        (
            "data_quality_templates.csv",
            "2,2024-04-01,officer",
            "2,2024-04-01,intern",
            "KPI 2, field collector_post: 'intern' is not a post",
        ),
    ],
)
def test_a_wrong_row_is_named(edit: Edit, name: str, old: str, new: str, said: str) -> None:
    """A wrong row is refused by file and line or KPI, and field, with what was found."""
    problems = _problems(edit(name, old, new))
    assert any(said in problem for problem in problems), problems


def test_every_problem_is_listed(edit: Edit) -> None:
    """All problems of all files come at once, so that nobody fixes them one run at a time."""
    edit("kpis.csv", "number,higher", "number,upwards")
    edit("targets.csv", "month,120.5", "month,a lot")
    problems = _problems(edit("data_quality_templates.csv", "0,100,yes", "nought,100,yes"))
    assert {
        name for name in ("kpis.csv line", "targets.csv line", "data_quality_templates.csv line") if any(name in p for p in problems)
    } == {
        "kpis.csv line",
        "targets.csv line",
        "data_quality_templates.csv line",
    }


@pytest.mark.parametrize(("old", "new"), [("number,higher", "number,upwards"), ("title,directorate_id", "titel,directorate_id")])
def test_a_mistake_is_told_once(edit: Edit, old: str, new: str) -> None:
    """A wrong line, or a wrong heading, does not make the lines of other files that name its KPIs look wrong too."""
    assert len(_problems(edit("kpis.csv", old, new))) == 1


def test_a_spreadsheets_own_encoding_is_refused_in_words(council: Path) -> None:
    """A CSV saved by a spreadsheet in its old encoding is refused with the way out."""
    path = council / "kpis.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace("Library visits", "Library visits (£)").encode("cp1252"))
    assert any("kpis.csv is not UTF-8 text: save it from the spreadsheet as" in problem for problem in _problems(council))


def test_a_byte_order_mark_is_no_column(council: Path) -> None:
    """The mark that spreadsheets put before UTF-8 does not become part of the first column's name."""
    path = council / "kpis.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(load_register(council).kpi_versions) == 7


def test_a_missing_file_is_named(council: Path) -> None:
    """A folder without one of its tables is refused by that file's name."""
    (council / "targets.csv").unlink()
    assert any("targets.csv does not exist" in problem for problem in _problems(council))


def test_an_overlay_replaces_addresses_and_nothing_else(council: Path, tmp_path: Path) -> None:
    """Real addresses come from a private folder; posts it does not name keep theirs."""
    private = tmp_path / "private" / "smallshire"
    private.mkdir(parents=True)
    (private / "posts.csv").write_text("id,email\nhead,real@smallshire.test\n", encoding="utf-8")
    profile = load_profile(council, overlay=tmp_path / "private")
    assert [post.email for post in profile.posts] == ["team@smallshire.example", "real@smallshire.test", "officer@smallshire.example"]
    assert profile.model_copy(update={"posts": ()}) == load_profile(council).model_copy(update={"posts": ()})


def test_an_overlay_replaces_the_mail_domains(edit: Edit, council: Path, tmp_path: Path) -> None:
    """Real addresses lie at real domains: the list of the profile gives way to that of the private folder, small letters or not."""
    edit("organisation.yaml", "data_engineers:", "mail_domains: [smallshire.example]\ndata_engineers:")
    private = tmp_path / "private" / "smallshire"
    private.mkdir(parents=True)
    addresses = "\n".join(f"{post.id},{post.id}@Smallshire.test" for post in load_profile(council).posts)
    (private / "posts.csv").write_text(f"id,email\n{addresses}\n", encoding="utf-8")
    with pytest.raises(RegisterError, match=r"mail_domains: the address of \S+ lies at none of smallshire.example; add its domain"):
        load_profile(council, overlay=private.parent)
    (private / "mail_domains.txt").write_text("smallshire.test\nsmallshire.example\n", encoding="utf-8")
    profile = load_profile(council, overlay=private.parent)
    assert profile.mail_domains == ("smallshire.test", "smallshire.example")
    found = [profile.may_be_mailed(address) for address in ("a@SMALLSHIRE.test", "a@sub.smallshire.test", "a@notsmallshire.test")]
    assert found == [True, False, False]
    assert load_profile(council).model_copy(update={"mail_domains": ()}).may_be_mailed("a@anywhere.example")


def test_the_digest_follows_the_definitions(edit: Edit, council: Path) -> None:
    """The digest recorded with each run changes with any definition and only then."""
    before = load_register(council).digest
    assert load_register(council).digest == before
    assert load_register(edit("targets.csv", "month,40", "month,41")).digest != before
