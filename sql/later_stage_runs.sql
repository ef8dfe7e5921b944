-- Whether a stage of a period has been done by a run with a later business clock (its files must then stand).
-- Grain: one row per as_at.
SELECT as_at
FROM stage_run
WHERE organisation = :organisation
  AND period = :period
  AND stage = :stage
  AND as_at > :as_at
ORDER BY as_at
