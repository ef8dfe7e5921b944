-- The register's files as a stage of a period read them at :as_at.
-- Grain: one row, or none.
SELECT register_snapshot.files
FROM stage_run
JOIN register_snapshot
    ON register_snapshot.organisation = stage_run.organisation
   AND register_snapshot.digest = stage_run.register_digest
WHERE stage_run.organisation = :organisation
  AND stage_run.period = :period
  AND stage_run.stage = :stage
  AND stage_run.as_at = :as_at
