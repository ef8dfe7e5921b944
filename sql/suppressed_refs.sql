-- The KPIs of which a public edition of a period that was made by :as_at leaves something out.
-- Grain: one row per kpi_ref.
SELECT DISTINCT kpi_ref
FROM suppression
WHERE organisation = :organisation
  AND period = :period
  AND as_at <= :as_at
ORDER BY kpi_ref
