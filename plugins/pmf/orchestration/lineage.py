"""Assets: the lineage a council's DAGs record in Airflow. Nothing is scheduled by them."""

from __future__ import annotations

from enum import StrEnum

from airflow.sdk import Asset


class Product(StrEnum):
    """What the stages of the pipeline leave behind."""

    RETURNS = "returns"
    RATINGS = "ratings"
    SCORECARDS = "scorecards"
    PAPERS = "papers"


def asset(organisation: str, product: Product) -> Asset:
    """Name a council's product, such as ``cambridgeshire_returns``."""
    return Asset(f"{organisation}_{product}")
