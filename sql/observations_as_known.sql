-- Every KPI's figures from :first_period to :last_period, as known at :as_at: the newest of what counts (the service's last
-- return, the last of each declared source, the last entry of the performance team), else what was imported. A later
-- return replaces the whole earlier one. Where what counts says nothing about it, comment and forecast are the form's.
-- Grain: one row per kpi_ref and period.
WITH in_force AS (
    SELECT period, channel, file_hash
    FROM (
        SELECT
            period, channel, file_hash,
            ROW_NUMBER() OVER (
                PARTITION BY period, service_id, channel ORDER BY received_at DESC, sequence DESC, file_hash, inbox_period
            ) AS recency
        FROM received_file
        WHERE organisation = :organisation
          AND outcome = 'accepted'
          AND received_at <= :as_at
          AND period BETWEEN :first_period AND :last_period
          AND (
                NOT needs_release
                OR EXISTS (
                    SELECT 1
                    FROM return_release
                    WHERE return_release.organisation = received_file.organisation
                      AND return_release.period = received_file.period
                      AND return_release.file_hash = received_file.file_hash
                      AND return_release.released_at <= :as_at
                )
          )
    ) AS accepted
    WHERE recency = 1
),
known AS (
    SELECT *
    FROM (
        SELECT
            observation.*,
            ROW_NUMBER() OVER (
                PARTITION BY observation.kpi_ref, observation.period
                ORDER BY CASE WHEN source = 'import' THEN 1 ELSE 0 END, recorded_at DESC, sequence DESC, version_id
            ) AS recency
        FROM observation
        LEFT JOIN in_force
            ON in_force.file_hash = observation.file_hash
           AND in_force.period = observation.period
        WHERE observation.organisation = :organisation
          AND observation.period BETWEEN :first_period AND :last_period
          AND observation.recorded_at <= :as_at
          AND (observation.source = 'import' OR in_force.file_hash IS NOT NULL)
    ) AS counted
    WHERE recency = 1
),
beside AS (
    SELECT returned_line.kpi_ref, returned_line.period, MAX(returned_line.comment) AS comment, MAX(returned_line.forecast) AS forecast
    FROM known
    JOIN returned_line
        ON returned_line.organisation = :organisation
       AND returned_line.period = known.period
       AND returned_line.kpi_ref = known.kpi_ref
    JOIN in_force
        ON in_force.file_hash = returned_line.file_hash
       AND in_force.period = returned_line.period
       AND in_force.channel = 'form'
    WHERE known.source IN ('source', 'entry')
    GROUP BY returned_line.kpi_ref, returned_line.period
)
SELECT
    known.organisation, known.kpi_ref, known.period, known.version_id, known.value, known.numerator, known.denominator, known.absence,
    known.reason, known.status, known.source, known.provenance, known.file_hash, known.sheet, known.cell, known.sender,
    known.recorded_at, known.sequence,
    CASE WHEN known.comment = '' THEN COALESCE(beside.comment, '') ELSE known.comment END AS comment,
    CASE WHEN known.forecast IS NULL THEN beside.forecast ELSE known.forecast END AS forecast
FROM known
LEFT JOIN beside
    ON beside.kpi_ref = known.kpi_ref
   AND beside.period = known.period
ORDER BY known.kpi_ref, known.period
