-- The files of a council's register as they were when they had this digest.
-- Grain: one row, or none.
SELECT files
FROM register_snapshot
WHERE organisation = :organisation
  AND digest = :digest
