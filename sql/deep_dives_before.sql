-- Which KPIs were due a deep dive when they were last rated in some earlier months, as known at :as_at.
-- Grain: one row per kpi_ref.
SELECT kpi_ref
FROM (
    SELECT kpi_ref, is_deep_dive, ROW_NUMBER() OVER (PARTITION BY kpi_ref ORDER BY period DESC, as_at DESC) AS recency
    FROM rating
    WHERE organisation = :organisation
      AND policy_id = :policy_id
      AND period IN (:periods)
      AND as_at <= :as_at
      AND is_deep_dive IS NOT NULL
) AS rated
WHERE recency = 1
  AND is_deep_dive
ORDER BY kpi_ref
