-- The last month that has been rated, as known at :as_at; quarters and years have longer keys.
-- Grain: one row, or none where nothing has been rated.
SELECT MAX(period) AS period
FROM rating
WHERE organisation = :organisation
  AND as_at <= :as_at
  AND LENGTH(period) = 7
HAVING MAX(period) IS NOT NULL
