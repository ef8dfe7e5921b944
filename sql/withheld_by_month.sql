-- The last validation of each month's returns, as known at :as_at: what is withheld, and how the month stands.
-- Grain: one row per period.
SELECT period, as_at, outcome, reason, due, returned, withheld, failed, flagged, withheld_refs
FROM (
    SELECT validation_run.*, ROW_NUMBER() OVER (PARTITION BY period ORDER BY as_at DESC) AS recency
    FROM validation_run
    WHERE organisation = :organisation
      AND point = 'returns'
      AND as_at <= :as_at
) AS validated
WHERE recency = 1
ORDER BY period
