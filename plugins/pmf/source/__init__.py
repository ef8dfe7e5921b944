"""Files and answers of declared sources, turned into the same value as a returned form.

What belongs here: telling what a file is, finding its table, reading the figures of one month. What does not: fetching
(``connector``), what a source is declared to be (``register``) and whether a figure is plausible (``validation``).
"""

from pmf.source.lines import read_source
from pmf.source.recognise import named_like, recognise
from pmf.source.sniff import Kind, sniff
from pmf.source.table import Row, Table, read_table

__all__ = ["Kind", "Row", "Table", "named_like", "read_source", "read_table", "recognise", "sniff"]
