-- Of these contents, the accepted returns that wait for their service to release them at :as_at.
-- Grain: one row per file_hash and inbox_period.
SELECT organisation, file_hash, inbox_period, period, service_id, file_name, received_at
FROM received_file
WHERE organisation = :organisation
  AND file_hash IN (:file_hashes)
  AND outcome = 'accepted'
  AND needs_release
  AND received_at <= :as_at
  AND NOT EXISTS (
        SELECT 1
        FROM return_release
        WHERE return_release.organisation = received_file.organisation
          AND return_release.period = received_file.period
          AND return_release.file_hash = received_file.file_hash
          AND return_release.released_at <= :as_at
  )
ORDER BY received_at, file_hash, inbox_period
