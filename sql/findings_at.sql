-- The findings of one validation run.
-- Grain: one row per finding_id.
SELECT *
FROM finding
WHERE organisation = :organisation
  AND period = :period
  AND point = :point
  AND as_at = :as_at
ORDER BY CASE severity WHEN 'critical' THEN 0 ELSE 1 END, service_id NULLS FIRST, kpi_ref NULLS FIRST, rule_id, finding_id
