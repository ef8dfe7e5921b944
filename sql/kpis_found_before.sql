-- In how many of some periods something was found of each KPI at one point, in any of their validations as known at :as_at.
-- Grain: one row per kpi_ref.
SELECT kpi_ref, COUNT(DISTINCT period) AS periods
FROM finding
WHERE organisation = :organisation
  AND point = :point
  AND period IN (:periods)
  AND as_at < :as_at
  AND kpi_ref IS NOT NULL
GROUP BY kpi_ref
ORDER BY kpi_ref
