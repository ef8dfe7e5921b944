-- Contents a council has received already, whenever that was and in whichever month's inbox.
-- Grain: one row per file_hash and inbox_period.
SELECT file_hash, inbox_period, outcome, received_at
FROM received_file
WHERE organisation = :organisation
ORDER BY file_hash, inbox_period
