-- What a document may print of its KPIs, as known when it was made: the last rating of each, and the lists it belongs on.
-- Grain: one row per kpi_ref. :first_period is the first month of the period.
WITH compared AS (
    SELECT kpi_ref, quartile
    FROM comparison
    WHERE organisation = :organisation
      AND period = :period
      AND as_at = (SELECT MAX(as_at) FROM rating WHERE organisation = :organisation AND period = :period AND as_at <= :as_at)
)
SELECT
    kpi_ref, status, value, target, previous_status, previous_value, previous_target, change, forecast, forecast_status, year_target,
    year_end, year_end_status, year_end_reason, projection, comment, numerator, denominator, last_year_value, target_version, variation, assurance, variation_reason,
    CASE WHEN SUBSTR(months_used, LENGTH(months_used) - 6) >= :first_period THEN 1 ELSE 0 END AS updated,
    CASE WHEN months_missing = '' THEN 1 ELSE 0 END AS whole,
    CASE WHEN status = 'red' AND reds_in_a_row = 1 THEN 1 ELSE 0 END AS newly_red,
    CASE WHEN status = 'red' AND change = 'improved' THEN 1 ELSE 0 END AS improving_red,
    CASE WHEN is_deep_dive THEN 1 ELSE 0 END AS deep_dive,
    CASE WHEN status = 'green' AND change = 'declined' THEN 1 ELSE 0 END AS declining_green,
    CASE WHEN status = 'green' AND trend LIKE '%, getting worse' THEN 1 ELSE 0 END AS worsening_green,
    CASE WHEN variation = 'concerning' THEN 1 ELSE 0 END AS unusual,
    CASE WHEN status IN ('green', 'blue') AND previous_status = 'red' THEN 1 ELSE 0 END AS back_on_target,
    CASE WHEN status IN ('green', 'blue') AND variation = 'improving' THEN 1 ELSE 0 END AS unusual_better,
    (SELECT COUNT(*) FROM compared WHERE compared.kpi_ref = rated.kpi_ref) AS compared,
    (SELECT COUNT(*) FROM compared WHERE compared.kpi_ref = rated.kpi_ref AND quartile = 1) AS best_quarter
FROM (
    SELECT rating.*, ROW_NUMBER() OVER (PARTITION BY kpi_ref ORDER BY as_at DESC) AS recency
    FROM rating
    WHERE organisation = :organisation
      AND period = :period
      AND policy_id = :policy_id
      AND as_at <= :as_at
) AS rated
WHERE recency = 1
  AND kpi_ref IN (:kpi_refs)
ORDER BY kpi_ref
