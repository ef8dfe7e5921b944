-- The last validation of a period at one point, as known at :as_at.
-- Grain: one row, or none.
SELECT *
FROM validation_run
WHERE organisation = :organisation
  AND period = :period
  AND point = :point
  AND as_at <= :as_at
ORDER BY as_at DESC
LIMIT 1
