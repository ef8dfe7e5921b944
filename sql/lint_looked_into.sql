-- How a KPI was rated in some months, as known when a document about it was made.
-- Grain: one row per period and policy_id.
SELECT period, policy_id, status, value, target, target_version, reason, comment
FROM (
    SELECT rating.*, ROW_NUMBER() OVER (PARTITION BY period, policy_id ORDER BY as_at DESC) AS recency
    FROM rating
    WHERE organisation = :organisation
      AND kpi_ref = :kpi_ref
      AND period IN (:periods)
      AND as_at <= :as_at
) AS rated
WHERE recency = 1
ORDER BY period, policy_id
