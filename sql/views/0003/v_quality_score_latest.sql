-- The data-quality scores of the last validation of each period, at each of its points.
-- Grain: one row per organisation, period, point, kpi_ref and dimension.
CREATE VIEW v_quality_score_latest AS
SELECT
    quality_score.organisation, quality_score.period, quality_score.point, quality_score.as_at, kpi_ref, dimension, checks, failed,
    flagged, score_pct
FROM quality_score
JOIN (
    SELECT organisation, period, point, MAX(as_at) AS as_at
    FROM validation_run
    GROUP BY organisation, period, point
) AS latest
    ON latest.organisation = quality_score.organisation
   AND latest.period = quality_score.period
   AND latest.point = quality_score.point
   AND latest.as_at = quality_score.as_at
