-- The register's files as the last rating before :as_at read them, and the last month that had been rated by then.
-- Grain: one row, or none where nothing has been rated.
SELECT
    register_snapshot.digest,
    register_snapshot.files,
    (
        SELECT MAX(rating.period)
        FROM rating
        WHERE rating.organisation = :organisation
          AND rating.as_at < :as_at
          AND LENGTH(rating.period) = 7
    ) AS period
FROM stage_run
JOIN register_snapshot
    ON register_snapshot.organisation = stage_run.organisation
   AND register_snapshot.digest = stage_run.register_digest
WHERE stage_run.organisation = :organisation
  AND stage_run.stage = 'rate'
  AND stage_run.as_at < :as_at
ORDER BY stage_run.as_at DESC, stage_run.period DESC
LIMIT 1
