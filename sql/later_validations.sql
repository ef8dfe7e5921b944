-- Whether a point of a period has been validated by a run with a later business clock (its report must then stand).
-- Grain: one row per as_at.
SELECT as_at
FROM validation_run
WHERE organisation = :organisation
  AND period = :period
  AND point = :point
  AND as_at > :as_at
ORDER BY as_at
