-- The KPIs of a month that have been rated, with the figure they were rated on, the comment beside it and whether it was
-- provisional then (to tell a restatement from a first figure, and from a provisional one made final).
-- Grain: one row per kpi_ref.
SELECT
    kpi_ref,
    value,
    comment,
    (
        SELECT observation.status
        FROM observation
        WHERE observation.organisation = :organisation
          AND observation.kpi_ref = rated.kpi_ref
          AND observation.period = :period
          AND observation.recorded_at <= rated.as_at
        ORDER BY observation.recorded_at DESC, observation.sequence DESC, observation.version_id
        LIMIT 1
    ) AS status
FROM (
    SELECT kpi_ref, value, comment, as_at, ROW_NUMBER() OVER (PARTITION BY kpi_ref ORDER BY as_at DESC, policy_id) AS recency
    FROM rating
    WHERE organisation = :organisation
      AND period = :period
      AND as_at < :as_at
) AS rated
WHERE recency = 1
ORDER BY kpi_ref
