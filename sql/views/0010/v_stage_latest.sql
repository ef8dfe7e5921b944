-- When each stage of each period's cycle was last done.
-- Grain: one row per organisation, period and stage.
CREATE VIEW v_stage_latest AS
SELECT organisation, period, stage, MAX(as_at) AS as_at
FROM stage_run
GROUP BY organisation, period, stage
