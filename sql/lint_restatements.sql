-- KPIs' figures of the quarter :earlier as a paper of that quarter reported them at :since (value), beside those that a paper of
-- the quarter after, made at :as_at, prints as the figures before its own (previous_value).
-- Grain: one row per kpi_ref whose figure before is of that quarter.
SELECT current_rating.kpi_ref, reported.value, current_rating.previous_value
FROM (
    SELECT kpi_ref, previous_value, previous_period, ROW_NUMBER() OVER (PARTITION BY kpi_ref ORDER BY as_at DESC) AS recency
    FROM rating
    WHERE organisation = :organisation
      AND period = :period
      AND policy_id = :policy_id
      AND as_at <= :as_at
) AS current_rating
JOIN (
    SELECT kpi_ref, value, ROW_NUMBER() OVER (PARTITION BY kpi_ref ORDER BY as_at DESC) AS recency
    FROM rating
    WHERE organisation = :organisation
      AND period = :earlier
      AND policy_id = :earlier_policy_id
      AND as_at <= :since
) AS reported
    ON reported.kpi_ref = current_rating.kpi_ref
   AND reported.recency = 1
WHERE current_rating.recency = 1
  AND current_rating.previous_period = :earlier
  AND current_rating.kpi_ref IN (:kpi_refs)
ORDER BY current_rating.kpi_ref
