"""The report put together: how the validation ended in words and counts, then its parts from the whole to the single finding."""

from __future__ import annotations

from collections.abc import Iterable

from pmf.page.document import Block, Document, Fact, Facts, Note, Section, bullets, paragraph, strong, text
from pmf.reporting.quality.findings import finding_blocks
from pmf.reporting.quality.history import history_blocks
from pmf.reporting.quality.rules import rule_blocks
from pmf.reporting.quality.scores import dimension_table, kpi_table, printed_score, service_table
from pmf.reporting.quality.setting import OUTCOMES, QualitySetting
from pmf.reporting.waiverpage import waiver_table
from pmf.reporting.wording import agree, as_at_words, counted, listed
from pmf.status import Status

_STATUSES = {"pass": Status.GREEN, "flag": Status.AMBER, "fail": Status.RED}
_DIGEST_DIGITS = 12


def quality_report(setting: QualitySetting) -> Document:
    """Build the report of one validation run."""
    profile = setting.profile
    title = f"Data-quality report: {setting.subject.lower()}"
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=setting.period.label,
        header=(),
        sections=(
            Section("Outcome", tuple(_outcome(setting))),
            Section("Findings", tuple(finding_blocks(setting))),
            Section("Scores", (dimension_table(setting), service_table(setting), kpi_table(setting))),
            Section("Waivers in force", (_waivers(setting),)),
            Section("History", tuple(history_blocks(setting))),
            Section("Rules asked", tuple(rule_blocks(setting))),
            Section("How to read this report", tuple(_key())),
        ),
        footer=(
            f"{profile.name} – {title}, {setting.period.label}, {as_at_words(setting.as_at, profile)}. "
            f"Made by pmf {setting.code_version} from the register {setting.register_digest[:_DIGEST_DIGITS]}."
        ),
        banner=profile.notice,
        is_landscape=True,
    )


def _outcome(setting: QualitySetting) -> Iterable[Block]:
    word = OUTCOMES[setting.outcome]
    yield paragraph(strong(word), setting.reason.removeprefix(word))
    yield paragraph(_counts(setting))
    yield Facts(tuple(_facts(setting)))
    withheld = [f"{kpi.kpi_ref} {kpi.title}{f' ({kpi.query})' if kpi.query else ''}" for kpi in setting.kpis if kpi.is_withheld]
    if withheld:
        yield Note("Under query", text(f"Withheld and neither rated nor reported until put right or waived: {listed(withheld)}."))
    if skipped := [rule for rule in setting.rules if rule.not_checked]:
        verb = agree(len(skipped), "was", "were")
        yield Note("Not checked", text(f"{counted(len(skipped), 'rule')} {verb} not asked, which is no pass; see the rules asked."))


def _counts(setting: QualitySetting) -> str:
    due, score = len(setting.kpis), setting.score
    answered = sum(kpi.is_answered for kpi in setting.kpis)
    passed = score.checks - score.failed - score.flagged
    words = f"{counted(due, 'KPI')} {agree(due, 'was', 'were')} due and {answered} answered. "
    if not score.checks:
        return words + "No check was made of any."
    words += (
        f"{score.checks:,} checks were made of them: {passed:,} passed, {score.failed} failed and "
        f"{score.flagged} flagged, a data-quality score of {printed_score(score)}."
    )
    before = setting.history[-2:-1]
    return words + "".join(f" The validation before, of {past.label}, scored {printed_score(past.score)}." for past in before)


def _facts(setting: QualitySetting) -> Iterable[Fact]:
    severities = [row["severity"] for row in setting.findings if not row["is_waived"]]
    waived = len(setting.findings) - len(severities)
    yield Fact("Outcome", OUTCOMES[setting.outcome], status=_STATUSES[setting.outcome])
    yield Fact("KPIs due", str(len(setting.kpis)))
    yield Fact("Answered", str(sum(kpi.is_answered for kpi in setting.kpis)))
    yield Fact("Withheld", str(sum(kpi.is_withheld for kpi in setting.kpis)))
    yield Fact("Findings that fail", str(severities.count("critical")))
    yield Fact("Findings that flag", str(severities.count("warning")))
    if waived:
        yield Fact("Findings waived", str(waived))
    yield Fact("Score", printed_score(setting.score))


def _waivers(setting: QualitySetting) -> Block:
    if not setting.waivers:
        return paragraph("None.")
    caption = f"{counted(len(setting.waivers), 'waiver')} in force for {setting.period.label}"
    return waiver_table(setting.waivers, setting.titles, caption=caption)


def _key() -> Iterable[Block]:
    yield bullets(
        "Fails: a figure with such a finding is withheld and shown as under query; where the finding is about the whole return or "
        "month, the run ends failed and what was issued before stays.",
        "Flags: the figure is used, and somebody should look at it. Findings on commentary and on data-quality templates keep the "
        "documents that print the KPI from being published, and never change a figure or a colour.",
        "A check is one rule asked of one KPI; rules for every row are asked of every KPI due. It counts once, however many rows "
        "show the same fault, and waived faults count too.",
        "A score is the share of checks passed in per cent, a flag counting half. Scores of services, dimensions and of the whole "
        "are made from the counts of their checks, never by averaging percentages. A dash: nothing was checked.",
        "A KPI without an answer (neither a figure nor a reason for having none) fails a check of completeness, and its missing "
        "return a check of timeliness; the checks of the figure that is not there were not made and count for nothing.",
        "Dimensions are those of the Government Data Quality Framework.",
    )
