"""Red, amber, green: what a status is, by policies that are data (``include/rating_policies``).

``policy`` reads a policy and ``prover`` refuses one with a gap or an overlap; ``judge`` gives one figure its status and the
reason; ``table`` rates a whole table, ``history`` whole histories of many councils at once; ``replay`` judges past ratings by
another policy; ``transitions`` groups what moved since the period before. Pure: nothing here knows where figures come from
or where ratings go.
"""
