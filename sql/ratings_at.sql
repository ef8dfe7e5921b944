-- Ratings of a period under one policy, as known at :as_at.
-- Grain: one row per kpi_ref.
SELECT *
FROM (
    SELECT rating.*, ROW_NUMBER() OVER (PARTITION BY kpi_ref ORDER BY as_at DESC) AS recency
    FROM rating
    WHERE organisation = :organisation
      AND period = :period
      AND policy_id = :policy_id
      AND as_at <= :as_at
) AS rated
WHERE recency = 1
ORDER BY kpi_ref
