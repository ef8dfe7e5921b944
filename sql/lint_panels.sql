-- What directorates last reported of lines of the panels for a month, as known at :as_at: the update that came in last.
-- Grain: one row per line_ref.
SELECT said.line_ref, said.rag, said.figure, said.comment
FROM panel_update AS said
WHERE said.organisation = :organisation
  AND said.period = :period
  AND said.recorded_at <= :as_at
  AND said.line_ref IN (:line_refs)
  AND NOT EXISTS (
        SELECT 1
        FROM panel_update AS later
        WHERE later.organisation = said.organisation
          AND later.line_ref = said.line_ref
          AND later.period = said.period
          AND later.recorded_at <= :as_at
          AND (later.recorded_at > said.recorded_at OR (later.recorded_at = said.recorded_at AND later.sequence > said.sequence))
  )
ORDER BY said.line_ref
