-- Contents already received in one month's inbox of a council, whenever that was.
-- Grain: one row per file_hash.
SELECT file_hash, outcome, received_at
FROM received_file
WHERE organisation = :organisation
  AND inbox_period = :inbox_period
ORDER BY file_hash
