-- Every recorded version of the figures of some KPIs in some months, as known at :as_at.
-- Grain: one row per kpi_ref, period and version_id, in the order in which they were recorded.
SELECT kpi_ref, period, value, status, source, COALESCE(reason, '') AS reason, comment, recorded_at
FROM observation
WHERE organisation = :organisation
  AND kpi_ref IN (:kpi_refs)
  AND period IN (:periods)
  AND recorded_at <= :as_at
ORDER BY kpi_ref, period, recorded_at, sequence, version_id
