-- Every step of members' questions about reports, as known at :as_at, in the order they were taken.
-- Grain: one row per question_id, kind and recorded_at.
SELECT question_id, kind, recorded_at, committee_id, period, kpi_ref, post, words
FROM question_event
WHERE organisation = :organisation
  AND recorded_at <= :as_at
ORDER BY recorded_at, question_id, CASE kind WHEN 'asked' THEN 1 WHEN 'answered' THEN 2 ELSE 3 END, kind
