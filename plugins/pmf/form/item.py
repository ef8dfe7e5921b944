"""What is asked in a row and answered in words: the items of an intervention form, and the queries a form is sent back with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ItemRow:
    """One item of an intervention form. ``known`` is what is known of it already, ``answer`` what stands in its cell; "": nothing."""

    item_ref: str
    title: str
    known: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class ReturnedItem:
    """One item's row of an intervention form that came back; "" means the cell was left empty. ``cell`` is where the answer stands."""

    item_ref: str
    row: int
    answer: str
    cell: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a service answered to a query, in the workbook the question came with; ``cell`` is where."""

    query_id: str
    text: str
    sheet: str
    cell: str
