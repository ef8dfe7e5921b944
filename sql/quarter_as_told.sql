-- Ratings of a quarter as they were told at first: as of the last export before the first of its papers was signed off, and where
-- none was by :as_at (is_reported is 0), as they were first made.
-- Grain: one row per kpi_ref.
WITH signed AS (
    SELECT MIN(signed_at) AS first_signed_at
    FROM sign_off
    WHERE organisation = :organisation
      AND period = :period
      AND document_id LIKE 'paper-%'
      AND signed_at <= :as_at
),
exported AS (
    SELECT MAX(document.as_at) AS reported_at
    FROM document
    CROSS JOIN signed
    WHERE document.organisation = :organisation
      AND document.period = :period
      AND document.document_id LIKE 'paper-%'
      AND document.as_at <= signed.first_signed_at
),
told AS (
    SELECT rating.*, CASE WHEN rating.as_at <= exported.reported_at THEN 1 ELSE 0 END AS is_reported
    FROM rating
    CROSS JOIN exported
    WHERE rating.organisation = :organisation
      AND rating.period = :period
      AND rating.policy_id = :policy_id
      AND rating.as_at <= :as_at
)
SELECT *
FROM (
    SELECT
        told.*,
        ROW_NUMBER() OVER (
            PARTITION BY kpi_ref ORDER BY is_reported DESC, CASE WHEN is_reported = 1 THEN as_at END DESC, as_at
        ) AS recency
    FROM told
) AS ordered
WHERE recency = 1
ORDER BY kpi_ref
