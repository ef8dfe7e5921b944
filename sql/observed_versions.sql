-- The KPIs of a month that have been rated, with the figure they were rated on (to tell a restatement from a first figure).
-- Grain: one row per kpi_ref.
SELECT kpi_ref, value
FROM (
    SELECT kpi_ref, value, ROW_NUMBER() OVER (PARTITION BY kpi_ref ORDER BY as_at DESC, policy_id) AS recency
    FROM rating
    WHERE organisation = :organisation
      AND period = :period
      AND as_at < :as_at
) AS rated
WHERE recency = 1
ORDER BY kpi_ref
