-- How many queries were asked about some KPIs in some periods, and how many of their figures stated anew, as known at :as_at.
-- Grain: one row.
SELECT
    (
        SELECT COUNT(*)
        FROM query
        WHERE organisation = :organisation
          AND kpi_ref IN (:kpi_refs)
          AND period IN (:periods)
          AND opened_at <= :as_at
    ) AS queries,
    (
        SELECT COUNT(*)
        FROM (
            SELECT
                status, source, value, ROW_NUMBER() OVER known AS place, LAG(value) OVER known AS earlier
            FROM observation
            WHERE organisation = :organisation
              AND kpi_ref IN (:kpi_refs)
              AND period IN (:periods)
              AND recorded_at <= :as_at
            WINDOW known AS (PARTITION BY kpi_ref, period ORDER BY recorded_at, sequence, version_id)
        ) AS versions
        WHERE place > 1
          AND (status = 'restated' OR source = 'entry')
          AND value IS DISTINCT FROM earlier
    ) AS corrected
