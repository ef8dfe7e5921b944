-- What services last said of plan actions for a quarter, as known at :as_at: the update that came in last.
-- Grain: one row per action_ref.
SELECT said.action_ref, said.rag, said.update_text, said.impact
FROM action_update AS said
WHERE said.organisation = :organisation
  AND said.period = :period
  AND said.recorded_at <= :as_at
  AND said.action_ref IN (:action_refs)
  AND NOT EXISTS (
        SELECT 1
        FROM action_update AS later
        WHERE later.organisation = said.organisation
          AND later.action_ref = said.action_ref
          AND later.period = said.period
          AND later.recorded_at <= :as_at
          AND (later.recorded_at > said.recorded_at OR (later.recorded_at = said.recorded_at AND later.sequence > said.sequence))
  )
ORDER BY said.action_ref
