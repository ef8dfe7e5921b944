-- How the checks of each KPI's data went, as known at :as_at: in the last validation of each point of each of :periods, a doubt
-- counting half of a check.
-- Grain: one row per kpi_ref.
SELECT kpi_ref, SUM(checks) AS checks, SUM(2 * (checks - failed) - flagged) AS halves_passed
FROM (
    SELECT
        quality_score.*,
        RANK() OVER (PARTITION BY period, point ORDER BY as_at DESC) AS recency
    FROM quality_score
    WHERE organisation = :organisation
      AND period IN (:periods)
      AND as_at <= :as_at
) AS scores
WHERE recency = 1
  AND dimension = 'all'
GROUP BY kpi_ref
ORDER BY kpi_ref
