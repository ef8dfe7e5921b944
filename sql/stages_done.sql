-- Which stages of which periods have ever been done for a council, as known at :as_at.
-- Grain: one row per period and stage.
SELECT DISTINCT period, stage
FROM stage_run
WHERE organisation = :organisation
  AND as_at <= :as_at
ORDER BY period, stage
