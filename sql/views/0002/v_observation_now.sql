-- Every KPI's figure as it stands now: the newest of what counts - the service's last return, the last of each declared
-- source, the last entry of the performance team - else what was imported. A later return replaces the whole earlier one:
-- a KPI it leaves out has no figure. A figure the performance team has withdrawn has absence 'withdrawn'.
-- Grain: one row per organisation, kpi_ref and period.
CREATE VIEW v_observation_now AS
WITH in_force AS (
    SELECT organisation, period, channel, file_hash
    FROM (
        SELECT
            organisation, period, channel, file_hash,
            ROW_NUMBER() OVER (
                PARTITION BY organisation, period, service_id, channel ORDER BY received_at DESC, sequence DESC, file_hash
            ) AS recency
        FROM received_file
        WHERE outcome = 'accepted'
          AND (
                NOT needs_release
                OR EXISTS (
                    SELECT 1
                    FROM return_release
                    WHERE return_release.organisation = received_file.organisation
                      AND return_release.period = received_file.period
                      AND return_release.file_hash = received_file.file_hash
                )
          )
    ) AS accepted
    WHERE recency = 1
)
SELECT
    organisation, kpi_ref, period, version_id, value, numerator, denominator, absence, reason, forecast, comment, status, source,
    provenance, file_hash, sheet, cell, sender, recorded_at
FROM (
    SELECT
        observation.*,
        ROW_NUMBER() OVER (
            PARTITION BY observation.organisation, observation.kpi_ref, observation.period
            ORDER BY CASE WHEN observation.source = 'import' THEN 1 ELSE 0 END, recorded_at DESC, sequence DESC, version_id
        ) AS recency
    FROM observation
    WHERE observation.source = 'import'
       OR EXISTS (
            SELECT 1
            FROM in_force
            WHERE in_force.organisation = observation.organisation
              AND in_force.period = observation.period
              AND in_force.file_hash = observation.file_hash
       )
) AS known
WHERE recency = 1
