-- Cells of the returns that count which hold something the form has no room for.
-- Grain: one row per file_hash, cell and code.
SELECT *
FROM cell_problem
WHERE organisation = :organisation
  AND file_hash IN (:file_hashes)
ORDER BY service_id, file_hash, cell, code
