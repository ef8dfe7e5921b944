"""What each rule is shown of a dataset: the rows that meet its condition, and of those the columns it compares.

Great Expectations finds the rows of a condition anew for every figure it needs of a rule, and copies every column of them when it
leaves out blanks: together most of its time. Here each condition is put once, in its own words, and a rule gets a batch of what it needs.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmf.validation.suites import Rule, leaves

ROW_ID = "row_id"


class Cuttings:
    """The batches cut from a dataset for its rules, each made once, in the engine that will look at them."""

    def __init__(self, frame: pd.DataFrame, engine: Any) -> None:
        self._frame = frame.reset_index(drop=True)
        self._engine = engine
        self._rows: dict[str, Any] = {}

    def batch_for(self, rule: Rule, expectation: Any) -> str:
        """Make the batch a rule is to be asked of, unless another rule has had it made, and name it.

        Raises whatever pandas does where the rule's condition does not fit its columns.
        """
        clause = self._engine.condition_to_filter_clause(expectation.row_condition) if rule.condition else ""
        columns = [ROW_ID, *sorted(rule.measured)]
        batch_id = f"{', '.join(columns)} {clause}"
        if batch_id not in self._engine.batch_manager.batch_data_cache:
            rows = self._rows_of(rule, clause)
            shown = {name: self._frame[name] if rows is None else self._frame[name].take(rows) for name in columns}
            self._engine.load_batch_data(batch_id, pd.DataFrame(shown, copy=False))
        return batch_id

    def _rows_of(self, rule: Rule, clause: str) -> Any:
        """Number the rows that meet a condition, as Great Expectations writes it for pandas. None: there is none, and all do."""
        if not clause:
            return None
        if clause not in self._rows:
            named = sorted({leaf["column"]["name"] for leaf in leaves(rule.condition)})
            self._rows[clause] = self._frame[named].query(clause).index.to_numpy()
        return self._rows[clause]
