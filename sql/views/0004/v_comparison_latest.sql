-- How each KPI compared with others when its period was last rated. A rating that compared nothing hides what an earlier one did.
-- Grain: one row per organisation, kpi_ref, period, kind and about.
CREATE VIEW v_comparison_latest AS
SELECT
    comparison.organisation, comparison.kpi_ref, comparison.period, comparison.as_at, kind, about, name, own_value, others, median, quartile,
    place, better_by, is_other_period, words, source, definition
FROM comparison
JOIN (
    SELECT organisation, period, MAX(as_at) AS as_at
    FROM rating
    GROUP BY organisation, period
) AS latest
    ON latest.organisation = comparison.organisation
   AND latest.period = comparison.period
   AND latest.as_at = comparison.as_at
