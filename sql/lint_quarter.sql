-- What an annual report may print of a quarter: its last rating, and the one it was told by at first. That is the last before the
-- export whose papers were signed off first; where none were by :as_at, the first rating there is (reported is 0).
-- Grain: one row per kpi_ref. :first_period is the first month of the quarter.
WITH moments AS (
    SELECT
        rating.kpi_ref,
        MAX(rating.as_at) AS last_at,
        MIN(rating.as_at) AS first_at,
        MAX(CASE WHEN rating.as_at <= papers.made_at THEN rating.as_at END) AS reported_at
    FROM rating
    CROSS JOIN (
        SELECT MAX(document.as_at) AS made_at
        FROM document
        WHERE document.organisation = :organisation
          AND document.period = :period
          AND document.document_id LIKE 'paper-%'
          AND document.as_at <= (
                SELECT MIN(sign_off.signed_at)
                FROM sign_off
                WHERE sign_off.organisation = :organisation
                  AND sign_off.period = :period
                  AND sign_off.document_id LIKE 'paper-%'
                  AND sign_off.signed_at <= :as_at
          )
    ) AS papers
    WHERE rating.organisation = :organisation
      AND rating.period = :period
      AND rating.policy_id = :policy_id
      AND rating.as_at <= :as_at
      AND rating.kpi_ref IN (:kpi_refs)
    GROUP BY rating.kpi_ref
)
SELECT
    moments.kpi_ref, latest.status, latest.value, told.status AS told_status, told.value AS previous_value, told.forecast,
    told.forecast_status, told.year_end, told.year_end_low, told.year_end_high, told.year_end_status,
    CASE WHEN moments.reported_at IS NULL THEN 0 ELSE 1 END AS reported,
    CASE
        WHEN latest.months_used = '' OR SUBSTR(latest.months_used, LENGTH(latest.months_used) - 6) >= :first_period THEN 1 ELSE 0
    END AS due
FROM moments
JOIN rating AS latest
    ON latest.organisation = :organisation
   AND latest.period = :period
   AND latest.policy_id = :policy_id
   AND latest.kpi_ref = moments.kpi_ref
   AND latest.as_at = moments.last_at
JOIN rating AS told
    ON told.organisation = :organisation
   AND told.period = :period
   AND told.policy_id = :policy_id
   AND told.kpi_ref = moments.kpi_ref
   AND told.as_at = COALESCE(moments.reported_at, moments.first_at)
ORDER BY moments.kpi_ref
