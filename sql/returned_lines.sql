-- What the returns that count say, line by line.
-- Grain: one row per file_hash and line_number.
SELECT *
FROM returned_line
WHERE organisation = :organisation
  AND file_hash IN (:file_hashes)
ORDER BY service_id, file_hash, line_number
