-- How the checks of each KPI's data went in the last validation of each point of each period, as known at :as_at.
-- Grain: one row per period, point, kpi_ref and dimension; dimension 'all' is over all of them.
SELECT quality_score.period, quality_score.point, kpi_ref, dimension, checks, failed, flagged
FROM quality_score
JOIN (
    SELECT period, point, MAX(as_at) AS as_at
    FROM quality_score
    WHERE organisation = :organisation
      AND period IN (:periods)
      AND as_at <= :as_at
    GROUP BY period, point
) AS latest
    ON latest.period = quality_score.period
   AND latest.point = quality_score.point
   AND latest.as_at = quality_score.as_at
WHERE organisation = :organisation
ORDER BY kpi_ref, quality_score.period, quality_score.point, dimension
