-- Every step of every intervention, as known at :as_at.
-- Grain: one row per intervention_id, recorded_at and sequence, oldest first.
SELECT *
FROM intervention_event
WHERE organisation = :organisation
  AND recorded_at <= :as_at
ORDER BY intervention_id, recorded_at, sequence
