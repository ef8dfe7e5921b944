"""The twenty checks of ``checks.py`` as polars expressions that are true for what is in order."""

from __future__ import annotations

import polars as pl

UNITS = ("number", "%", "£", "days")


def of_percentages(is_right: pl.Expr) -> pl.Expr:
    """Ask it of percentages alone."""
    return (pl.col("unit") != "%") | is_right


VALUE, MOVEMENT = pl.col("value"), pl.col("movement_pct")
EXPRESSIONS: dict[str, pl.Expr] = {
    "ref_given": pl.col("kpi_ref").is_not_null(),
    "service_given": pl.col("service_id").is_not_null(),
    "value_given": VALUE.is_not_null(),
    "ref_once": pl.col("kpi_ref").is_unique(),
    "unit_known": pl.col("unit").is_in(UNITS),
    "answered": pl.col("answer") != "blank",
    "row_there": pl.col("answer") != "no row",
    "not_below_minimum": pl.col("minimum") <= VALUE,
    "not_above_maximum": pl.col("maximum") >= VALUE,
    "movement_usual": pl.col("large_movement_pct") >= MOVEMENT,
    "decimals_allowed": pl.col("decimals") <= pl.col("max_decimals"),
    "part_of_whole": pl.col("numerator") <= pl.col("denominator"),
    "divisible": pl.col("denominator") != 0,
    "percentage": of_percentages(VALUE.is_between(1, 100)),
    "percentage_minimum": of_percentages(VALUE >= 10),
    "money_positive": (pl.col("unit") != "£") | (VALUE >= 0),
    "explained": (MOVEMENT <= 10) | (pl.col("comment").str.len_chars() >= 10),
    "ref_in_form": pl.col("kpi_ref").str.contains("^K[0-9]{8}$"),
    "forecast_plausible": pl.col("forecast").is_between(0, 1000),
    "target_plausible": pl.col("target").is_between(0, 1000),
}
