-- Contents already received from a council, whenever that was.
-- Grain: one row per file_hash.
SELECT file_hash, outcome, received_at
FROM received_file
WHERE organisation = :organisation
ORDER BY file_hash
