-- Periods of which documents were made from :made_from up to :as_at.
-- Grain: one row per period.
SELECT period, MAX(as_at) AS as_at
FROM document
WHERE organisation = :organisation
  AND as_at BETWEEN :made_from AND :as_at
GROUP BY period
ORDER BY period
