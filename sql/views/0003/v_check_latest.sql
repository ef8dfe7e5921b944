-- The checks each period was last validated by: which rule applied to which KPI, with which answers of its data-quality
-- template, how severely.
-- Grain: one row per organisation, period, rule_id and kpi_ref ('*' for a rule of the whole dataset).
CREATE VIEW v_check_latest AS
SELECT
    compiled_check.organisation, compiled_check.period, compiled_check.as_at, rule_id, kpi_ref, parameters, severity
FROM compiled_check
JOIN (
    SELECT organisation, period, MAX(as_at) AS as_at
    FROM compiled_check
    GROUP BY organisation, period
) AS latest
    ON latest.organisation = compiled_check.organisation
   AND latest.period = compiled_check.period
   AND latest.as_at = compiled_check.as_at
