-- How many of a document's KPIs stand at each status, as known when it was made, and what whole percentages that is, half a per cent
-- rounded up. pct_of_rated is null for a status without a colour.
-- Grain: one row per status that any of the KPIs has.
-- Where :is_public is 1, what the public editions made at :as_at left out stands at status confidential.
WITH left_out AS (
    SELECT kpi_ref
    FROM suppression
    WHERE organisation = :organisation
      AND period = :period
      AND as_at = :as_at
      AND part = 'value'
      AND :is_public = 1
),
latest AS (
    SELECT status, CASE WHEN status IN ('red', 'amber', 'green', 'blue') THEN 1 ELSE 0 END AS rated
    FROM (
        SELECT
            CASE WHEN kpi_ref IN (SELECT kpi_ref FROM left_out) THEN 'confidential' ELSE status END AS status, kpi_ref,
            ROW_NUMBER() OVER (PARTITION BY kpi_ref ORDER BY as_at DESC) AS recency
        FROM rating
        WHERE organisation = :organisation
          AND period = :period
          AND policy_id = :policy_id
          AND as_at <= :as_at
    ) AS ratings
    WHERE recency = 1
      AND kpi_ref IN (:kpi_refs)
),
counted AS (
    SELECT
        status, rated, COUNT(*) AS number,
        (SELECT COUNT(*) FROM latest) AS of_all,
        (SELECT COUNT(*) FROM latest AS coloured WHERE coloured.rated = 1) AS of_rated
    FROM latest
    GROUP BY status, rated
)
SELECT
    status, number,
    (200 * number + of_all) / (2 * of_all) AS pct_of_all,
    CASE WHEN rated = 1 THEN (200 * number + of_rated) / (2 * of_rated) END AS pct_of_rated
FROM counted
ORDER BY status
