-- What the last validation of each period found, at each of its points. A validation that found nothing has no rows here,
-- and hides what an earlier one found.
-- Grain: one row per organisation, period, point and finding_id.
CREATE VIEW v_finding_latest AS
SELECT
    finding.organisation, finding.period, finding.point, finding.as_at, finding_id, rule_id, severity, scope, dimension, dqt_field,
    kpi_ref, service_id, file_hash, file_name, sheet, cell, found, expected, message, fix, is_waived
FROM finding
JOIN (
    SELECT organisation, period, point, MAX(as_at) AS as_at
    FROM validation_run
    GROUP BY organisation, period, point
) AS latest
    ON latest.organisation = finding.organisation
   AND latest.period = finding.period
   AND latest.point = finding.point
   AND latest.as_at = finding.as_at
