-- Which of these contents a council has received already, in whichever month's inbox, and whatever came in at this instant.
-- Grain: one row per file_hash and inbox_period.
SELECT file_hash, inbox_period, period, outcome, received_at
FROM received_file
WHERE organisation = :organisation
  AND (file_hash IN (:file_hashes) OR received_at = :as_at)
ORDER BY file_hash, inbox_period
