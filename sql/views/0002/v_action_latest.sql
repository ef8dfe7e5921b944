-- What was last said of each plan action, quarter by quarter.
-- Grain: one row per organisation, action_ref and period.
CREATE VIEW v_action_latest AS
SELECT organisation, action_ref, period, service_id, rag, update_text, impact, file_hash, sheet, sender, recorded_at
FROM (
    SELECT
        action_update.*,
        ROW_NUMBER() OVER (
            PARTITION BY organisation, action_ref, period ORDER BY recorded_at DESC, sequence DESC, file_hash
        ) AS recency
    FROM action_update
) AS said
WHERE recency = 1
