-- The periods documents have been made of, as known at :as_at.
-- Grain: one row per period.
SELECT DISTINCT period
FROM document
WHERE organisation = :organisation
  AND as_at <= :as_at
ORDER BY period
