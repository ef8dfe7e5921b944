-- The steps of one intervention that its form prints, as known when it was made.
-- Grain: one row per recorded_at and sequence, oldest first.
SELECT kind, part, post, words, decision, recorded_at, sequence
FROM intervention_event
WHERE organisation = :organisation
  AND intervention_id = :intervention_id
  AND recorded_at <= :as_at
ORDER BY recorded_at, sequence
