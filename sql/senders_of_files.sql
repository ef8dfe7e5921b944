-- Who sent each of some files.
-- Grain: one row per file_hash and inbox_period.
SELECT file_hash, inbox_period, sender
FROM received_file
WHERE organisation = :organisation
  AND file_hash IN (:file_hashes)
  AND outcome = 'accepted'
ORDER BY file_hash, inbox_period
