-- Waivers of a period in force at :as_at.
-- Grain: one row per rule_id, kpi_ref and granted_at.
SELECT *
FROM waiver
WHERE organisation = :organisation
  AND period = :period
  AND granted_at <= :as_at
  AND expires_at > :as_at
ORDER BY rule_id, kpi_ref, granted_at
