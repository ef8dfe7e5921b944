-- Every file that came in for a month up to :as_at, accepted or not.
-- Grain: one row per file_hash.
SELECT *
FROM received_file
WHERE organisation = :organisation
  AND (period = :period OR (period IS NULL AND inbox_period = :period))
  AND received_at <= :as_at
ORDER BY received_at, sequence, file_hash, inbox_period
