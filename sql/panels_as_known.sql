-- What was last reported of each line of the panels for a month, as known at :as_at.
-- Grain: one row per line_ref.
SELECT organisation, line_ref, period, panel, directorate_id, rag, figure, comment, file_hash, sheet, cells, sender, recorded_at
FROM (
    SELECT
        panel_update.*,
        ROW_NUMBER() OVER (PARTITION BY line_ref ORDER BY recorded_at DESC, sequence DESC, file_hash) AS recency
    FROM panel_update
    WHERE organisation = :organisation
      AND period = :period
      AND recorded_at <= :as_at
) AS said
WHERE recency = 1
ORDER BY line_ref
