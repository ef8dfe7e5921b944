-- The months of which something was stated after :since and by :as_at.
-- Grain: one row per kpi_ref and month (period).
SELECT DISTINCT kpi_ref, period
FROM observation
WHERE organisation = :organisation
  AND recorded_at > :since
  AND recorded_at <= :as_at
ORDER BY kpi_ref, period
