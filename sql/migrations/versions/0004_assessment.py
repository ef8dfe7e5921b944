"""What stands beside a rating: movement, outlook, process behaviour, and comparison with others."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import Boolean, Column, Integer, Text

from pmf.warehouse.columntypes import Exact, Instant, Word

revision = "0004"
down_revision = "0003"

_VIEWS_FOLDER = Path(__file__).resolve().parents[2] / "views" / "0004"
_VIEWS = ("v_rating_latest", "v_comparison_latest")


def upgrade() -> None:
    """Add the columns of table rating, table comparison and the views."""
    op.execute("DROP VIEW v_rating_latest")
    for column in (
        # Movement. Null where it cannot be told, and in what was rated before there was any.
        Column("last_year_period", Word, comment="the same period a year before"),
        Column("last_year_value", Exact),
        Column("last_year_change", Word, comment="improved | declined | unchanged since then"),
        Column("reds_in_a_row", Integer, comment="rated periods up to this one that are red without a break; null when not rated"),
        Column("is_deep_dive", Boolean, comment="as many reds lately as the council looks into"),
        # Outlook: where the year is expected to end.
        Column("year_target", Word, comment="the year's target, as printed in the register"),
        Column("year_end", Exact, comment="forecast by the pipeline; null where none is shown"),
        Column("year_end_low", Exact, comment="four out of five years should end between low and high"),
        Column("year_end_high", Exact),
        Column("year_end_status", Word, comment="the status the year would have"),
        Column("year_end_reason", Text, comment="how it is made, or why none is shown"),
        Column("forecast_count", Integer, comment="ended years that the service's forecasts can be held against"),
        Column("forecast_mean_miss", Exact, comment="how far they were out on average"),
        Column("forecast_bias", Exact, comment="the same with its sign: positive is forecasting too high"),
        # Process behaviour (XmR chart).
        Column("variation", Word, comment="common_cause | improving | concerning | rising | falling; null where no chart is drawn"),
        Column("assurance", Word, comment="met | missed | hit_or_miss; null where no target is judged by"),
        Column("variation_reason", Text, comment="what the chart shows, or why there is none, in a sentence"),
        Column("centre_line", Exact),
        Column("lower_limit", Exact),
        Column("upper_limit", Exact),
    ):
        op.add_column("rating", column)
    # One row per organisation x KPI x period x as_at x kind of others x period their figures are about.
    op.create_table(
        "comparison",
        Column("organisation", Word, primary_key=True),
        Column("kpi_ref", Word, primary_key=True),
        Column("period", Word, primary_key=True, comment="the period reported on"),
        Column("as_at", Instant, primary_key=True),
        Column("kind", Word, primary_key=True, comment="neighbours | regional | national"),
        Column("about", Word, primary_key=True, comment="the period the others' figures are about"),
        Column("name", Word, nullable=False, comment="of the set of neighbours, or the area"),
        Column("own_value", Exact, comment="the council's figure of that period; null: there is none"),
        Column("others", Integer, nullable=False, comment="figures of others"),
        Column("median", Exact, nullable=False, comment="of the others; the figure itself where there is one"),
        Column("quartile", Integer, comment="1 is the best quarter of all; null: too few, or neither way is better"),
        Column("place", Integer, comment="from 1, the best, among all"),
        Column("better_by", Exact, comment="own figure against the median, positive when better; null where that cannot be told"),
        Column("is_other_period", Boolean, nullable=False, comment="the figures are not about the period reported on"),
        Column("words", Text, nullable=False, comment="the comparison in a sentence"),
        Column("source", Text, nullable=False),
        Column("definition", Text, nullable=False),
    )
    for name in _VIEWS:
        op.execute((_VIEWS_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
