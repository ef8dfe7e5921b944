-- What has been done for a council, as known at :as_at.
-- Grain: one row per period, stage and as_at.
SELECT *
FROM stage_run
WHERE organisation = :organisation
  AND as_at <= :as_at
ORDER BY period, as_at, stage
