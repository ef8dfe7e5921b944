-- What the public editions of a period that were made at :as_at leave out.
-- Grain: one row per kpi_ref and part.
SELECT kpi_ref, part, kind, reason
FROM suppression
WHERE organisation = :organisation
  AND period = :period
  AND as_at = :as_at
ORDER BY kpi_ref, part
