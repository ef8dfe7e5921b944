-- Every KPI's figure as it stands now: what the last accepted return of the service says, else what was imported.
-- A later return replaces the whole earlier one: a KPI it leaves out has no figure.
-- Grain: one row per organisation, kpi_ref and period.
CREATE VIEW v_observation_now AS
WITH last_return AS (
    SELECT organisation, period, file_hash
    FROM (
        SELECT
            organisation, period, file_hash,
            ROW_NUMBER() OVER (
                PARTITION BY organisation, period, service_id ORDER BY received_at DESC, sequence DESC, file_hash
            ) AS recency
        FROM received_file
        WHERE outcome = 'accepted'
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
            ORDER BY CASE WHEN observation.source = 'return' THEN 0 ELSE 1 END, recorded_at DESC, sequence DESC, version_id
        ) AS recency
    FROM observation
    LEFT JOIN last_return
        ON last_return.organisation = observation.organisation
       AND last_return.period = observation.period
       AND last_return.file_hash = observation.file_hash
    WHERE observation.source = 'import' OR last_return.file_hash IS NOT NULL
) AS known
WHERE recency = 1
