"""A sample council whose warehouse was filled by hand: something to see on every page of the desk, in no time."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from pmf.cycle.editions import digest_of_edition
from pmf.cycle.querythread import Kind
from pmf.period import Month, Quarter
from pmf.settings import Settings, read_settings
from pmf.store import place, put
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import open_warehouse
from pmf.warehouse.tables import document, finding, mail_queue, query, query_event, rating, sign_off, stage_run, validation_run
from table_rows import NOON, row

SLUG = "cambridgeshire"
MONTH, QUARTER = Month(2024, 9), Quarter(2024, 2)
# A working day after the month's cycle and its quarter's export.
NOW = datetime.fromisoformat("2024-10-15T09:00:00+01:00")
VALIDATED, MADE = datetime.fromisoformat("2024-10-10T07:00:00+01:00"), datetime.fromisoformat("2024-10-14T07:00:00+01:00")
PAGE = b"<!doctype html><title>Paper</title><script>alert(1)</script>"
# What would be markup, were it obeyed.
HOSTILE = "<img src=x onerror=alert(1)> {{ 1 + 1 }}"

Rows = tuple[Table, list[dict[str, Any]]]


def shown_council(folder: Path) -> Settings:
    """Make a home in which September was collected, flagged and rated, and two papers and a scorecard lie in the outbox."""
    settings = read_settings({"PMF_HOME": str(folder / "home")})
    with open_warehouse(settings).begin() as connection:
        for table, rows in (_stages(), _validations(), _findings(), _queries(), _answers(), _ratings(), _letters()):
            append_new(connection, table, [row(table, **({"organisation": SLUG} | values)) for values in rows])
        papers = [
            _document(settings, QUARTER.key, "paper-highways-and-transport", MADE),
            _document(settings, QUARTER.key, "paper-adults-and-health", MADE),
        ]
        others = [
            _document(settings, MONTH.key, "scorecard-organisation", VALIDATED),
            _document(settings, MONTH.key, "data-quality-returns", VALIDATED),
        ]
        append_new(connection, document, [item for rows in (*papers, *others) for item in rows])
        signed = {"document_id": "paper-highways-and-transport", "content_digest": digest_of_edition(papers[0]), "period": QUARTER.key}
        signature = row(sign_off, organisation=SLUG, post="governance-and-performance-team", signed_at=MADE + timedelta(hours=2), **signed)
        append_new(connection, sign_off, [signature])
    return settings


def _stages() -> Rows:
    summaries = {"validate_returns": '{"outcome": "fail"}', "validate_ratings": '{"outcome": "flag"}'}
    stages = [(Month(2024, 8), "open", NOON - timedelta(days=35)), (MONTH, "open", NOON - timedelta(days=7))]
    stages += [(MONTH, stage, VALIDATED) for stage in ("collect", "validate_returns", "rate", "validate_ratings", "report")]
    stages += [(QUARTER, stage, MADE) for stage in ("rate", "validate_ratings", "export")]
    blocked = '{"blocked": {"paper-adults-and-health": ["KPI 36 is red without a word."]}}'
    rows = [{"period": period.key, "stage": stage, "as_at": at, "summary": summaries.get(stage, "{}")} for period, stage, at in stages]
    return stage_run, [*rows, {"period": QUARTER.key, "stage": "publish", "as_at": MADE, "summary": blocked}]


def _validations() -> Rows:
    common = {"as_at": VALIDATED, "withheld_refs": "[]", "results": "{}", "period": MONTH.key}
    returns = common | {"point": "returns", "outcome": "fail", "reason": "Failed: too many figures are withheld."}
    ratings = common | {"point": "ratings", "outcome": "flag", "reason": "Flagged: one finding to look at."}
    earlier = returns | {"as_at": VALIDATED - timedelta(days=1)}
    return validation_run, [returns, ratings, earlier]


def _findings() -> Rows:
    common = {"period": MONTH.key, "as_at": VALIDATED, "point": "returns", "scope": "row", "severity": "warning", "service_id": "libraries"}
    missing = {"rule_id": "return.value_missing", "kpi_ref": "36", "severity": "critical", "message": HOSTILE, "fix": "Put it in."}
    place_of = {"file_name": "libraries.xlsx", "sheet": "KPIs", "cell": "D7"}
    silent = {"rule_id": "commentary.missing", "kpi_ref": "37", "point": "ratings", "scope": "publication"}
    return finding, [
        common | missing | place_of | {"finding_id": "1"},
        common | {"finding_id": "2", "rule_id": "return.out_of_line", "kpi_ref": "37", "message": "It jumps."},
        common | {"finding_id": "3", "rule_id": "return.late", "message": "It came late.", "is_waived": True},
        common | silent | {"finding_id": "4", "message": "Nobody says why."},
        common | missing | {"finding_id": "5", "message": "Of before.", "as_at": VALIDATED - timedelta(days=1)},
    ]


def _queries() -> Rows:
    about = {"period": MONTH.key, "point": "returns", "service_id": "libraries", "opened_at": VALIDATED}
    return query, [
        about | {"query_id": "Q-AAAAAA", "rule_id": "return.value_missing", "subject": "36", "kpi_ref": "36"},
        about | {"query_id": "Q-BBBBBB", "rule_id": "return.out_of_line", "subject": "37", "kpi_ref": "37"},
    ]


def _answers() -> Rows:
    asked = {"author": "pmf", "text": "Why?", "severity": "critical", "recorded_at": VALIDATED}
    answer = {"author": "head-of-libraries", "text": HOSTILE, "recorded_at": VALIDATED + timedelta(hours=1), "sequence": 1}
    return query_event, [
        asked | {"query_id": "Q-AAAAAA", "event_id": "1", "kind": Kind.ASKED.value},
        asked | {"query_id": "Q-BBBBBB", "event_id": "2", "kind": Kind.ASKED.value},
        answer | {"query_id": "Q-BBBBBB", "event_id": "3", "kind": Kind.ANSWERED.value},
    ]


def _ratings() -> Rows:
    common = {"period": MONTH.key, "policy_id": "ccc-framework-2024", "as_at": VALIDATED}
    return rating, [common | {"kpi_ref": ref, "status": status} for ref, status in (("36", "under_query"), ("37", "red"), ("220", "green"))]


def _letters() -> Rows:
    return mail_queue, [
        {"message_id": "1", "period": MONTH.key, "state": "refused"},
        {"message_id": "2", "period": MONTH.key, "state": "sent"},
    ]


def _document(settings: Settings, period: str, document_id: str, at: datetime) -> list[dict[str, object]]:
    """Keep a document in the store and put it, under a draft's mark, into the outbox, as the cycle does."""
    rows = []
    for format_name, content in (("html", PAGE), ("pdf", b"%PDF-1.7")):
        path = Path("outbox") / SLUG / period / f"{document_id}.{format_name}"
        place(settings.home / path, content + b" DRAFT")
        named = {"document_id": document_id, "format": format_name, "title": f"{document_id}, {HOSTILE}", "path": str(path)}
        rows.append(row(document, organisation=SLUG, period=period, as_at=at, content_hash=put(settings.store, content), **named))
    return rows
