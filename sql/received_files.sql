-- Every file that came in for a month up to :as_at, accepted or not, and whether it may count yet. An intervention form is no return of
-- the month it is about.
-- Grain: one row per file_hash and inbox_period.
SELECT
    received_file.*,
    CASE
        WHEN NOT needs_release THEN 1
        WHEN EXISTS (
            SELECT 1
            FROM return_release
            WHERE return_release.organisation = received_file.organisation
              AND return_release.period = received_file.period
              AND return_release.file_hash = received_file.file_hash
              AND return_release.released_at <= :as_at
        ) THEN 1
        ELSE 0
    END AS is_released
FROM received_file
WHERE organisation = :organisation
  AND (period = :period OR (period IS NULL AND inbox_period = :period))
  AND channel <> 'intervention'
  AND received_at <= :as_at
ORDER BY received_at, sequence, file_hash, inbox_period
