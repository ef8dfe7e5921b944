-- Every KPI's figures from :first_period to :last_period, as known at :as_at: what the last accepted return of the
-- service says, else what was imported. A later return replaces the whole earlier one.
-- Grain: one row per kpi_ref and period.
WITH last_return AS (
    SELECT period, service_id, file_hash
    FROM (
        SELECT
            period, service_id, file_hash,
            ROW_NUMBER() OVER (PARTITION BY period, service_id ORDER BY received_at DESC, sequence DESC, file_hash, inbox_period) AS recency
        FROM received_file
        WHERE organisation = :organisation
          AND outcome = 'accepted'
          AND received_at <= :as_at
          AND period BETWEEN :first_period AND :last_period
    ) AS accepted
    WHERE recency = 1
)
SELECT *
FROM (
    SELECT
        observation.*,
        ROW_NUMBER() OVER (
            PARTITION BY observation.kpi_ref, observation.period
            ORDER BY CASE WHEN source = 'return' THEN 0 ELSE 1 END, recorded_at DESC, sequence DESC, version_id
        ) AS recency
    FROM observation
    LEFT JOIN last_return
        ON last_return.file_hash = observation.file_hash
       AND last_return.period = observation.period
    WHERE observation.organisation = :organisation
      AND observation.period BETWEEN :first_period AND :last_period
      AND observation.recorded_at <= :as_at
      AND (observation.source = 'import' OR last_return.file_hash IS NOT NULL)
) AS known
WHERE recency = 1
ORDER BY kpi_ref, period
