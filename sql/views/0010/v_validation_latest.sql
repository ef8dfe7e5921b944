-- How the last validation of each period ended, at each of its points.
-- Grain: one row per organisation, period and point.
CREATE VIEW v_validation_latest AS
SELECT organisation, period, point, as_at, outcome, reason, due, returned, withheld, failed, flagged
FROM (
    SELECT validation_run.*, ROW_NUMBER() OVER (PARTITION BY organisation, period, point ORDER BY as_at DESC) AS recency
    FROM validation_run
) AS validated
WHERE recency = 1
