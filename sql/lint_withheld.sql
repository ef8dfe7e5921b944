-- What the public editions of a period that were made at :as_at left out, as the linter asks it.
-- Grain: one row per kpi_ref and part.
SELECT DISTINCT kpi_ref, part
FROM suppression
WHERE organisation = :organisation
  AND period = :period
  AND as_at = :as_at
ORDER BY kpi_ref, part
