-- What was last reported of each line of the risk, finance and change panels, month by month.
-- Grain: one row per organisation, line_ref and period.
CREATE VIEW v_panel_latest AS
SELECT organisation, line_ref, period, panel, directorate_id, rag, figure, comment, file_hash, sheet, sender, recorded_at
FROM (
    SELECT
        panel_update.*,
        ROW_NUMBER() OVER (
            PARTITION BY organisation, line_ref, period ORDER BY recorded_at DESC, sequence DESC, file_hash
        ) AS recency
    FROM panel_update
) AS said
WHERE recency = 1
