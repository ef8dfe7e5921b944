-- The steps of all proposed changes of the register up to :as_at.
-- Grain: one row per change_id, stage, post and recorded_at.
SELECT *
FROM change_event
WHERE organisation = :organisation
  AND recorded_at <= :as_at
ORDER BY change_id, recorded_at, stage, post
