"""Several ways in: e-mail, declared sources and entries beside the form; releases, template sign-offs and changes of KPIs.

What came in before came by form, needed no release and was not provisional. The two views that say which figure counts
are replaced: their columns stay, and what they choose from is wider.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import Boolean, Column, Integer, Text, false

from pmf.warehouse.columntypes import Instant, Word

revision = "0002"
down_revision = "0001"

_VIEWS_FOLDER = Path(__file__).resolve().parents[2] / "views" / "0002"
_VIEWS = ("v_observation_now", "v_return_latest", "v_action_latest")
_COMMENTS = {
    ("received_file", "channel"): "form | id of a declared source | entry:<kpi_ref>; the last file of each counts",
    ("received_file", "needs_release"): "counts only once the service has released it",
    ("received_file", "message_hash"): "the e-mail it was attached to; null where it came otherwise",
    ("received_file", "sender"): "post id or address; null where it is not known",
    ("received_file", "inbox_period"): "the month it was sent in for: of its folder, else its own",
    ("returned_line", "is_withdrawn"): "the performance team has taken the figure back",
    ("observation", "absence"): "nil_return | withdrawn, or null when there is a figure",
    ("observation", "reason"): "why there is no figure, or why it was corrected",
    ("observation", "source"): "return | source | entry | import",
}
_RECOMMENTED = (
    ("received_file", "sender"),
    ("received_file", "inbox_period"),
    *((("observation", name)) for name in ("absence", "reason", "source")),
)
_REPLACED = ("v_observation_now", "v_return_latest")


def upgrade() -> None:
    """Add the columns and tables, and replace the views."""
    for name in _REPLACED:
        op.execute(f"DROP VIEW {name}")
    op.add_column(
        "received_file", Column("channel", Word, nullable=False, server_default="form", comment=_COMMENTS["received_file", "channel"])
    )
    op.add_column(
        "received_file",
        Column("needs_release", Boolean, nullable=False, server_default=false(), comment=_COMMENTS["received_file", "needs_release"]),
    )
    op.add_column("received_file", Column("message_hash", Word, comment=_COMMENTS["received_file", "message_hash"]))
    op.add_column("returned_line", Column("is_provisional", Boolean, nullable=False, server_default=false()))
    op.add_column(
        "returned_line",
        Column("is_withdrawn", Boolean, nullable=False, server_default=false(), comment=_COMMENTS["returned_line", "is_withdrawn"]),
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        for table, column in _RECOMMENTED:
            op.alter_column(table, column, comment=_COMMENTS[table, column])
    _create_tables()
    for name in _VIEWS:
        op.execute((_VIEWS_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def _create_tables() -> None:
    # One row per organisation x content of an e-mail that ever came in.
    op.create_table(
        "received_message",
        Column("organisation", Word, primary_key=True),
        Column("message_hash", Word, primary_key=True, comment="sha-256 of the whole message, and its address in the store"),
        Column("message_id", Word),
        Column("sender_address", Word),
        Column("sender", Word, comment="post the address belongs to; null for a stranger"),
        Column("subject", Text, nullable=False),
        Column("received_at", Instant, nullable=False),
        Column("outcome", Word, nullable=False, comment="taken_in | no_attachment | automatic | stranger | unreadable"),
        Column("attachments", Integer, nullable=False),
    )
    # One row per organisation x plan action x quarter x file that reported on it.
    op.create_table(
        "action_update",
        Column("organisation", Word, primary_key=True),
        Column("action_ref", Word, primary_key=True),
        Column("period", Word, primary_key=True, comment="quarter key"),
        Column("file_hash", Word, primary_key=True),
        Column("service_id", Word, nullable=False),
        Column("rag", Word, comment="red | amber | green | complete | not started; null: not said"),
        Column("update_text", Text, nullable=False),
        Column("impact", Text, nullable=False),
        Column("sheet", Word, nullable=False),
        Column("cells", Text, nullable=False, comment="JSON: field -> cell"),
        Column("sender", Word),
        Column("recorded_at", Instant, nullable=False),
        Column("sequence", Integer, nullable=False),
    )
    op.create_index("ix_action_update_organisation_period", "action_update", ["organisation", "period"])
    # One row per release of a return by its service.
    op.create_table(
        "return_release",
        Column("organisation", Word, primary_key=True),
        Column("file_hash", Word, primary_key=True),
        Column("period", Word, primary_key=True),
        Column("post", Word, nullable=False),
        Column("released_at", Instant, nullable=False),
    )
    # One row per sign-off of a KPI's data-quality template for a financial year.
    op.create_table(
        "template_sign_off",
        Column("organisation", Word, primary_key=True),
        Column("kpi_ref", Word, primary_key=True),
        Column("financial_year", Word, primary_key=True),
        Column("template_digest", Word, primary_key=True, comment="what was signed: digest of all answers"),
        Column("signed_at", Instant, primary_key=True),
        Column("post", Word, nullable=False),
        Column("declaration", Text, nullable=False),
    )
    # One row per step in the life of a proposed change to the register.
    op.create_table(
        "change_event",
        Column("organisation", Word, primary_key=True),
        Column("change_id", Word, primary_key=True),
        Column("stage", Word, primary_key=True, comment="one of the nine stages of the KPI cycle"),
        Column("post", Word, primary_key=True, comment="who took the step: a post, board or committee"),
        Column("recorded_at", Instant, primary_key=True),
        Column("kpi_ref", Word, nullable=False),
        Column("kind", Word, nullable=False, comment="new | change | retire"),
        Column("level", Word, nullable=False),
        Column("decision", Word, comment="approve | reject | note, at the stages that decide; else null"),
        Column("note", Text, nullable=False, comment="what was done, and why"),
        Column("criteria", Word, nullable=False, comment="ids of the selection criteria met, comma-separated"),
        Column("effective_from", Word, nullable=False, comment="the day the change takes effect"),
    )
    op.create_index("ix_change_event_organisation_kpi_ref", "change_event", ["organisation", "kpi_ref"])
