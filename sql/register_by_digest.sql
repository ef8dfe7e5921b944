-- The register's files as they were when their digest was this one.
-- Grain: one row, or none.
SELECT files
FROM register_snapshot
WHERE organisation = :organisation
  AND digest = :digest
