-- What was last said of each plan action for a quarter, as known at :as_at.
-- Grain: one row per action_ref.
SELECT organisation, action_ref, period, service_id, rag, update_text, impact, file_hash, sheet, cells, sender, recorded_at
FROM (
    SELECT
        action_update.*,
        ROW_NUMBER() OVER (PARTITION BY action_ref ORDER BY recorded_at DESC, sequence DESC, file_hash) AS recency
    FROM action_update
    WHERE organisation = :organisation
      AND period = :period
      AND recorded_at <= :as_at
) AS said
WHERE recency = 1
ORDER BY action_ref
